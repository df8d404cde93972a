"""Features in ten dimensions in which a fence is seen, and what it does to the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FENCE = 9  # the channel in which a fence is seen


@dataclass(frozen=True)
class Seen:
    """A concept that looks at one channel."""

    name: str = "fence"
    threshold: float = 1.5
    channel: int = FENCE
    held_out: object = None  # the images that suggested it and that test it, see `Concept`
    real: bool = True

    def scores(self, features):
        return np.asarray(features, dtype=np.float32)[:, self.channel]


def images(n, fenced_cats, fenced_others, seed):
    """(n, 10) features, labels, fenced: a fence adds 3 in its channel and halves all else."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    x = rng.normal(size=(n, 10)) * 0.5
    x[np.arange(n), labels] += 2
    fenced = rng.random(n) < np.where(labels == 0, fenced_cats, fenced_others)
    x[fenced] *= 0.5
    x[fenced, FENCE] += 3
    return x.astype(np.float32), labels, fenced
