"""Every image of a data set read once, at the scale the network needs, and measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from core.datasets import Dataset, ProgressCallback, Split, levels
from core.datasets.levels import Levels
from core.datasets.picture import FORMATS, measure, shown
from core.datasets.trees.listing import DEEP
from core.errors import DatasetError
from core.inference.batches import Streamed, working
from core.models.distributed import ALONE, Ranks
from core.models.preprocessing import Preprocessing

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
        side: of the squares as they are kept, in pixels.
        levels: what is white in pictures of more than 8 bits; notes: what is to be said of it.
    """

    values: np.ndarray | Streamed
    images: pd.DataFrame
    unreadable: list[str]
    rows: np.ndarray
    side: int = 0
    levels: Levels = field(default_factory=Levels)
    notes: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """What a run must know to read its images again as they were read."""
        told = {"side": self.side, "levels": self.levels.to_dict()}
        return told | {"notes": list(self.notes)}


def decode(
    dataset: Dataset,
    view: Preprocessing,
    workers: int,
    progress: ProgressCallback | None = None,
    ranks: Ranks = ALONE,
    room: float = float("inf"),
) -> Pixels:
    """Read every image, or this process's share; those that cannot be read are left out.

    Each is kept as the network is shown it. Small images of which all would not fit so are kept as
    the squares they are, and enlarged on the device.

    Args:
        room: bytes that the decoded images may take; where they need more, none is kept.

    Raises:
        DatasetError: a split or a class of train has no readable image.
        TrainingError: a data worker died.
    """
    splits = {name: dataset.split(name) for name in ("train", "test")}
    known, notes = ranks.agree(_survey(splits) if ranks.first else (Levels(), ()))
    splits = {name: split.with_levels(known) for name, split in splits.items()}
    share = room * ranks.size / max(1, sum(map(len, splits.values())))
    side = ranks.agree(_side(splits, view, share) if ranks.first else 0)
    found = decode_splits(splits, view, side, workers, progress, ranks, room)
    _check(dataset, found.images)
    return replace(found, levels=known, notes=notes)


def decode_splits(
    splits: Mapping[str, Split],
    view: Preprocessing,
    side: int,
    workers: int,
    progress: ProgressCallback | None = None,
    ranks: Ranks = ALONE,
    room: float = float("inf"),
) -> Pixels:
    """As `decode`, for any images by the name of their split, kept with this side."""
    splits = {name: split.reduced_to(max(side, view.resize)) for name, split in splits.items()}
    shares = {name: range(ranks.number, len(s), ranks.size) for name, s in splits.items()}
    total = sum(map(len, shares.values()))
    fits = total * 3 * side**2 <= room
    values = np.empty((total if fits else 0, 3, side, side), dtype=np.uint8)
    tables, unreadable, filled, seen = [], [], 0, 0
    for name, split in splits.items():
        readable, measured = [], []
        for chunk in _read(split, view, side if fits else 0, workers, shares[name]):
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
        return Pixels(values[:filled], images, unreadable, rows, side)
    names, numbers = own["split"].to_numpy(dtype=str), own["index"].to_numpy()
    streamed = Streamed(splits, names, numbers, view, side, workers)
    return Pixels(streamed, images, unreadable, rows, side)


def as_surveyed(splits: Mapping[str, Split]) -> dict[str, Split]:
    """The splits, with what is white in their deep pictures."""
    known, _ = _survey(splits)
    return {name: split.with_levels(known) for name, split in splits.items()}


def _survey(splits: Mapping[str, Split]) -> tuple[Levels, tuple[str, ...]]:
    """What is white in the deep pictures of all splits."""
    files = (path for s in splits.values() for path in getattr(s.images, "files", list)())
    return levels.survey((path for path in files if str(path).lower().endswith(DEEP)), FORMATS)


def _side(splits: Mapping[str, Split], view: Preprocessing, share: float) -> int:
    """The side to keep images with, where each may take so many bytes.

    The notebook enlarges small images on the device: nothing is lost, and less is kept.
    """
    if view.cut != "square" and (3 * view.size**2 <= share or view.cut != "centre"):
        return view.size
    return stored_side(splits.values(), view.size)


def stored_side(splits: Iterable[Split], size: int) -> int:
    """`size`, or the shorter side of the largest image, where that is less."""
    found = 0
    for split in splits:
        for number in range(len(split)):
            with suppress(OSError):
                found = max(found, _shorter_side(split, number))
            if found >= size or (number and not hasattr(split.images, "shorter_side")):
                break  # images that are no files of their own are of one size
    return min(found or size, size)


def _shorter_side(split: Split, number: int) -> int:
    measured = getattr(split.images, "shorter_side", None)
    return measured(number) if measured else min(split.images[number].size)


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


def typical_side(sides: Sequence[int], size: int) -> int:
    """The median of some images' shorter sides, `size` at most: what earlier runs kept."""
    return min(size, int(np.median(sides))) if sides else size


class _Reading(TorchDataset):
    """What a data worker does: an image's square and measures, or why it cannot be read.

    With a side of 0, the measures alone.
    """

    def __init__(self, split: Split, view: Preprocessing, side: int) -> None:
        self.split, self.view, self.side = split, view, side

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[int, tuple[np.ndarray | None, tuple] | str]:
        try:
            image = self.split.images[index]
            pixels = shown(image, self.view, self.side) if self.side else None
            return index, (pixels, measure(image))
        except OSError as error:
            return index, str(error)


def _read(
    split: Split, view: Preprocessing, side: int, workers: int, share: range
) -> Iterator[list]:
    loader = DataLoader(
        _Reading(split, view, side),
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
    missing = sorted(set(dataset.train.labels) - set(train))
    if missing:
        raise DatasetError(
            f"No train image of {dataset.classes[missing[0]]!r} in {dataset.name} can be read."
        )
    if not (images["split"] == "test").any():
        raise DatasetError(f"No test image of {dataset.name} can be read.")
