"""Every image of a data set read once, at the scale the network needs, and measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from core.datasets import Dataset, ProgressCallback, Split
from core.datasets.picture import measure, square
from core.errors import DatasetError
from core.inference.batches import Streamed, working
from core.models.distributed import ALONE, Ranks

CHUNK = 64
LISTED = 1000  # unreadable files named in a run; their number is always kept


@dataclass(frozen=True)
class Pixels:
    """The images that could be read, train before test, in the data set's order.

    Attributes:
        values: (n, 3, side, side) uint8; those that this process has read. Where they do not fit,
            each is read again when it is asked for.
        images: N rows: split (train, test), index, path, label, brightness, contrast, sharpness.
        unreadable: a line for each file left out.
        rows: (n,) which rows of `images` the values are; all of them where one process trains.
    """

    values: np.ndarray | Streamed
    images: pd.DataFrame
    unreadable: list[str]
    rows: np.ndarray


def decode(
    dataset: Dataset,
    size: int,
    workers: int,
    progress: ProgressCallback | None = None,
    ranks: Ranks = ALONE,
    room: float = float("inf"),
) -> Pixels:
    """Read every image, or this process's share; those that cannot be read are left out.

    Images larger than `size` are reduced to it, smaller ones kept as they are: the network's
    transform enlarges them, and nothing is lost or stored twice.

    Args:
        room: bytes that the decoded images may take; where they need more, none is kept.

    Raises:
        DatasetError: a split or a class of train has no readable image.
        TrainingError: a data worker died.
    """
    side = stored_side(dataset, size)
    splits = {name: dataset.split(name) for name in ("train", "test")}
    found = decode_splits(splits, side, workers, progress, ranks, room)
    _check(dataset, found.images)
    return found


def decode_splits(
    splits: Mapping[str, Split],
    side: int,
    workers: int,
    progress: ProgressCallback | None = None,
    ranks: Ranks = ALONE,
    room: float = float("inf"),
) -> Pixels:
    """As `decode`, for any images by the name of their split, stored with this side."""
    splits = {name: split.reduced_to(side) for name, split in splits.items()}
    shares = {name: range(ranks.number, len(s), ranks.size) for name, s in splits.items()}
    total = sum(map(len, shares.values()))
    fits = total * 3 * side**2 <= room
    values = np.empty((total if fits else 0, 3, side, side), dtype=np.uint8)
    tables, unreadable, filled, seen = [], [], 0, 0
    for name, split in splits.items():
        readable, measured = [], []
        for chunk in _read(split, side if fits else 0, workers, shares[name]):
            for index, found in chunk:
                seen += 1
                if isinstance(found, str):
                    unreadable.append(f"{split.where(index) or f'{name} image {index}'}: {found}")
                    continue
                if fits:
                    values[filled] = found[0]
                filled += 1
                readable.append(index)
                measured.append(found[1])
            if progress:
                progress(seen, total)
        tables.append(_table(name, split, readable, measured))
    own = pd.concat(tables, ignore_index=True)
    images, rows, unreadable = _together(own, unreadable, ranks)
    if fits:
        return Pixels(values[:filled], images, unreadable, rows)
    names, numbers = own["split"].to_numpy(dtype=str), own["index"].to_numpy()
    return Pixels(Streamed(splits, names, numbers, side, workers), images, unreadable, rows)


def _together(
    images: pd.DataFrame, unreadable: list[str], ranks: Ranks
) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
    """Every process's images in the data set's order, and which rows are this process's own."""
    parts = ranks.agree(ranks.gather((images, unreadable)))
    owner = np.repeat(np.arange(ranks.size), [len(part) for part, _ in parts])
    whole = pd.concat([part for part, _ in parts], ignore_index=True)
    order = np.lexsort((whole["index"], whole["split"] == "test"))
    lines = [line for _, its_lines in parts for line in its_lines]
    whole = whole.iloc[order].reset_index(drop=True)
    return whole, np.flatnonzero(owner[order] == ranks.number), lines


def stored_side(dataset: Dataset, size: int) -> int:
    """The side to store: `size`, or what a typical image has, where that is less."""
    sides = []
    for split in (dataset.train, dataset.test):
        for index in np.linspace(0, len(split) - 1, num=min(16, len(split)), dtype=int):
            try:
                sides.append(min(split.images[int(index)].size))
            except OSError:
                continue
    return typical_side(sides, size)


def typical_side(sides: Sequence[int], size: int) -> int:
    """The median of some images' shorter sides, `size` at most."""
    return min(size, int(np.median(sides))) if sides else size


class _Reading(TorchDataset):
    """What a data worker does: an image's square and measures, or why it cannot be read.

    With a side of 0, the measures alone.
    """

    def __init__(self, split: Split, side: int) -> None:
        self.split, self.side = split, side

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[int, tuple[np.ndarray | None, tuple] | str]:
        try:
            image = self.split.images[index]
            return index, (square(image, self.side) if self.side else None, measure(image))
        except OSError as error:
            return index, str(error)


def _read(split: Split, side: int, workers: int, share: range) -> Iterator[list]:
    loader = DataLoader(
        _Reading(split, side),
        batch_size=CHUNK,
        sampler=share,
        num_workers=min(workers, -(-len(share) // CHUNK)),
        collate_fn=list,
    )
    return working(loader)


def _table(name: str, split: Split, readable: Sequence[int], measured: Sequence) -> pd.DataFrame:
    index = np.array(readable, dtype=np.int32)
    brightness, contrast, sharpness = np.array(measured, dtype=np.float32).reshape(-1, 3).T
    return pd.DataFrame(
        {
            "split": name,
            "index": index,
            "path": [split.paths[i] for i in readable] if split.paths else "",
            "label": split.labels[index],
            "brightness": brightness,
            "contrast": contrast,
            "sharpness": sharpness,
        }
    )


def _check(dataset: Dataset, images: pd.DataFrame) -> None:
    train = images.loc[images["split"] == "train", "label"]
    missing = sorted(set(range(len(dataset.classes))) - set(train))
    if missing:
        raise DatasetError(
            f"No train image of {dataset.classes[missing[0]]!r} in {dataset.name} can be read."
        )
    if not (images["split"] == "test").any():
        raise DatasetError(f"No test image of {dataset.name} can be read.")
