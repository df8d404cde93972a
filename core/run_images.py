"""The images of a run, from its data set: found by path where files came or went since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from PIL import Image

from core import artifacts, queries
from core.datasets import Dataset, load_dataset
from core.errors import DatasetError, RunError
from core.runs import Run


@dataclass(frozen=True)
class RunImages:
    """A data set as a run numbered it; `moved` says where an image now stands."""

    dataset: Dataset
    moved: Mapping[tuple[str, int], int] | None = field(default=None, repr=False)

    def image(self, split: str, index: int) -> Image.Image:
        """One image by the number that the run knows it by.

        Raises:
            DatasetError: it is gone, or cannot be read.
        """
        if self.moved is not None:
            if (split, index) not in self.moved:
                raise DatasetError(f"{split} image {index} is no longer in {self.dataset.name}.")
            index = self.moved[split, index]
        return self.dataset.image(split, index)


def open_images(run: Run) -> RunImages:
    """The images of a run.

    Raises:
        DatasetError: its data set is not on this machine, or is another one now.
    """
    root, name = str(artifacts.root()), run.dataset
    dataset = _dataset(root, name)
    if not _is_there(dataset):
        forget()
        dataset = _dataset(root, name)
    if dataset.fingerprint == run.meta["dataset"].get("fingerprint"):
        return RunImages(dataset)
    if not dataset.test.paths:
        raise DatasetError(
            f"The data set {name} is not the one that this run was made from: "
            "its images are others."
        )
    return RunImages(dataset, _moved(root, run.id, dataset.fingerprint))


def forget() -> None:
    """Open data sets anew when they are next asked for: their files have changed."""
    _dataset.cache_clear()


@lru_cache(maxsize=4)
def _dataset(root: str, name: str) -> Dataset:
    # `root` is part of the key: `demo` and `stl10` lie below it.
    return load_dataset(name)


def _is_there(dataset: Dataset) -> bool:
    """Whether the files behind an opened data set still exist."""
    images = dataset.test.images
    place = getattr(images, "root", None) or getattr(images, "path", None)
    return place is None or Path(place).exists()


@lru_cache(maxsize=4)
def _moved(root: str, run_id: str, fingerprint: str) -> Mapping[tuple[str, int], int]:
    from core.runs import open_run

    run = open_run(run_id)
    dataset = _dataset(root, run.dataset)
    now = {s: {p: i for i, p in enumerate(dataset.split(s).paths)} for s in ("train", "test")}
    try:
        table = queries.ask(run, 'SELECT split, "index", path FROM run')
    except RunError as error:
        raise DatasetError(str(error)) from None
    columns = (table["split"].tolist(), table["index"].tolist(), table["path"].tolist())
    return {
        (split, index): found
        for split, index, path in zip(*columns, strict=True)
        if (found := now["test" if split == "test" else "train"].get(path)) is not None
    }
