"""The data set in an .npz file: x_train, y_train, x_test, y_test, by any of their usual names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core import artifacts
from core.datasets import holding_out
from core.datasets.arrays import members
from core.datasets.arrays.members import Member
from core.datasets.arrays.names import Pairs, pairs
from core.datasets.arrays.pixels import ArrayImages, require_images, white_of
from core.datasets.dataset import Dataset, Split
from core.datasets.trees.folder import MAX_CLASSES, check_names
from core.errors import DatasetError

UNUSED = "{} is not used: a part of train is held out to choose by."


def read(path: Path) -> Dataset:
    """The data set; images are mapped, not read, labels are.

    Raises:
        DatasetError: the file is missing, damaged, or its arrays are not understood.
    """
    check_names([str(path)])
    found = members.members(path)
    named = pairs(found)
    used = _used(path, found, named)
    for split in used:
        require_images(found[named.images[split]])
    known = _class_names(found, named)
    told = {split: _labels(path, found, named, split) for split in used}
    classes, ids = _classes(path, told, known)
    white = white_of(found[named.images[split]] for split in used)
    splits = _splits(found, named, used, ids, white)
    _check(path, classes, splits)
    notes = [UNUSED.format(named.images[split]) for split in named.images if split not in used]
    return Dataset(
        name=f"npz:{path}",
        classes=classes,
        train=splits["train"],
        test=splits["test"],
        fingerprint=_fingerprint(classes, [found[n] for n in _arrays(named, used)]),
        notes=tuple(map(artifacts.printable, notes)),
    )


def _used(path: Path, found: Mapping[str, Member], named: Pairs) -> list[str]:
    """The splits to use: train with test, or val where there is none; or all in one."""
    whole = [split for split in named.images if split in named.labels]
    if "train" in whole:
        return ["train", *[split for split in ("test", "val") if split in whole][:1]]
    if "" in whole:
        return [""]
    has = ", ".join(list(found)[:8]) or "no arrays"
    raise DatasetError(
        f"{path} holds {has}: it needs x_train and y_train with x_test and y_test, or x and y."
    )


def _arrays(named: Pairs, used: Sequence[str]) -> list[str]:
    return [name for split in used for name in (named.images[split], named.labels[split])]


def _class_names(found: Mapping[str, Member], named: Pairs) -> list[str]:
    if not named.classes or found[named.classes].dtype.kind not in "US":
        return []
    return [_text(value) for value in members.values(found[named.classes]).ravel()]


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _labels(path: Path, found: Mapping[str, Member], named: Pairs, split: str) -> np.ndarray:
    """(N,) whole numbers or texts.

    Raises:
        DatasetError: they are not one an image.
    """
    member, images = found[named.labels[split]], found[named.images[split]]
    told = np.asarray(members.values(member))
    if told.ndim == 2 and told.shape[1] > 1 and told.dtype.kind in "buif":
        if not ((told == 1).sum(axis=1) == 1).all() or not np.isin(told, (0, 1)).all():
            raise DatasetError(
                f"{member.name} in {path} gives images more than one label, or none."
            )
        told = told.argmax(axis=1)
    if told.size != images.shape[0]:
        raise DatasetError(
            f"{path} has {told.size:,} labels in {member.name} for {images.shape[0]:,} images in "
            f"{images.name}."
        )
    told = told.ravel()
    if told.dtype.kind == "f" and np.isfinite(told).all() and (told == np.rint(told)).all():
        told = told.astype(np.int64)
    if told.dtype.kind not in "buiUS":
        raise DatasetError(f"{member.name} in {path} holds {told.dtype}: labels are whole numbers.")
    return told


def _classes(
    path: Path, told: Mapping[str, np.ndarray], known: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """The classes of train, in order, and each split's ids of them.

    Raises:
        DatasetError: test has another class.
    """
    first = next(iter(told.values()))
    values = np.unique(first)
    for split, labels in told.items():
        if len(unknown := np.setdiff1d(labels, values)):
            raise DatasetError(
                f"The class {_name(unknown[0], known)!r} of {path} has {split} images but none in "
                "train."
            )
    if len(values) > MAX_CLASSES:
        raise DatasetError(
            f"{path} has {len(values):,} classes: at most {MAX_CLASSES:,} are allowed."
        )
    ids = {split: np.searchsorted(values, labels) for split, labels in told.items()}
    return tuple(_name(value, known) for value in values), ids


def _name(value: np.generic, known: Sequence[str]) -> str:
    if value.dtype.kind in "US":
        return _text(value.item())
    number = int(value)
    return known[number] if 0 <= number < len(known) else str(number)


def _splits(
    found: Mapping[str, Member],
    named: Pairs,
    used: Sequence[str],
    ids: Mapping[str, np.ndarray],
    white: float,
) -> dict[str, Split]:
    """Train and test; where there is one array, a fifth of each class for test."""
    images = [ArrayImages(found[named.images[split]], white) for split in used]
    labels = [ids[split].astype(np.int16) for split in used]
    if len(used) == 2:
        return dict(zip(("train", "test"), map(Split, images, labels), strict=True))
    test = holding_out.for_test(labels[0], [str(k) for k in range(len(labels[0]))])
    numbers = {"train": np.flatnonzero(~test), "test": np.flatnonzero(test)}
    return {
        split: Split(ArrayImages(images[0].member, white, those), labels[0][those])
        for split, those in numbers.items()
    }


def _check(path: Path, classes: Sequence[str], splits: Mapping[str, Split]) -> None:
    if len(classes) < 2 or len(set(classes)) < len(classes):
        raise DatasetError(f"{path} must have two classes or more, each of its own name.")
    if not len(splits["test"]):
        raise DatasetError(f"{path} has no test images: give two images of a class at least.")


def _fingerprint(classes: Sequence[str], used: Sequence[Member]) -> str:
    digest = hashlib.sha256("\0".join(classes).encode())
    for member in used:
        digest.update(f"{member.checksum}{member.shape}{member.dtype}".encode())
    return digest.hexdigest()[:16]
