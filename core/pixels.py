"""Every image of a data set decoded once, at the scale the network needs, and measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from core.datasets import Dataset, Progress, Split
from core.errors import DatasetError, TrainingError
from core.ranks import ALONE, Ranks

CHUNK = 64
LISTED = 1000  # unreadable files named in a run; their number is always kept


@dataclass(frozen=True)
class Pixels:
    """The images that could be read, train before test, in the data set's order.

    Attributes:
        values: (n, 3, side, side) uint8; those that this process has read.
        images: N rows: split (train, test), index, path, label, brightness, contrast, sharpness.
        unreadable: a line for each file left out.
        rows: (n,) which rows of `images` the values are; all of them where one process trains.
    """

    values: np.ndarray
    images: pd.DataFrame
    unreadable: list[str]
    rows: np.ndarray


def decode(
    dataset: Dataset,
    size: int,
    workers: int,
    progress: Progress | None = None,
    ranks: Ranks = ALONE,
) -> Pixels:
    """Read every image, or this process's share; those that cannot be read are left out.

    Images larger than `size` are reduced to it, smaller ones kept as they are: the network's
    transform enlarges them, and nothing is lost or stored twice.

    Raises:
        DatasetError: a split or a class of train has no readable image.
        TrainingError: a data worker died.
    """
    side = _side(dataset, size)
    shares = {
        name: range(ranks.number, len(dataset.split(name)), ranks.size)
        for name in ("train", "test")
    }
    total = sum(map(len, shares.values()))
    values = np.empty((total, 3, side, side), dtype=np.uint8)
    tables, unreadable, filled, seen = [], [], 0, 0
    for name, share in shares.items():
        split = dataset.split(name)
        readable, measured = [], []
        for chunk in _read(split, side, workers, share):
            for index, found in chunk:
                seen += 1
                if isinstance(found, str):
                    unreadable.append(f"{_where(split, name, index)}: {found}")
                    continue
                values[filled] = found[0]
                filled += 1
                readable.append(index)
                measured.append(found[1])
            if progress:
                progress(seen, total)
        tables.append(_table(name, split, readable, measured))
    images, rows, unreadable = _together(pd.concat(tables, ignore_index=True), unreadable, ranks)
    _check(dataset, images)
    return Pixels(values[:filled], images, unreadable, rows)


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


def _side(dataset: Dataset, size: int) -> int:
    """The side to store: `size`, or what a typical image has, where that is less."""
    sides = []
    for split in (dataset.train, dataset.test):
        for index in np.linspace(0, len(split) - 1, num=min(16, len(split)), dtype=int):
            try:
                sides.append(min(split.images[int(index)].size))
            except OSError:
                continue
    return min(size, int(np.median(sides))) if sides else size


class _Reading(TorchDataset):
    """What a data worker does: an image's square and measures, or why it cannot be read."""

    def __init__(self, split: Split, side: int) -> None:
        self.split, self.side = split, side

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[int, tuple[np.ndarray, tuple] | str]:
        try:
            image = self.split.images[index]
            return index, (square(image, self.side), measure(image))
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
    try:
        yield from loader
    except RuntimeError as error:
        if "worker" not in str(error):
            raise
        raise TrainingError(
            "A process that decodes images was killed, perhaps for want of memory: try again "
            "with --workers 0."
        ) from None


def square(image: Image.Image, side: int) -> np.ndarray:
    """(3, side, side) uint8: the shorter side resized to `side`, the centre of the longer kept."""
    width, height = image.size
    if (width, height) != (side, side):
        shorter = min(width, height)
        left, top = (width - shorter) / 2, (height - shorter) / 2
        box = (left, top, left + shorter, top + shorter)
        image = image.resize((side, side), Image.Resampling.BILINEAR, box, reducing_gap=3.0)
    return np.asarray(image).transpose(2, 0, 1)


def measure(image: Image.Image) -> tuple[float, float, float]:
    """Brightness, contrast and sharpness of an image of at most 256 pixels a side.

    With Y the luminance in 0..1 (ITU-R 601): mean of Y, standard deviation of Y, and the variance
    of Y's Laplacian (Pech-Pacheco et al., 2000), low where the picture is blurred.
    """
    grey = image.convert("L")
    grey.thumbnail((256, 256))
    y = np.asarray(grey, dtype=np.float32) / 255
    inner = y[1:-1, 1:-1]
    laplacian = y[:-2, 1:-1] + y[2:, 1:-1] + y[1:-1, :-2] + y[1:-1, 2:] - 4 * inner
    sharpness = float(laplacian.var()) if laplacian.size else 0.0
    return float(y.mean()), float(y.std()), sharpness


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


def _where(split: Split, name: str, index: int) -> str:
    return split.paths[index] if split.paths else f"{name} image {index}"


def _check(dataset: Dataset, images: pd.DataFrame) -> None:
    train = images.loc[images["split"] == "train", "label"]
    missing = sorted(set(range(len(dataset.classes))) - set(train))
    if missing:
        raise DatasetError(
            f"No train image of {dataset.classes[missing[0]]!r} in {dataset.name} can be read."
        )
    if not (images["split"] == "test").any():
        raise DatasetError(f"No test image of {dataset.name} can be read.")


def hold_out(images: pd.DataFrame, fraction: float, seed: int) -> pd.DataFrame:
    """The same rows with a stratified, seeded part of train marked as `val`.

    Raises:
        DatasetError: a class has too few images to give one away.
    """
    split = images["split"].to_numpy(dtype=object, copy=True)
    for label in np.unique(images["label"]):
        rows = np.flatnonzero((split == "train") & (images["label"] == label))
        n_val = max(1, round(fraction * len(rows)))
        if n_val >= len(rows):
            raise DatasetError(
                f"Class {label} has {len(rows)} train images, too few to hold some out: "
                "add images, or choose the epoch with --select-on test."
            )
        chosen = np.random.default_rng([seed, int(label)]).permutation(len(rows))[:n_val]
        split[rows[chosen]] = "val"
    return images.assign(split=split)
