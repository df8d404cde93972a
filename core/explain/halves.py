"""Half of a confusion suggests a cause, the other half says whether there is one.

What shows a cause must not have chosen it: training images that lie along the direction of some
errors lie along it again when the same errors are counted, whatever the errors are. So errors and
right images are parted by chance, once and for all, and no image is on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.explain.channels import Explanation

FEWEST = 8  # errors, below which half of them shows nothing
SEED = 20_240


@dataclass(frozen=True, eq=False)
class Half:
    """Row numbers, ascending: errors of a confusion, and right images of the same class."""

    errors: np.ndarray
    right: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        return np.concatenate([self.errors, self.right])


@dataclass(frozen=True, eq=False)
class Halves:
    """The half that may suggest, and the half that only tests; see `halves`."""

    suggests: Half
    tests: Half


def halves(explanation: Explanation) -> Halves:
    """The two halves of a confusion, the same ones every time.

    With fewer than FEWEST errors all of them suggest, and none is left to test.
    """
    if len(explanation.rows) < FEWEST:
        nothing = np.zeros(0, dtype=np.int64)
        return Halves(Half(explanation.rows, explanation.reference), Half(nothing, nothing))
    seed = [SEED, explanation.label, explanation.pred]
    first, second = zip(
        *(_parted(rows, seed) for rows in (explanation.rows, explanation.reference)), strict=True
    )
    return Halves(Half(*first), Half(*second))


def _parted(rows: np.ndarray, seed: list[int]) -> tuple[np.ndarray, np.ndarray]:
    mixed = np.random.default_rng(seed).permutation(np.sort(rows))
    return np.sort(mixed[: len(mixed) // 2]), np.sort(mixed[len(mixed) // 2 :])
