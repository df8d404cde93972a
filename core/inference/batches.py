"""The images of one split as training takes them: batch by batch, on the device.

Images that fit are decoded once and lie on the device; others are read anew in every pass, by
processes that work while the network does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from core.datasets import Split
from core.datasets.picture import shown
from core.errors import DatasetError, TrainingError
from core.models.preprocessing import Preprocessing

Batch = tuple[torch.Tensor, torch.Tensor]
# "(pid 7) is killed by signal", "(pid(s) 7) exited unexpectedly". An error raised in a worker names
# a "DataLoader worker process" and is one of ours.
DIED = "DataLoader worker (pid"


@dataclass(frozen=True)
class Streamed(TorchDataset):
    """(n, 3, side, side) uint8 like an array of decoded images, but each read when asked for.

    Attributes:
        splits: where the images are, by the name of their split.
        names, numbers: (n,) the split of each image, and its number there.
        view, side: how each is cut, and the side that it has then.
        workers: processes that read.
    """

    splits: dict[str, Split]
    names: np.ndarray
    numbers: np.ndarray
    view: Preprocessing
    side: int
    workers: int

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> np.ndarray | str:
        split, number = self.splits[self.names[index]], int(self.numbers[index])
        try:
            return shown(split.images[number], self.view, self.side)
        except OSError as error:
            return f"{split.where(number) or number}: {error}"

    def select(self, rows: np.ndarray) -> Streamed:
        return replace(self, names=self.names[rows], numbers=self.numbers[rows])

    def read(self, pieces: Sequence[torch.Tensor], where: torch.device) -> Iterator[torch.Tensor]:
        """The images of these row numbers, piece by piece, on the device.

        Raises:
            DatasetError: a file that could be read before no longer can.
            TrainingError: a data worker died.
        """
        loader = DataLoader(
            self,
            batch_sampler=[piece.tolist() for piece in pieces],
            num_workers=min(self.workers, len(pieces)),
            collate_fn=_stacked,
            pin_memory=where.type == "cuda",
        )
        for images in working(loader):
            if isinstance(images, str):
                raise DatasetError(
                    f"An image can no longer be read, {images}: put it back, then --resume."
                )
            yield images.to(where, non_blocking=True)


def _stacked(images: list[np.ndarray | str]) -> torch.Tensor | str:
    """A batch, or why it cannot be had."""
    unread = next((image for image in images if isinstance(image, str)), None)
    return torch.from_numpy(np.stack(images)) if unread is None else unread


def working(loader: DataLoader) -> Iterator:
    """What the loader gives; a TrainingError where one of its processes dies."""
    try:
        yield from loader
    except RuntimeError as error:
        if DIED not in str(error):
            raise
        raise TrainingError(
            "A process that decodes images was killed, perhaps for want of memory: try again "
            "with --workers 0."
        ) from None


@dataclass(frozen=True)
class Examples:
    """Images and labels of one split: (N, 3, S, S) uint8 and (N,) int64, on the device.

    Images that do not fit are `Streamed`. Where several processes train, each has its own share.
    """

    images: torch.Tensor | Streamed
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self, pieces: Sequence[torch.Tensor]) -> Iterator[Batch]:
        """The images and labels of these row numbers, piece by piece."""
        where = self.labels.device
        if isinstance(self.images, Streamed):
            read = self.images.read(pieces, where)
            yield from ((images, self.labels[p]) for images, p in zip(read, pieces, strict=True))
            return
        for piece in pieces:
            rows = piece.to(where, non_blocking=True)
            yield self.images[rows], self.labels[rows]


def pieces(n: int, size: int, start: int = 0) -> list[torch.Tensor]:
    """The row numbers from `start` to n in order, `size` at a time; the last may be shorter."""
    return [torch.arange(begin, min(begin + size, n)) for begin in range(start, n, size)]


class Awaited:
    """The items of an iterator, and the seconds that were spent waiting for them."""

    def __init__(self, items: Iterator) -> None:
        self.items, self.seconds = iter(items), 0.0

    def __iter__(self) -> Awaited:
        return self

    def __next__(self) -> Batch:
        started = time.perf_counter()
        try:
            return next(self.items)
        finally:
            self.seconds += time.perf_counter() - started
