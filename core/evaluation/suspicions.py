"""Mistakes of whoever brought a network's answers that the answers betray: said, never mended."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from core.evaluation.intervals import percent

MOST_OF = 0.5  # of a class's images, predicted as another one: no ordinary confusion goes both ways
FEW = 5  # images of a class, with which nothing is said of its place
SURE = 4.0  # standard errors between test and train
LISTED = 20  # names in a message
ORIGIN = (
    "Fencepost did not train this network: which of these images it learned from is not known, so "
    "accuracies on train and val may look better than they are."
)


def told(split: np.ndarray, label: np.ndarray, pred: np.ndarray, classes: Sequence[str]) -> str:
    """The first slip that the answers betray, in a sentence; "" where there is none.

    Args:
        split, label, pred: (N,) of each image; label and pred are class ids.
    """
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, (label, pred), 1)
    if said := in_order(counts, classes):
        return order_told(counts, classes, said)
    right = {
        name: (int((pred == label)[split == name].sum()), int((split == name).sum()))
        for name in ("train", "test")
    }
    return splits_told(right)


def in_order(counts: np.ndarray, classes: Sequence[str]) -> tuple[str, ...] | None:
    """The class names in the order that the network seems to have; None where theirs fits.

    Args:
        counts: (K, K) images by label and pred.

    Two classes at least must have changed places, each with most of its images.
    """
    from scipy.optimize import linear_sum_assignment

    labels, preds = linear_sum_assignment(counts, maximize=True)
    totals = counts.sum(axis=1)
    moved = [(a, b) for a, b in zip(labels, preds, strict=True) if a != b and totals[a]]
    if not moved or any(totals[a] < FEW or counts[a, b] <= MOST_OF * totals[a] for a, b in moved):
        return None
    found = list(classes)
    for label, pred in zip(labels, preds, strict=True):
        found[pred] = classes[label]
    return tuple(found)


def order_told(counts: np.ndarray, classes: Sequence[str], said: Sequence[str]) -> str:
    """That the classes seem to be in another order, `said`, and how much better that one fits."""
    place = {name: k for k, name in enumerate(classes)}
    n = int(counts.sum())
    fits = sum(int(counts[place[name], pred]) for pred, name in enumerate(said))
    names = ",".join(said) if len(said) <= LISTED else _moved(classes, said)
    return (
        f"The classes seem to be in another order: {names}. Then {percent(fits / n)} of {n:,} "
        f"images are right, not {percent(counts.trace() / n)}: say so with --classes."
    )


def _moved(classes: Sequence[str], said: Sequence[str]) -> str:
    moved = [f"{k} is {b}, not {a}" for k, (a, b) in enumerate(zip(classes, said, strict=True))
             if a != b]  # fmt: skip
    more = len(moved) - LISTED
    return ", ".join(moved[:LISTED]) + (f" and {more:,} more" if more > 0 else "")


def splits_told(right: dict[str, tuple[int, int]]) -> str:
    """That test looks like what the network learned from; "" where it does not.

    Args:
        right: split -> (images predicted correctly, images).
    """
    (a, n), (b, m) = (right.get(split, (0, 0)) for split in ("train", "test"))
    if not (n and m):
        return ""
    mean = (a + b) / (n + m)
    error = sqrt(mean * (1 - mean) * (1 / n + 1 / m))
    if b / m - a / n <= SURE * error or not error:
        return ""
    return (
        f"It is right on {percent(b / m)} of test and {percent(a / n)} of train: it seems to have "
        "learned from test. Were the two folders swapped?"
    )
