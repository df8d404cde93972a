"""What validation rewards: the worst class with and without the concept, overall accuracy kept.

Validation has the same gap as train: hardly any deer behind a fence. Where a class has too few
real ones, its validation images are transplanted, or have the concept's look laid over them, and
are so judged behind an imagined fence: a fix never by the move that it uses itself, where there is
another (`examination`). How much content transplanted ones keep is measured, never the strength
under trial: each candidate would otherwise set its own examination. The carriers are judged on
their real images, which is what stops a fix from throwing them out together with the concept.

Overall accuracy is watched on images without the concept alone. With it, nearly every validation
image is a carrier, and a model that reads the concept as the carrier is right by its mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.concepts.presence import FEWEST, Presence
from core.fixes.imagined.transplant import Move

Head = tuple[np.ndarray, np.ndarray]  # on standardised features: (K, D) and (K,)
ALLOWED = 0.005  # of plain accuracy that a fix may cost before it is marked down
DEAR = 10  # what each further point costs


@dataclass(frozen=True)
class Held:
    """Validation images and what they are compared to.

    Attributes:
        z, labels: (M, D) standardised, (M,).
        groups: class and concept -> (n, D) images; concept False, True, or both in one.
        imagined: classes whose images with the concept are transplanted ones.
        plain: (M,) bool, without the concept.
        before: accuracy on these of the head before any fix.
    """

    z: np.ndarray
    labels: np.ndarray
    groups: dict[tuple[int, bool], np.ndarray]
    imagined: tuple[int, ...]
    plain: np.ndarray
    before: float


def held_of(
    z: np.ndarray,
    labels: np.ndarray,
    head: Head,
    shows: np.ndarray | None = None,
    move: Move | None = None,
    kept: float = 1.0,
    laid: np.ndarray | None = None,
) -> Held:
    """The examination: groups by class, and by concept where `shows` (M,) is given.

    Args:
        move, kept: how images are imagined with the concept by transplant.
        laid: (M, D) the same images with the concept's look laid over them, in pixels.
    """
    groups: dict[tuple[int, bool], np.ndarray] = {}
    imagined = []
    for c in np.unique(labels):
        mine = labels == c
        if shows is None:
            groups[int(c), False] = z[mine]
            continue
        groups[int(c), False] = z[mine & ~shows]
        groups[int(c), True] = z[mine & shows]
        made = [] if laid is None else [laid[mine & ~shows]]
        made += [] if move is None else [move.imagine(z[mine & ~shows], kept)]
        if (mine & shows).sum() < FEWEST and made:
            groups[int(c), True] = np.concatenate(made)
            imagined.append(int(c))
    groups = {key: images for key, images in groups.items() if len(images)}
    plain = np.ones(len(z), dtype=bool) if shows is None else ~shows
    before = accuracy(z[plain], labels[plain], head)
    return Held(z, labels, groups, tuple(imagined), plain, before)


def accuracy(z: np.ndarray, labels: np.ndarray, head: Head) -> float:
    """Of a head on (N, D) images; 0 where there is none."""
    return float(right(z, labels, head).mean()) if len(z) else 0.0


def right(z: np.ndarray, labels: np.ndarray, head: Head) -> np.ndarray:
    """(N,) bool: which images a head gets right."""
    return (z @ head[0].T + head[1]).argmax(axis=1) == labels


def rates_of(held: Held, head: Head) -> dict[tuple[int, bool], float]:
    """The accuracy of a head on each group."""
    return {
        group: accuracy(images, np.full(len(images), group[0]), head)
        for group, images in held.groups.items()
    }


def score(held: Held, head: Head) -> float:
    """Mean of the worst group's accuracy and the mean group's, less what plain images lost.

    The worst alone would hang on a handful of validation images. Of what plain images lost, one
    standard error is forgiven: of two hundred, two are lost by chance as easily as not.
    """
    rates = list(rates_of(held, head).values())
    now = accuracy(held.z[held.plain], held.labels[held.plain], head)
    return (min(rates) + sum(rates) / len(rates)) / 2 - DEAR * _clearly(
        held.before - now, int(held.plain.sum())
    )


def _clearly(lost: float, n: int) -> float:
    """What is lost of accuracy on n images beyond what is allowed and a standard error."""
    return max(0.0, lost - ALLOWED - sqrt(max(lost, 0.0) / max(n, 1)))


def shows_in(found: Presence, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(M,) which held-out images show the concept, by the limits found on train."""
    return scores >= found.limits[labels]
