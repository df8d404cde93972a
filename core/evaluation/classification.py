"""Arithmetic on counts: accuracy with its interval, the classification report, confusions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.evaluation.intervals import wilson

LEVEL = 0.05


def report(counts: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """The classification report: precision, recall, F1 and support, a row a class, then averages.

    Args:
        counts: (K, K), label by pred.

    A rate without images is 0, as in scikit-learn, whose report this is: by hand, as scikit-learn
    would slow down the start and wants the rows. `accuracy` has one number, under `f1`.
    """
    right = np.diag(counts)
    support, predicted = counts.sum(axis=1), counts.sum(axis=0)
    precision, recall = _ratio(right, predicted), _ratio(right, support)
    f1 = _ratio(2 * precision * recall, precision + recall)
    each = np.column_stack([precision, recall, f1])
    total = int(support.sum())
    weights = support / max(total, 1)
    rows = pd.DataFrame(each, columns=["precision", "recall", "f1"])
    rows.insert(0, "class", list(classes))
    rows["support"] = support
    averages = pd.DataFrame(
        [
            ["accuracy", np.nan, np.nan, right.sum() / max(total, 1), total],
            ["macro average", *each.mean(axis=0), total],
            ["weighted average", *(weights @ each), total],
        ],
        columns=rows.columns,
    )
    return pd.concat([rows, averages], ignore_index=True)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def errors_per_class(counts: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """class, label, n, errors, rate and its 95 % interval, most errors first."""
    n, right = counts.sum(axis=1), np.diag(counts)
    rows = pd.DataFrame(
        {"class": list(classes), "label": range(len(counts)), "n": n, "errors": n - right}
    )
    intervals = [wilson(int(e), int(k)) for e, k in zip(rows["errors"], rows["n"], strict=True)]
    rows["rate"] = _ratio(rows["errors"].to_numpy(), rows["n"].to_numpy())
    rows[["low", "high"]] = intervals
    return rows.sort_values(["errors", "label"], ascending=[False, True], ignore_index=True)


def most_confused(counts: np.ndarray, top: int) -> list[tuple[int, int, int]]:
    """(label, pred, count) of the largest confusions, largest first."""
    labels, preds = np.nonzero(counts)  # few of the million cells of 1,000 classes
    wrong = labels != preds
    labels, preds = labels[wrong], preds[wrong]
    largest = np.argsort(-counts[labels, preds], kind="stable")[:top]
    labels, preds = labels[largest], preds[largest]
    return list(zip(labels.tolist(), preds.tolist(), counts[labels, preds].tolist(), strict=True))


def stands_out(counts: np.ndarray) -> tuple[int, int, int] | None:
    """(label, pred, count) of the largest confusion that mere chance does not make so large.

    If errors fell evenly on all images, and evenly on the classes that they are taken for, the
    count of each cell would be binomial. None where the largest is not significant at 0.05 over
    all cells (Bonferroni): then errors are spread, and no pair of classes is the place to look.
    """
    from scipy.special import bdtrc  # only where a page asks

    top = most_confused(counts, 1)
    if not top:
        return None
    label, pred, count = top[0]
    errors, others = int(counts.sum() - np.trace(counts)), len(counts) - 1
    share = counts[label].sum() / counts.sum() / others
    p = bdtrc(count - 1, errors, share) * len(counts) * others
    return (label, pred, count) if p < LEVEL else None


def most_confused_classes(counts: np.ndarray, top: int) -> list[int]:
    """The classes of the largest confusions, `top` in all, in the data set's order.

    By pairs, not by each class's errors: of 1,000 classes, those with most errors are seldom taken
    for one another, and their matrix would be empty.
    """
    found: set[int] = set()
    for label, pred, _ in most_confused(counts, top * top):
        if len(found | {label, pred}) <= top:
            found |= {label, pred}
    off = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    rest = [k for k in np.argsort(-off, kind="stable").tolist() if k not in found]
    return sorted([*found, *rest[: top - len(found)]])
