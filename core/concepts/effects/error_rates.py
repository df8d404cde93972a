"""Where a concept occurs, and whose errors it goes with; see `intervention` for what it causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import ConceptError
from core.evaluation.intervals import wilson
from core.evaluation.statistics import odds_ratio

FEW = 10  # images, below which a rate says little


def prevalence(
    shown: np.ndarray, labels: np.ndarray, splits: np.ndarray, classes: Sequence[str]
) -> pd.DataFrame:
    """split, class, label, n, shown, rate and its 95 % interval: how common the concept is.

    Args:
        shown, labels, splits: (N,), one an image.
    """
    rows = []
    for split in [s for s in ("train", "val", "test") if (splits == s).any()]:
        for label, name in enumerate(classes):
            chosen = (splits == split) & (labels == label)
            n, k = int(chosen.sum()), int(shown[chosen].sum())
            rows.append((split, name, label, n, k, *_rate(k, n)))
    return pd.DataFrame(
        rows, columns=["split", "class", "label", "n", "shown", "rate", "low", "high"]
    )


def _rate(part: int, whole: int) -> tuple[float, float, float]:
    return (part / whole if whole else float("nan")), *wilson(part, whole)


def error_rates(
    shown: np.ndarray, labels: np.ndarray, correct: np.ndarray, classes: Sequence[str]
) -> pd.DataFrame:
    """The error rate of each class with and without the concept, then of all classes.

    Columns: class, label (-1 for all); n, errors, rate, low, high with the concept and, ending in
    `_without`, without it; odds_ratio of an error and Fisher's exact p; few: either n below 10.
    """
    groups = [(name, label, labels == label) for label, name in enumerate(classes)]
    groups.append(("all classes", -1, np.ones(len(labels), dtype=bool)))
    return pd.DataFrame([_error_row(*group, shown, correct) for group in groups])


def _error_row(
    name: str, label: int, chosen: np.ndarray, shown: np.ndarray, correct: np.ndarray
) -> dict[str, Any]:
    row: dict[str, Any] = {"class": name, "label": label}
    counts = []
    for ending, half in (("", chosen & shown), ("_without", chosen & ~shown)):
        n, errors = int(half.sum()), int((half & ~correct).sum())
        counts += [errors, n - errors]
        keys = [f"{key}{ending}" for key in ("n", "errors", "rate", "low", "high")]
        row |= dict(zip(keys, (n, errors, *_rate(errors, n)), strict=True))
    row["odds_ratio"], row["p"] = odds_ratio(*counts)
    row["few"] = min(row["n"], row["n_without"]) < FEW
    return row


def odds_words(row: pd.Series) -> str:
    """The odds ratio of a row of `error_rates`; where it is infinite or unknown, why."""
    if np.isnan(row["odds_ratio"]):
        return "-"
    if np.isinf(row["odds_ratio"]):
        return "no error without it" if not row["errors_without"] else "none right with it"
    return f"{row['odds_ratio']:.1f}"


@dataclass(frozen=True)
class Spuriosity:
    """A class from most to least of a concept: rows in that order, accuracy at both ends.

    `most` and `least` are (right, n, accuracy, low, high) of the first and last `n` rows.
    """

    rows: np.ndarray
    most: tuple[int, int, float, float, float]
    least: tuple[int, int, float, float, float]

    @property
    def gap(self) -> float:
        """Accuracy with least of it minus accuracy with most: above 0 the concept harms."""
        return self.least[2] - self.most[2]


def spuriosity(
    scores: np.ndarray, correct: np.ndarray, rows: np.ndarray, *, share: float = 0.2
) -> Spuriosity:
    """The images of one class ranked by a concept (Moayeri et al., 2023), `share` at each end.

    Args:
        scores, correct: (N,) of the whole run; rows: those of the class, in one split.
    """
    if len(rows) < 2:
        raise ConceptError(
            f"{len(rows)} images cannot be ranked: choose a class with more in this split."
        )
    ordered = rows[np.argsort(-scores[rows], kind="stable")]
    n = min(max(1, round(share * len(rows))), len(rows) // 2)
    ends = []
    for end in (ordered[:n], ordered[-n:]):
        right = int(correct[end].sum())
        ends.append((right, n, *_rate(right, n)))
    return Spuriosity(ordered, *ends)
