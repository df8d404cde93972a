"""Which array of a file is what, by the names that people give: x_train, train_labels, X, y."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.datasets.trees.names import SPLITS
from core.errors import DatasetError

IMAGES = frozenset({"x", "xs", "image", "images", "img", "imgs", "data", "pixels", "input",
                    "inputs", "arr0"})  # fmt: skip
LABELS = frozenset({"y", "ys", "label", "labels", "target", "targets", "class", "arr1"})
CLASSES = frozenset({"classes", "classnames", "labelnames", "categories", "names", "targetnames"})


@dataclass(frozen=True)
class Pairs:
    """The arrays by split: "" where there are none of splits.

    Attributes:
        images, labels: split -> name of the array.
        classes: the array of the classes' names, or "".
    """

    images: dict[str, str]
    labels: dict[str, str]
    classes: str = ""


def pairs(names: Iterable[str]) -> Pairs:
    """What the arrays of these names are.

    Raises:
        DatasetError: two of them may be the same thing.
    """
    found = Pairs({}, {})
    classes = ""
    for name in names:
        low = re.sub(r"[\W_]+", "", name.casefold())
        split, rest = _split(low)
        if low in CLASSES:
            classes = name
        elif rest in IMAGES:
            _put(found.images, split, name)
        elif rest in LABELS:
            _put(found.labels, split, name)
    return Pairs(found.images, found.labels, classes)


def _split(low: str) -> tuple[str, str]:
    """The split that a name says, and what is left of it."""
    for said in sorted(SPLITS, key=len, reverse=True):
        if low.startswith(said) and low != said:
            return SPLITS[said], low.removeprefix(said)
        if low.endswith(said) and low != said:
            return SPLITS[said], low.removesuffix(said)
    return "", low


def _put(found: dict[str, str], split: str, name: str) -> None:
    if split in found:
        raise DatasetError(
            f"The arrays {found[split]!r} and {name!r} can be read as the same: leave one of them "
            "out of the file."
        )
    found[split] = name
