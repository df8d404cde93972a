"""What a data set is to the rest of Fencepost: two splits of labelled images, and no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from PIL import Image

from core.datasets import files
from core.datasets.levels import Levels
from core.errors import DatasetError

# (done, total) of something slow: images drawn, bytes loaded.
ProgressCallback = Callable[[int, int], None]


class Images(Protocol):
    """Images by number, each decoded when it is asked for.

    Those in large files also have `reduced_to(side)`: the same images, decoded no larger than
    squares of that side need. Those in files at all have `files()`: where they lie, in order. Those
    in a file each have `shorter_side(index)`, from the file's head, and `with_levels(levels)`: the
    same images with this shown as white where they are deeper than 8 bits; and `source(index)`, the
    file of one, or the bytes of it. Those that are cheap to compare have `raw(index)`, bytes or a
    file that are equal where the images are.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Image.Image:
        """The image, upright, RGB.

        Raises:
            OSError: it cannot be read.
        """
        ...


@dataclass(frozen=True)
class Split:
    """The images of one split and what the data set says they are.

    Attributes:
        labels: (N,) int16 class ids.
        paths: N paths below the data set's folder; empty where images are not files.
        rows: (N,) the rows of a table that lists the images, as a person counts them.
    """

    images: Images
    labels: np.ndarray
    paths: Sequence[str] = ()
    rows: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, index: int) -> str:
        """The path of an image below the data set's folder; "" where images are not files."""
        row = "" if self.rows is None else f" (row {self.rows[index]})"
        return f"{self.paths[index]}{row}" if self.paths else ""

    def reduced_to(self, side: int) -> Split:
        """The same split with images decoded at the scale that squares of this side need."""
        reduced = getattr(self.images, "reduced_to", None)
        return replace(self, images=reduced(side)) if reduced else self

    def with_levels(self, levels: Levels) -> Split:
        """The same split with what is white in pictures of more than 8 bits."""
        leveled = getattr(self.images, "with_levels", None)
        return replace(self, images=leveled(levels)) if leveled else self


@dataclass(frozen=True)
class Dataset:
    """A named set of images. `val` is a part of train, so it shares train's numbering.

    Attributes:
        notes: what of it is not used, and why; a sentence each.
        left_out: how many files are no image of it, by reason.
        refused: `row 7: reason`, of rows of a table that are none; the first thousand.
        metadata: split -> what else is known of each image, a column each.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    test: Split
    fingerprint: str
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    metadata: Mapping[str, pa.Table] = field(default_factory=dict)

    def split(self, name: str) -> Split:
        return self.test if name == "test" else self.train

    def contents(self) -> str:
        """A digest of its files' sizes and times of change: of images, not of what they are.

        The fingerprint stays when a file is replaced under its old name, and this does not.
        """
        return files.digest(map(files.state, self.files()))

    def files(self) -> list[str | Path]:
        """The files that its images lie in: one each, or a few that hold all of them."""
        listed = (getattr(split.images, "files", list) for split in (self.train, self.test))
        return [path for found in listed for path in found()]

    def image(self, split: str, index: int) -> Image.Image:
        """One image by its own number in its split.

        Raises:
            DatasetError: there is no such image, or it cannot be read.
        """
        images = self.split(split).images
        if not 0 <= index < len(images):
            raise DatasetError(f"{self.name} has no {split} image {index}.")
        try:
            return images[index]
        except OSError as error:
            raise DatasetError(
                f"{split} image {index} of {self.name} cannot be read: {error}"
            ) from None
