"""A data set's labels in the order in which a network has its classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.datasets.dataset import Dataset, Split
from core.datasets.trees import names
from core.errors import DatasetError

LISTED = 20  # names in a message


def names_of(text: str) -> tuple[str, ...]:
    """Class names written as `a,b,c`, or one a line in a file.

    Raises:
        DatasetError: the file cannot be read, a name is empty, or it occurs twice.
    """
    try:
        written = Path(text).read_text(encoding="utf-8").splitlines() if _is_file(text) else None
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"The class names in {text} cannot be read ({error}).") from None
    found = [name.strip() for name in (text.split(",") if written is None else written)]
    while found and not found[-1]:
        found.pop()
    if len(found) < 2 or not all(found):
        raise DatasetError(f"{text!r} names no classes: give a,b,c or a file with one a line.")
    if twice := next((name for name in found if found.count(name) > 1), ""):
        raise DatasetError(f"The class {twice!r} is named twice: each needs a name of its own.")
    return tuple(found)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # too long to be one
        return False


def renumbered(dataset: Dataset, classes: Sequence[str]) -> Dataset:
    """The same images with labels that count in `classes`, which may be more than have images.

    Names may differ in case, spaces and the like, as folders and labels often do.

    Raises:
        DatasetError: a class of the data set is none of them.
    """
    meant = names.matched(dataset.classes, classes)
    if lacking := [name for name in dataset.classes if name not in meant]:
        raise DatasetError(
            f"The network has no class {lacking[0]!r}, of which {dataset.name} has images: its "
            f"classes are {listed(classes)}."
        )
    ids = np.array([list(classes).index(meant[name]) for name in dataset.classes], dtype=np.int16)
    train, test = (_with_labels(split, ids) for split in (dataset.train, dataset.test))
    return replace(dataset, classes=tuple(classes), train=train, test=test)


def _with_labels(split: Split, ids: np.ndarray) -> Split:
    return replace(split, labels=ids[split.labels])


def listed(classes: Sequence[str]) -> str:
    """The names, or the first of them and how many more there are."""
    more = len(classes) - LISTED
    return ", ".join(classes[:LISTED]) + (f" and {more:,} more" if more > 0 else "")
