"""Comparing two groups of numbers, and two by two counts."""

from __future__ import annotations

from math import sqrt

import numpy as np

from core.evaluation.intervals import Z95
from core.models.lazy_torch import WHOLE


def auc(high: np.ndarray, low: np.ndarray) -> float:
    """How often a value of `high` exceeds one of `low`, ties counting half; nan where one is empty.

    The area under the ROC curve, and Mann and Whitney's U (1947) over the number of pairs.
    """
    if not len(high) or not len(low):
        return float("nan")
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")
    return float(below.mean() / 2 / len(low))


def mann_whitney(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AUC and two-sided p of every column: (n, D) against (m, D) -> (D,), (D,).

    Mann and Whitney (1947), normal approximation with ties and continuity corrected.
    A column that is constant has AUC 0.5 and p 1.
    """
    from scipy.stats import mannwhitneyu

    with WHOLE, np.errstate(invalid="ignore", divide="ignore"):
        found = mannwhitneyu(first, second, axis=0, method="asymptotic")
    p = np.where(np.isfinite(found.pvalue), found.pvalue, 1)
    return np.asarray(found.statistic) / (len(first) * len(second)), p


def greater(first: np.ndarray, second: np.ndarray) -> float:
    """One-sided p that values of `first` are no greater than those of `second`.

    Mann and Whitney (1947): exact for small groups without ties, else the normal approximation
    with ties and continuity corrected.
    """
    return _rank_sum(first, second, "greater")


def unequal(first: np.ndarray, second: np.ndarray) -> float:
    """As `greater`, but two-sided."""
    return _rank_sum(first, second, "two-sided")


def _rank_sum(first: np.ndarray, second: np.ndarray, alternative: str) -> float:
    from scipy.stats import mannwhitneyu

    with WHOLE:
        return float(mannwhitneyu(first, second, alternative=alternative).pvalue)


def false_discovery(p: np.ndarray) -> np.ndarray:
    """(D,) q-values: the false discovery rate of those as small (Benjamini and Hochberg, 1995)."""
    from scipy.stats import false_discovery_control

    with WHOLE:
        return false_discovery_control(p)


def effect_size(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Cohen's d (1988) of every column: mean difference over the pooled standard deviation.

    About 0.2 is small, 0.5 medium, 0.8 large; 0 where both groups are constant.
    """
    pooled = pooled_std(first, second)
    apart = first.mean(axis=0) - second.mean(axis=0)
    return np.divide(apart, pooled, out=np.zeros_like(apart), where=pooled > 0)


def pooled_std(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The standard deviation of every column about the means of both groups (n, D), (m, D)."""
    n, m = len(first), len(second)
    spread = (n - 1) * first.var(axis=0, ddof=1) + (m - 1) * second.var(axis=0, ddof=1)
    return np.sqrt(spread / (n + m - 2))


def effect_interval(d: float, n: int, m: int) -> tuple[float, float]:
    """The 95 % interval of Cohen's d of two groups of n and m (Hedges and Olkin, 1985)."""
    half = Z95 * sqrt((n + m) / (n * m) + d * d / (2 * (n + m)))
    return d - half, d + half


def odds_ratio(a: int, b: int, c: int, d: int) -> tuple[float, float]:
    """(a d) / (b c) and Fisher's exact two-sided p (1922) of the counts [[a, b], [c, d]].

    Odds are those of a to b against those of c to d; nan where a row or column is empty,
    inf where only b c is 0.
    """
    from scipy.stats import fisher_exact

    if 0 in (a + b, c + d, a + c, b + d):
        return float("nan"), 1.0
    p = float(fisher_exact([[a, b], [c, d]]).pvalue)
    return (a * d / (b * c) if b * c else float("inf")), p
