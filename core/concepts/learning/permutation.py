"""Whether a handful of picks share anything, against as many random picks of their classes."""

from __future__ import annotations

import numpy as np

from core.concepts.learning.space import Space

RIDGE = 10.0  # strong: a few picks know little of how channels vary together
RANDOM_DRAWS = 199


def direction_of_picks(space: Space, on: np.ndarray, off: np.ndarray) -> np.ndarray:
    """(R,) regularised linear discriminant of two lists of rows, about their groups' means."""
    residuals = space.residuals()
    apart = residuals[on].mean(axis=0) - residuals[off].mean(axis=0)
    return (apart / (space.variances + RIDGE)).astype(np.float32)


def random_picks_p(
    space: Space, on: np.ndarray, off: np.ndarray | None, rng: np.random.Generator
) -> float:
    """The share of random picks, as many of each class, that have as much in common.

    (1 + draws that reach the picks) / (1 + draws), so never 0 (Phipson and Smyth, 2010).
    """
    points = space.residuals() / np.sqrt(space.variances + RIDGE)
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    found = _in_common(points, on, off)
    draws = [_in_common(points, *_like(space.groups, on, off, rng)) for _ in range(RANDOM_DRAWS)]
    return (1 + int(np.sum(np.array(draws) >= found - 1e-9))) / (1 + RANDOM_DRAWS)


def _in_common(points: np.ndarray, on: np.ndarray, off: np.ndarray | None) -> float:
    """How alike the images of each list are, less how alike the two lists are (mean cosines).

    The unbiased squared maximum mean discrepancy (Gretton et al., 2012); where nobody picked any
    without the concept, the likeness of those that show it alone: random others may show it too.
    """
    if off is None:
        return _alike(points[on])
    across = points[on].mean(axis=0) @ points[off].mean(axis=0)
    return _alike(points[on]) + _alike(points[off]) - 2 * float(across)


def _alike(rows: np.ndarray) -> float:
    """The mean cosine of two different rows of unit length."""
    n, total = len(rows), rows.sum(axis=0)
    return float(total @ total - (rows * rows).sum()) / (n * (n - 1))


def _like(
    groups: np.ndarray, on: np.ndarray, off: np.ndarray | None, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | None]:
    """Random lists of rows of the same groups as these, without a row in both."""
    shows, without = [], []
    picked = on if off is None else np.concatenate([on, off])
    for group, total in zip(*np.unique(groups[picked], return_counts=True), strict=True):
        n = int((groups[on] == group).sum())
        drawn = rng.choice(np.flatnonzero(groups == group), total, replace=False)
        shows.append(drawn[:n])
        without.append(drawn[n:])
    return np.concatenate(shows), None if off is None else np.concatenate(without)
