"""What validation can say of a fix, and what it cannot.

It has the same gap as train: hardly any image of another class shows the concept, so the images
that a fix is made for are missing, and its overall accuracy may fall though the fix helps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.fixes.validation import objective
from core.fixes.validation.objective import Head, Held

FEW = 10  # images with the concept outside the classes that carry it, below which they tell nothing


@dataclass(frozen=True)
class Group:
    """A class with the concept or without; `imagined`: its images were made, not photographed."""

    label: int
    shows: bool
    n: int
    before: float
    after: float
    imagined: bool


@dataclass(frozen=True)
class Check:
    """Validation before and after a fix.

    Attributes:
        concept: whose presence was looked at; empty where the fix knows none.
        shown: class -> how many of its images show the concept.
        right: of those outside the carriers, how many are right before and after.
        elsewhere: how many these are.
        worst: the group that is worst before; with a concept, among those that show it.
    """

    concept: str
    shown: dict[int, int]
    elsewhere: int
    right: tuple[int, int]
    worst: Group

    @property
    def blind(self) -> bool:
        """Whether validation has too few of the images that the fix is made for."""
        return bool(self.concept) and self.elsewhere < FEW


def check(
    held: Held,
    before: Head,
    after: Head,
    *,
    concept: str = "",
    shows: np.ndarray | None = None,
    carriers: tuple[int, ...] = (),
) -> Check:
    """Compare two heads on validation.

    Args:
        shows: (M,) which of the held images show the concept.
    """
    shows = np.zeros(len(held.labels), dtype=bool) if shows is None else shows
    classes, counts = np.unique(held.labels[shows], return_counts=True)
    other = shows & ~np.isin(held.labels, carriers)
    right = [
        round(objective.accuracy(held.z[other], held.labels[other], head) * int(other.sum()))
        for head in (before, after)
    ]
    return Check(
        concept,
        dict(zip(classes.tolist(), counts.tolist(), strict=True)),
        int(other.sum()),
        (right[0], right[1]),
        _worst(held, before, after, bool(concept)),
    )


def _worst(held: Held, before: Head, after: Head, with_concept: bool) -> Group:
    old, new = (objective.rates_of(held, head) for head in (before, after))
    among = [group for group in old if group[1]] if with_concept else []
    label, shows = min(among or old, key=old.__getitem__)
    return Group(
        label,
        shows,
        len(held.groups[label, shows]),
        old[label, shows],
        new[label, shows],
        shows and label in held.imagined,
    )
