"""The features of a run made ready for concepts: standardised, class means out, few directions.

Concepts are learned in the leading directions of what varies *within* a class: there, a cat with
a fence and a cat without differ by the fence alone, and two thousand channels become a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from core.errors import ConceptError
from core.runs.features import finite

MAX_DIRECTIONS = 128
BASIS_ROWS = 4000  # the directions of more rows are the same, and cost more
TINY = 1e-6


@dataclass(frozen=True, eq=False)
class Space:
    """`points` (N, R) float32: standardised features on `basis` (D, R), class means left in.

    `groups` (N,) are ids 0..G-1, within which concepts are contrasted; `variances` (R,) are those
    of the points about their group's mean.
    """

    points: np.ndarray
    groups: np.ndarray
    variances: np.ndarray
    basis: np.ndarray
    mean: np.ndarray
    std: np.ndarray

    def residuals(self) -> np.ndarray:
        """(N, R) float32, the points with the mean of their group taken out."""
        return self.points - group_means(self.points, self.groups)[self.groups]

    def unfold(self, weight: np.ndarray) -> tuple[np.ndarray, float]:
        """A direction of the points as (direction on raw features, offset), of unit length."""
        unit = self.basis @ weight
        unit = unit / max(float(np.linalg.norm(unit)), TINY)
        direction = (unit / self.std).astype(np.float32)
        return direction, -float(self.mean @ direction)


# Small products: BLAS threads that wait for a busy core made them fifty times slower.
@threadpool_limits.wrap(limits=1, user_api="blas")
def prepare(features: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> Space:
    """The space of these features (N, D), which may be memory-mapped.

    Args:
        labels: (N,) class ids, or any finer grouping, such as class and split.

    Raises:
        ConceptError: the features are not all finite numbers.
    """
    x = np.array(features, dtype=np.float32)
    with np.errstate(invalid="ignore"):
        mean, std = x.mean(axis=0), x.std(axis=0)
    finite(std, ConceptError)  # no number either where the mean is none
    std = np.where(std < TINY, 1, std).astype(np.float32)  # a dead channel stays at 0
    x = (x - mean) / std
    groups = np.unique(np.asarray(labels), return_inverse=True)[1]
    within = x[:: max(1, -(-len(x) // BASIS_ROWS))]
    used = groups[:: max(1, -(-len(x) // BASIS_ROWS))]
    within = within - group_means(within, used)[used]
    basis, variances = _leading(within, seed)
    return Space(x @ basis, groups, variances, basis, mean, std)


def group_means(
    points: np.ndarray, groups: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """(G, R) weighted means of the groups; 0 for a group without weight."""
    from scipy.sparse import csr_array  # slow to load, and the dashboard starts without it

    n_groups = int(groups.max()) + 1
    weights = np.ones(len(points), dtype=np.float32) if weights is None else weights
    member = csr_array(
        (weights.astype(np.float32), (groups, np.arange(len(points)))), (n_groups, len(points))
    )
    total = np.bincount(groups, weights, n_groups).astype(np.float32)
    return member @ points / np.maximum(total, TINY)[:, None]


def _leading(rows: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(D, R) orthonormal directions of most variance, and the variances.

    Randomised range finder with two power steps (Halko, Martinsson and Tropp, 2011).
    """
    from sklearn.utils.extmath import randomized_svd

    wanted = min(MAX_DIRECTIONS, *rows.shape)
    _, singular, right = randomized_svd(
        rows, wanted, n_iter=2, power_iteration_normalizer="QR", random_state=seed
    )
    keep = singular > 1e-4 * max(float(singular[0]), TINY)
    keep[0] = True
    return right[keep].T.copy(), singular[keep] ** 2 / len(rows)
