"""The images of a run: image files by the path in its table, other images by their number."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from PIL import Image

from core import artifacts
from core.datasets import Dataset, bounds, canonical, levels, load_dataset, parted, picture
from core.datasets.levels import Levels
from core.datasets.picture import SHARPER, open_upright
from core.errors import DatasetError
from core.models import preprocessing
from core.models.preprocessing import Preprocessing
from core.runs import Run
from core.runs.table import table_files
from core.runs.table.table_files import Location

# Split -> the images' own numbers, ascending, and their paths below the data set's folder.
Paths = Mapping[str, tuple[np.ndarray, pa.Array]]


@dataclass(frozen=True)
class FileRunImages:
    """Image files below a folder, as the table names them: what came since changes nothing.

    A folder of a million files takes long to list, its table's paths do not.
    """

    root: Path
    paths: Paths
    levels: Levels = field(default_factory=Levels)

    def file(self, split: str, index: int) -> Path:
        """The file of an image, by the number that the run knows it by.

        Raises:
            DatasetError: the run has no such image, or the file is gone.
        """
        numbers, paths = self.paths.get(split, (np.zeros(0), None))
        at = int(np.searchsorted(numbers, index))
        if at == len(numbers) or numbers[at] != index:
            raise DatasetError(f"The run has no {split} image {index}.")
        path = str(paths[at].as_py() or "")
        if problem := bounds.file_problem(self.root, path):
            raise DatasetError(f"{split} image {index} {problem}.")
        if not os.path.isfile(self.root / path):
            raise DatasetError(f"{split} image {index} is no longer in {self.root}.")
        return self.root / path

    def original(self, split: str, index: int) -> bytes:
        """The bytes of the file of an image, once they have shown themselves to be a picture.

        Raises:
            DatasetError: it is gone, or no picture.
        """
        try:
            file = self.file(split, index)
            data = file.read_bytes()
            picture.require(data, file.suffix.lower())
        except OSError as error:
            raise DatasetError(f"{split} image {index} cannot be read: {error}") from None
        return data

    def image(self, split: str, index: int, near: int = 0) -> Image.Image:
        """The image; with `near`, decoded only as far as a picture of that side needs.

        Raises:
            DatasetError: it is gone, or cannot be read.
        """
        try:
            return open_upright(self.file(split, index), SHARPER * near, self.levels)
        except OSError as error:
            raise DatasetError(f"{split} image {index} cannot be read: {error}") from None


def open_images(run: Run) -> Dataset | FileRunImages:
    """What gives the images of a run, by `image(split, index)`.

    Raises:
        DatasetError: its data set is not on this machine, is out of bounds, or another one now.
    """
    kind, path = parted(canonical(run.dataset))
    if kind.root:
        root = kind.root(path)
        if problem := bounds.folder_problem(root):
            raise DatasetError(problem)
        if not os.path.isdir(root):  # Path.is_dir raises where the name is too long to be one
            raise DatasetError(
                f"There is no folder {root}: was it moved, or is a disk not mounted?"
            )
        return FileRunImages(root, _paths(run.table_path), levels_of(run))
    name = run.dataset
    found = dataset(name)
    if not _is_there(found):
        forget()
        found = dataset(name)
    if found.fingerprint != run.fingerprint:
        raise DatasetError(
            f"The data set {name} is not the one that this run was made from: its images differ."
        )
    return found


def levels_of(run: Run) -> Levels:
    """What is white in the run's pictures of more than 8 bits."""
    return levels.of(read_of(run).get("levels"))


def view_of(run: Run) -> Preprocessing:
    """What the network of a run is shown of an image.

    Raises:
        ModelError: its run.json does not say so in a known way.
    """
    return preprocessing.of_run(run.config, run.meta.get("preprocessing"))


def read_of(run: Run) -> Mapping[str, Any]:
    """How the run's images were read; empty where it does not say."""
    kept = run.meta.get("read")
    return kept if isinstance(kept, dict) else {}


def dataset(name: str) -> Dataset:
    """A data set, kept open.

    Raises:
        DatasetError: as `load_dataset`.
    """
    return _dataset(str(artifacts.root()), name)


def forget() -> None:
    """Open data sets anew when they are next asked for: their files have changed."""
    _dataset.cache_clear()


@lru_cache(maxsize=4)
def _dataset(root: str, name: str) -> Dataset:
    # `root` is part of the key: `demo` and `stl10` lie below it.
    return load_dataset(name)


def _is_there(dataset: Dataset) -> bool:
    """Whether the file behind an opened data set still exists."""
    place = getattr(dataset.test.images, "path", None)
    return place is None or Path(place).exists()


@lru_cache(maxsize=4)
def _paths(location: Location) -> Paths:
    try:
        parts = []
        for file in table_files.files(location):
            with table_files.opened(file) as stream:
                parts.append(pq.read_table(stream, columns=["split", "index", "path"]))
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"The paths of the images cannot be read ({error}).") from None
    table = pa.concat_tables(parts)
    return {split: _of_split(table, split) for split in table["split"].unique().to_pylist()}


def _of_split(table: pa.Table, split: str) -> tuple[np.ndarray, pa.Array]:
    found = table.filter(pc.call_function("equal", [table["split"], split]))
    if (np.diff(found["index"].to_numpy()) < 0).any():
        found = found.sort_by("index")
    return found["index"].to_numpy(), found["path"].combine_chunks()
