"""One paired change: how many images were fixed and broken, its interval, its exact test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import bdtr

from core.evaluation.intervals import wilson

LEAST_CHANGED = 6  # with five or fewer, even a clean sweep has p >= 0.0625
Kind = Literal["better", "worse", "no difference", "too few"]


class Verdict(NamedTuple):
    """What may be said of a change: its kind, to sort and colour by, and the whole in words."""

    kind: Kind
    words: str


@dataclass(frozen=True)
class Change:
    """A paired change over n images.

    Attributes:
        n, fixed, broken: images; wrong before and right after; right before and wrong after.
        before, after: accuracy; 0 where n is 0.
        low, high: 95 % interval of after - before.
        p: exact McNemar p.
    """

    n: int
    fixed: int
    broken: int
    before: float
    after: float
    low: float
    high: float
    p: float

    @property
    def difference(self) -> float:
        return self.after - self.before

    def verdict(self) -> Verdict:
        """Better or worse only where chance is an unlikely cause, and enough images changed."""
        changed = self.fixed + self.broken
        if changed < LEAST_CHANGED:
            words = f"too few to tell: {changed} of {self.n:,} images changed"
            return Verdict("too few", words)
        if self.p < 0.05:
            kind: Kind = "better" if self.fixed > self.broken else "worse"
            return Verdict(kind, kind)
        words = f"no difference shown: {self.fixed} fixed, {self.broken} broken"
        return Verdict("no difference", words)


def change(fixed: int, broken: int, right: int, wrong: int) -> Change:
    """The change from how many images each outcome has."""
    n = fixed + broken + right + wrong
    low, high = paired_interval(fixed, broken, right, wrong)
    rates = ((right + broken) / n, (right + fixed) / n) if n else (0.0, 0.0)
    return Change(n, fixed, broken, *rates, low, high, mcnemar(fixed, broken))


def together(changes: Sequence[Change]) -> Change:
    """The change over the images of all of them."""
    counts = np.array([_counts(each) for each in changes]).sum(axis=0)
    return change(*counts.tolist())


def _counts(of: Change) -> tuple[int, int, int, int]:
    right = round(of.before * of.n) - of.broken
    return of.fixed, of.broken, right, of.n - of.fixed - of.broken - right


def mcnemar(fixed: int, broken: int) -> float:
    """Exact two-sided p that fixed and broken are equally likely (McNemar 1947, binomial)."""
    changed = fixed + broken
    return min(1.0, 2 * float(bdtr(min(fixed, broken), changed, 0.5)))


def paired_interval(fixed: int, broken: int, right: int, wrong: int) -> tuple[float, float]:
    """95 % interval of the difference of two paired proportions (Newcombe 1998, method 10).

    Wilson's intervals of both, joined by their correlation; (-1, 1) where there is no image.
    """
    n = fixed + broken + right + wrong
    if n == 0:
        return -1.0, 1.0
    p1, p2 = (right + fixed) / n, (right + broken) / n
    (l1, u1), (l2, u2) = wilson(right + fixed, n), wilson(right + broken, n)
    phi = _correlation(fixed, broken, right, wrong)
    down = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    up = (u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    # Rounding may leave a square a hair below 0.
    return p1 - p2 - sqrt(max(down, 0.0)), p1 - p2 + sqrt(max(up, 0.0))


def _correlation(fixed: int, broken: int, right: int, wrong: int) -> float:
    """Newcombe's phi, drawn towards 0 by half an image where it is positive."""
    n = fixed + broken + right + wrong
    margins = (right + fixed) * (broken + wrong) * (right + broken) * (fixed + wrong)
    if margins == 0:
        return 0.0
    cross = right * wrong - fixed * broken
    return (cross if cross < 0 else max(cross - n / 2, 0)) / sqrt(margins)
