"""Which training images show a concept, when it was picked in one class and sought in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.errors import RunError

FEWEST = 5  # images with and without the concept, below which their means say nothing
CLEARLY = 0.75  # of the way from without to with: where an image of another class counts


class Concept(Protocol):
    """What fixes ask of a concept (see core.concepts)."""

    name: str
    threshold: float

    def scores(self, features: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True)
class Presence:
    """`shows` (N,) bool; `carriers`: the classes that have enough images with and without it.

    `limits` (K,): the score from which an image of each class shows the concept.
    """

    shows: np.ndarray
    carriers: tuple[int, ...]
    limits: np.ndarray


def presence(
    concept: Concept,
    scores: np.ndarray,
    labels: np.ndarray,
    n_classes: int,
    carriers: Sequence[int] = (),
) -> Presence:
    """Who shows the concept, judged within each class.

    A direction learned from few picks also carries something of the class they came from, so plain
    images of other classes lie nearer to its threshold or beyond. In the carriers the threshold
    holds as it is. In every other class an image counts once it lies as far above its class's
    median as three quarters of the distance between the carriers' means: few false ones.

    Args:
        scores, labels: (N,) of the training images.
        carriers: the classes that the picks came from; found where not given.

    Raises:
        RunError: nobody shows the concept, or everybody does.
    """
    above = scores >= concept.threshold
    carriers = tuple(carriers) or _carriers(scores, above, labels, n_classes)
    inside = np.isin(labels, carriers)
    n_with, n_without = int((above & inside).sum()), int((~above & inside).sum())
    if min(n_with, n_without) < FEWEST:
        how = "with" if n_with < n_without else "without"
        raise RunError(
            f"{min(n_with, n_without)} training images {how} {concept.name!r}, and {FEWEST} are "
            "needed: pick more images for the concept, or move its threshold."
        )
    step = scores[above & inside].mean() - scores[~above & inside].mean()
    limits = np.array([_median(scores[labels == c]) + CLEARLY * step for c in range(n_classes)])
    limits[list(carriers)] = concept.threshold
    return Presence(scores >= limits[labels], carriers, limits)


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else np.inf


def _carriers(
    scores: np.ndarray, above: np.ndarray, labels: np.ndarray, n_classes: int
) -> tuple[int, ...]:
    """The class that the threshold parts best: its two sides lie farthest apart."""
    apart = np.zeros(n_classes)
    for c in range(n_classes):
        mine = labels == c
        if min((above & mine).sum(), (~above & mine).sum()) >= FEWEST:
            apart[c] = scores[above & mine].mean() - scores[~above & mine].mean()
    return (int(apart.argmax()),) if apart.any() else tuple(range(n_classes))
