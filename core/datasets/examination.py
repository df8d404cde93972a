"""What a data set holds, before anybody trains on it: counts, sizes, modes, images there twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from core.datasets.dataset import Dataset, Split
from core.datasets.files import of_equal_bytes
from core.datasets.picture import head

LOOKED_AT = 400  # images whose heads are read, spread over both splits
TIMED = 24  # images that are decoded to see how long that takes
SHOWN = 3  # images a class
FEW = 20  # train images of a class, below which it is hardly learned
HASHED = 20_000  # images in larger files that are compared by their bytes
COMPARED = 200_000  # files that are, first by their sizes
SPLITS = ("train", "test")


@dataclass(frozen=True)
class Examination:
    """What was found.

    Attributes:
        counts: split -> (K,) images of each class.
        looked_at: how many images the sizes and modes are of.
        sizes: (n, 2) width and height of those that can be read.
        modes: of how many images each is the mode, as Pillow calls it.
        damaged: a line for each of those looked at that cannot be read.
        twins: (image of train, image of test) of equal bytes; None where there are too many to ask.
        shown: class -> some of its images, as (split, number).
        seconds: that one image takes to be decoded.
    """

    dataset: Dataset
    counts: Mapping[str, np.ndarray]
    looked_at: int
    sizes: np.ndarray
    modes: Mapping[str, int]
    damaged: tuple[str, ...]
    twins: Sequence[tuple[int, int]] | None
    shown: Mapping[int, Sequence[tuple[str, int]]] = field(default_factory=dict)
    seconds: float = 0.0

    def few(self) -> list[tuple[str, int]]:
        """The classes with few train images, the fewest first."""
        counts = self.counts["train"]
        order = np.argsort(counts, kind="stable")
        return [(self.dataset.classes[k], int(counts[k])) for k in order if counts[k] < FEW]


def examine(dataset: Dataset) -> Examination:
    """Look at a data set: all of its labels, some of its images."""
    places = [(split, k) for split in SPLITS for k in range(len(dataset.split(split)))]
    # Without the head of a file, all of an image must be decoded to know its size.
    most = LOOKED_AT if hasattr(dataset.train.images, "source") else TIMED
    chosen = [places[k] for k in _spread(len(places), most)]
    heads, damaged = _heads(dataset, chosen)
    k = len(dataset.classes)
    return Examination(
        dataset,
        {name: np.bincount(dataset.split(name).labels, minlength=k) for name in SPLITS},
        len(chosen),
        np.array([size for size, _ in heads], dtype=np.int64).reshape(-1, 2),
        dict(Counter(mode for _, mode in heads).most_common()),
        tuple(damaged),
        twins(dataset),
        {label: tuple(_of_class(dataset, label)) for label in range(k)},
        _seconds(dataset, [places[k] for k in _spread(len(places), TIMED)]),
    )


def twins(dataset: Dataset) -> list[tuple[int, int]] | None:
    """Pairs of a train and a test image that are the same bytes."""
    raw = [getattr(dataset.split(name).images, "raw", _nothing) for name in SPLITS]
    n = sum(len(dataset.split(name)) for name in SPLITS)
    if _nothing in raw or n > (COMPARED if dataset.train.paths else HASHED):
        return None
    images = {
        (which, k): partial(raw[which], k)
        for which, name in enumerate(SPLITS)
        for k in range(len(dataset.split(name)))
    }
    found = []
    for group in of_equal_bytes(images):  # train comes first
        found += [(group[0][1], k) for which, k in group if which > group[0][0]]
    return sorted(found)


def _nothing(index: int) -> bytes:
    """What stands for images whose bytes cannot be compared."""
    raise OSError(f"image {index} has no bytes of its own")


def _spread(n: int, most: int) -> np.ndarray:
    """At most so many numbers below n, evenly spread."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(int)) if n else np.zeros(0, int)


def _heads(
    dataset: Dataset, places: Iterable[tuple[str, int]]
) -> tuple[list[tuple[tuple[int, int], str]], list[str]]:
    """Size and mode of these images, and a line for each that has none."""
    found, damaged = [], []
    for name, k in places:
        split = dataset.split(name)
        try:
            found.append(_head(split, k))
        except OSError as error:
            damaged.append(f"{split.where(k) or f'{name} image {k}'}: {error}")
    return found, damaged


def _head(split: Split, k: int) -> tuple[tuple[int, int], str]:
    source = getattr(split.images, "source", None)
    if source is not None:
        return head(source(k))
    image = split.images[k]
    return image.size, image.mode


def _of_class(dataset: Dataset, label: int) -> Iterator[tuple[str, int]]:
    """Some images of a class, from all over train."""
    numbers = np.flatnonzero(dataset.train.labels == label)
    for k in _spread(len(numbers), SHOWN):
        yield "train", int(numbers[k])


def _seconds(dataset: Dataset, places: Sequence[tuple[str, int]]) -> float:
    """How long an image takes to be decoded as the network needs it, in the middle."""
    spent = []
    reduced = {name: dataset.split(name).reduced_to(256).images for name in SPLITS}
    for name, k in places:
        began = time.perf_counter()
        with suppress(OSError):
            reduced[name][k]
            spent.append(time.perf_counter() - began)
    return float(np.median(spent)) if spent else 0.0
