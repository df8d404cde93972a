"""What people get wrong about the answers they bring: said with the remedy, never mended."""

from __future__ import annotations

from math import e

import numpy as np

from core.datasets.tables.left_out import there_are
from core.errors import DatasetError

ROUNDED = 0.01  # by how much a sum may be off: probabilities are written with few digits
PERCENT = 1.0  # the same, of percents
MOST_ROWS = 0.9  # of the rows say the same, where something is said of all of them
FEW = 50  # rows, of which nothing is said that is told by their extremes
ALIKE = 1e-6


def refuse_missing(values: np.ndarray, numbers: np.ndarray, what: str) -> None:
    """Raise DatasetError where an answer is no number, with the rows.

    Args:
        values: (N,) or (N, K).
        numbers: (N,) what a person calls each row.
    """
    bad = ~np.isfinite(values if values.ndim == 1 else values.sum(axis=1))
    if bad.any():
        raise DatasetError(
            f"{there_are(numbers[bad])} without a finite number for {what}: the network may have "
            "overflowed; leave those rows out, or predict them again."
        )


def refuse_logits(values: np.ndarray, numbers: np.ndarray) -> None:
    """Raise DatasetError where what is said to be logits sums to 1 already."""
    if not _off(values).any() and (values >= 0).all():
        raise DatasetError(
            "These are said to be logits, but each row sums to 1: they are probabilities already. "
            "Leave --logits out, or call their columns otherwise."
        )


def refuse_no_probabilities(p: np.ndarray, numbers: np.ndarray) -> None:
    """Raise DatasetError where rows are no probabilities, by what they seem to be instead."""
    off = _off(p)
    if not off.any() and (p >= 0).all():
        return
    sums = p.sum(axis=1)
    rows = there_are(numbers[off | (p < 0).any(axis=1)])
    if (p < 0).any() or (p.max(axis=1) <= 1 + ROUNDED).mean() < MOST_ROWS:
        if (np.abs(sums - 100) <= PERCENT).mean() >= MOST_ROWS and (p >= 0).all():
            raise DatasetError("The probabilities are percents, which sum to 100: divide by 100.")
        raise DatasetError(
            f"{rows} whose numbers are no probabilities but look like logits, from {p.min():.3g} "
            f"to {p.max():.3g}: say --logits, and softmax is taken of them."
        )
    if (~off).mean() < MOST_ROWS:
        raise DatasetError(
            f"{rows} whose probabilities do not sum to 1 but to {sums.min():.3g} to "
            f"{sums.max():.3g}, each of them from 0 to 1: they look like sigmoids of a network of "
            "several labels an image. Fencepost reads one class an image: write softmax of the "
            "logits, or the predicted class with its confidence."
        )
    raise DatasetError(
        f"{rows} whose probabilities sum to {sums[off].min():.3g} to {sums[off].max():.3g}, not to "
        "1: is a class left out, or a column missing?"
    )


def refuse_confidences(values: np.ndarray, numbers: np.ndarray) -> None:
    """Raise DatasetError where confidences of predicted classes are outside 0 to 1."""
    bad = (values < 0) | (values > 1)
    if not bad.any():
        return
    if (values >= 0).all() and values.max() <= 100:
        raise DatasetError("The confidences are percents, up to 100: divide by 100.")
    raise DatasetError(
        f"{there_are(numbers[bad])} whose confidence is outside 0 to 1, from {values.min():.3g} to "
        f"{values.max():.3g}: is it a logit? Write the softmax of it."
    )


def twice_told(p: np.ndarray) -> str:
    """That softmax seems to have been taken twice, in a sentence; "" where it does not.

    Of numbers from 0 to 1 it lies between 1 / (1 + (K - 1) e) and e / (e + K - 1).
    """
    k = p.shape[1]
    low, high = 1 / (1 + (k - 1) * e), e / (e + k - 1)
    if len(p) < FEW or p.max() > high + ALIKE or p.min() < low - ALIKE:
        return ""
    return (
        f"No probability is above {p.max():.3g} and none below {p.min():.3g}: softmax seems to "
        f"have been taken twice, which allows {low:.3g} to {high:.3g}. Confidences and losses "
        "mean little then; predicted classes are right."
    )


def rounded_told(p: np.ndarray) -> str:
    """That sums are off by more than the digits of float32 explain; "" where they are not."""
    worst = float(np.abs(p.sum(axis=1) - 1).max(initial=0))
    if worst <= 1e-3:
        return ""
    return (
        f"The probabilities of a row sum to 1 only to within {worst:.1%}, as they were rounded: "
        "each row was divided by its sum."
    )


def contradiction(
    p: np.ndarray, pred: np.ndarray, numbers: np.ndarray, classes: tuple[str, ...]
) -> str:
    """Where a table's predicted class is not its most probable one, in a sentence; "" if nowhere.

    Raises:
        DatasetError: in most rows: the classes are in another order.
    """
    bad = p[np.arange(len(p)), pred] < p.max(axis=1) - ROUNDED
    if not bad.any():
        return ""
    if bad.mean() > 0.5:
        row = int(np.flatnonzero(bad)[0])
        raise DatasetError(
            f"{there_are(numbers[bad])} whose predicted class is not the most probable one: in row "
            f"{numbers[row]} {classes[pred[row]]!r} is predicted, and "
            f"{classes[p[row].argmax()]!r} has {p[row].max():.3g}. The classes seem to be in "
            "another order: say theirs by --classes."
        )
    return (
        f"{there_are(numbers[bad])} whose predicted class is not the most probable one: the most "
        "probable one counts."
    )


def _off(p: np.ndarray) -> np.ndarray:
    return np.abs(p.sum(axis=1) - 1) > ROUNDED
