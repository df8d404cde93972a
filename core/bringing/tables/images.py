"""Where the images of a table lie: a path for each row, each image once in a split."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.datasets import bounds
from core.datasets.files import of_equal_bytes
from core.datasets.tables import left_out, places
from core.datasets.tables.places import Places
from core.datasets.tables.reading import Table, texts
from core.errors import DatasetError

COMPARED = 20_000  # images by their bytes


def locate(
    source: Table, column: pa.ChunkedArray, images: str, numbers: np.ndarray
) -> tuple[Places, list[str]]:
    """Where the images lie, and a path for each row: as the table says it where none is found.

    Raises:
        DatasetError: a row has no path, there is no such folder, or it may hold no data.
    """
    filled = pc.call_function("coalesce", [texts(column), pa.scalar("")])
    told = filled.to_pylist()
    if "" in told:
        rows = [int(row) for row, path in zip(numbers, told, strict=True) if not path]
        raise DatasetError(f"There is no path in {left_out.in_words(rows)}: leave those rows out.")
    folder = Path(images).expanduser().absolute() if images else None
    if folder and not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}: was it moved, or is a disk not mounted?")
    beside = source.path.parent if source.path.is_absolute() else Path.cwd()
    if problem := bounds.folder_problem(folder) if folder else "":
        raise DatasetError(problem)
    spot = places.locate(told, beside, folder)
    if bounds.folder_problem(spot.root):  # a home, say, that has the table beside the images
        spot = _narrowed(spot)
    return spot, [path or name for path, name in zip(spot.paths, told, strict=True)]


def _narrowed(spot: Places) -> Places:
    """The same files, below the narrowest folder that holds them all."""
    found = {path.rpartition("/")[0] for path in spot.paths if path}
    within = os.path.commonpath(found) if found and not any(p == "" for p in found) else ""
    if not within:
        return spot
    begin = len(within) + 1
    return replace(spot, root=spot.root / within, paths=[path[begin:] for path in spot.paths])


def twice_told(spot: Places, numbers: np.ndarray) -> str:
    """Whether an image lies there under two paths, in a sentence; "" where none does.

    Not asked of many: to read them all would take longer than to bring the table.
    """
    rows = {path: int(row) for path, row in zip(spot.paths, numbers, strict=True) if path}
    there = {path: partial(Path, spot.root, path) for path in rows}
    groups = of_equal_bytes(there) if len(there) <= COMPARED else []
    if not groups:
        return ""
    n, (a, b) = len(groups), groups[0][:2]
    return (
        f"{n:,} {'image lies' if n == 1 else 'images lie'} there under two paths or more, and "
        f"{'counts' if n == 1 else 'count'} as often: {a!r} and {b!r}, in "
        f"{left_out.in_words(sorted([rows[a], rows[b]]))}, are the same bytes."
    )


def refuse_doubles(split: np.ndarray, paths: Sequence[str], numbers: np.ndarray) -> None:
    """Raise DatasetError where two rows of a split are of one image."""
    keys = pd.DataFrame({"split": split, "path": paths})
    twice = keys.duplicated(keep=False).to_numpy()
    if not twice.any():
        return
    first = int(np.flatnonzero(twice)[0])
    same = np.flatnonzero((keys["path"] == keys["path"][first]) & (keys["split"] == split[first]))
    again = int(keys.duplicated().sum())
    raise DatasetError(
        f"{again:,} {'row names an image' if again == 1 else 'rows name images'} that an earlier "
        f"row of the same split has: {paths[first]!r} is in "
        f"{left_out.in_words(numbers[same].tolist())}. Keep one row an image."
    )
