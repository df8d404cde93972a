"""A concept erased from features, so that no linear model can tell who showed it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from core.errors import ConceptError

RIDGE = 1e-8  # of the mean variance: only so that channels without variance can be inverted
TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Eraser:
    """erased = features - (features - centre) @ read * move; all (D,), float64.

    `read` measures how much of the concept an image has, `move` is what one unit of it adds.
    """

    read: np.ndarray
    move: np.ndarray
    centre: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """(N, D) features without the concept, float64."""
        x = np.asarray(features, dtype=np.float64)
        return x - ((x - self.centre) @ self.read)[:, None] * self.move


class Erasing:
    """Erases one concept after another from the same features (N, D): what they share is kept."""

    @threadpool_limits.wrap(limits=1, user_api="blas")
    def __init__(self, features: np.ndarray) -> None:
        from scipy.linalg import cho_factor

        x = np.asarray(features, dtype=np.float64)
        self._centre = x.mean(axis=0)
        self._centred = x - self._centre
        covariance = self._centred.T @ self._centred / max(len(x), 1)
        ridge = RIDGE * max(float(np.trace(covariance)) / len(covariance), 1e-12)
        covariance[np.diag_indices(len(covariance))] += ridge
        self._factor = cho_factor(covariance)

    @threadpool_limits.wrap(limits=1, user_api="blas")
    def of(self, shows: np.ndarray) -> Eraser:
        """Least-squares concept erasure (LEACE, Belrose et al., 2023) of a concept there or not.

        With S the covariance of the features and c theirs with the concept, the general formula
        x - W+ P W (x - mean), W = S^-1/2 and P the projection on W c, is for one concept
        x - c (c' S^-1 (x - mean)) / (c' S^-1 c). What it changes is the least that suffices.

        Args:
            shows: (N,) bool.

        Raises:
            ConceptError: no image shows it, or all do.
        """
        from scipy.linalg import cho_solve

        shows = np.asarray(shows, dtype=bool)
        if shows.all() or not shows.any():
            raise ConceptError(
                f"{'Every' if len(shows) and shows.all() else 'No'} image shows it, so there is "
                "nothing to erase: move the threshold."
            )
        shift = self._centred.T @ (shows - shows.mean()) / len(shows)
        read = cho_solve(self._factor, shift)
        # Where nothing tells it, both are 0, and nothing is erased.
        return Eraser(read, shift / max(float(shift @ read), TINY), self._centre)


def erase(features: np.ndarray, shows: np.ndarray) -> Eraser:
    """One concept erased from features (N, D); see `Erasing.of`."""
    return Erasing(features).of(shows)
