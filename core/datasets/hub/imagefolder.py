"""Folders of images beside a metadata.csv, .jsonl or .parquet, whose `file_name` names each image.

Without such a file it is a tree with a folder a class, as `folder:` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from core.datasets import bounds
from core.datasets.dataset import Dataset
from core.datasets.tables import listed, reading, roles
from core.datasets.tables.reading import SAMPLE, Table, texts
from core.datasets.trees import folder, listing, names
from core.errors import DatasetError

NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
DEEPEST = 2
FILE, LABEL, SPLIT = "file_name", "label", "split"


def tables(root: Path) -> list[Path]:
    """The files of metadata in a folder and the folders in it."""
    found, level = [], [root]
    for _ in range(DEEPEST + 1):
        found += [place / name for place in level for name in NAMES if (place / name).is_file()]
        level = [inner for place in level for inner in listing.folders(place)][:100]
    for path in found:
        if problem := bounds.file_problem(root, str(path.relative_to(root))):
            raise DatasetError(f"{path} {problem}.")
    return found


def read(root: Path, name: str, said: Mapping[str, str]) -> Dataset:
    """The data set in a folder.

    Raises:
        DatasetError: as `core.datasets.tables.listed` and `core.datasets.trees.folder` raise it.
    """
    found = tables(root)
    if not found:
        return replace(folder.read(root), name=name)
    labels, parts = zip(*(_part(root, path, said) for path in found), strict=True)
    whole = pa.concat_tables(parts, promote_options="permissive")

    def some(names: Sequence[str]) -> tuple[pa.Table, tuple[()]]:
        return whole.select([*names]), ()

    table = Table(found[0], tuple(whole.column_names), 2, whole.slice(0, SAMPLE), some)
    columns = {"images": str(root), "path": FILE, "label": labels[0]}
    return listed.dataset(table, columns, lambda where: name)


def _part(root: Path, path: Path, said: Mapping[str, str]) -> tuple[str, pa.Table]:
    """The column of labels, and one table of metadata: files by their paths below the root."""
    table = reading.open_table(path)
    file = roles.exact(table, "image", said.get("image") or FILE)
    rows = table.rows(table.names).columns
    below = "" if path.parent == root else f"{path.parent.relative_to(root).as_posix()}/"
    filled = pc.call_function("coalesce", [texts(rows[file]), pa.scalar("")])
    paths = [value and below + value for value in filled.to_pylist()]
    found = roles.guess(table, {"path": file, "label": said.get("label", "")})
    more = rows.drop_columns([file])
    label = found.label if said.get("label") or roles.word(found.label) in roles.LABELS else ""
    if not label and not found.one_hot:
        label = LABEL
        inner = [value.split("/")[-2] if "/" in value else "" for value in paths]
        more = more.append_column(LABEL, pa.array(inner))
    if not found.split and SPLIT not in more.column_names:
        more = more.append_column(SPLIT, pa.array([_split(value) for value in paths]))
    return label, more.append_column(FILE, pa.array(paths))


def _split(path: str) -> str:
    """The split that a folder of a path says."""
    return next((split for part in path.split("/")[:-1] if (split := names.split_of(part))), "")
