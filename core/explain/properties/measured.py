"""The properties of images of a run, each measured once and then kept."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import artifacts, queries
from core.datasets import Dataset, ProgressCallback, canonical, parted
from core.errors import DatasetError
from core.explain.properties.heads import NOTHING, PIXELS, head
from core.explain.properties.pixels import measure
from core.runs import Run
from core.runs import images as run_images
from core.runs.images import FileRunImages

VERSION = 1  # of what is measured: files of another one are made anew
MOST = 400  # images of a group that is compared: more tell hardly more, and take longer
LARGE, NEAR = 1024, 256  # a shorter side beyond which a picture is decoded as for this one
ASPECT = "width to height"


def measured(
    run: Run, rows: queries.Rows, progress: ProgressCallback | None = None
) -> pd.DataFrame:
    """A row an image that can be read, its number as the index; see `measure` and `head`.

    Raises:
        DatasetError: the run's images are not on this machine, or yet to be drawn.
    """
    images = _open(run)
    known = _known(_path(run))
    missing = np.setdiff1d(np.asarray(rows, dtype=np.int64), known.index)
    if len(missing):
        found: list[dict[str, Any]] = []
        try:
            _measure(run, images, missing, progress, found)
        finally:  # also of what was stopped
            known = _keep(run, pd.DataFrame(found).set_index("row") if found else _nothing())
    return known.loc[known.index.intersection(np.asarray(rows, dtype=np.int64))]


def problem(run: Run) -> str:
    """Why the pictures of a run cannot be measured now, found without a try; "" where they can."""
    try:
        _open(run)
    except DatasetError as error:
        return str(error)
    return ""


def _open(run: Run) -> Dataset | FileRunImages:
    kind, path = parted(canonical(run.dataset))
    if not kind.is_ready(path):
        raise DatasetError(
            f"The pictures of {run.dataset} are not stored yet: open the page again once they are."
        )
    return run_images.open_images(run)


def of_some(
    run: Run, *groups: np.ndarray, progress: ProgressCallback | None = None
) -> pd.DataFrame:
    """As `measured`, of what is compared: at most MOST images of each group."""
    return measured(run, np.concatenate([_some(rows) for rows in groups]), progress)


def _some(rows: np.ndarray) -> np.ndarray:
    return rows[np.linspace(0, len(rows) - 1, min(MOST, len(rows))).astype(int)]


def _measure(
    run: Run,
    images: Dataset | FileRunImages,
    rows: np.ndarray,
    progress: ProgressCallback | None,
    found: list[dict[str, Any]],
) -> None:
    """Into `found`, one by one; a `progress` that raises stops it."""
    listed = ", ".join(map(str, rows.tolist()))
    sql = f'SELECT row, split, "index" FROM run WHERE row IN ({listed}) ORDER BY row'
    asked = list(queries.ask(run, sql).itertuples(index=False, name=None))
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for done, one in enumerate(pool.map(partial(_one, images), asked), 1):
            found += [one] if one else []
            if progress:
                progress(done, len(asked))
    finally:
        pool.shutdown(cancel_futures=True)


def _one(images: Dataset | FileRunImages, asked: tuple[int, str, int]) -> dict[str, Any] | None:
    """One image; None for what cannot be read, which is tried again the next time."""
    row, split, index = asked
    try:
        if isinstance(images, FileRunImages):
            return {"row": row} | _of_file(images, split, index)
        return {"row": row} | _of_picture(images.image, split, index, NOTHING)
    except DatasetError:
        return None


def _of_file(images: FileRunImages, split: str, index: int) -> dict[str, Any]:
    told = head(images.file(split, index))
    large = float(told[PIXELS]) > LARGE
    return _of_picture(partial(images.image, near=NEAR if large else 0), split, index, told, large)


def _of_picture(
    image: Callable[..., Any], split: str, index: int, told: dict[str, Any], large: bool = False
) -> dict[str, Any]:
    picture = image(split, index).convert("RGB")
    width, height = picture.size
    return {ASPECT: width / height} | measure(picture, whole=not large) | told


def _path(run: Run) -> Path:
    made = f"{run.fingerprint} {run.meta.get('created')}"  # another run may come to have its id
    key = hashlib.sha256(made.encode()).hexdigest()[:8]
    return artifacts.root() / "properties" / f"{run.id}-{key}-{VERSION}.parquet"


def _known(path: Path) -> pd.DataFrame:
    """What was measured before; nothing where the file is damaged."""
    try:
        return pd.read_parquet(path).set_index("row")
    except (OSError, ValueError, KeyError):
        return _nothing()


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(index=pd.Index([], name="row", dtype=np.int64))


def _keep(run: Run, found: pd.DataFrame) -> pd.DataFrame:
    """All that is known now; kept where this machine lets us."""
    path = _path(run)
    try:
        with artifacts.changing(path):
            found = pd.concat([_known(path), found])
            found = found[~found.index.duplicated()].sort_index()
            buffer = io.BytesIO()
            found.reset_index().to_parquet(buffer, index=False)
            artifacts.write_bytes(path, buffer.getvalue())
    except OSError:
        pass  # a disk that is full or not ours: it is measured again the next time
    return found
