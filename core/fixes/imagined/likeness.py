"""How like true images with a concept are those that a move made, as the network sees them?

Told within the class that carries the concept, where there are true images of both kinds: no
image of another class with it is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KEEPING = 0.2  # what it is worth that an image stays itself, where two moves explain it alike


@dataclass(frozen=True)
class Likeness:
    """What a move does, compared with what the concept does.

    Attributes:
        explained: the share of the concept's shift of the mean that the move brings about; 1 is
            all of it, 0 none, below 0 it leads elsewhere.
        kept: how much of its own content an image keeps, as a slope.
    """

    move: str
    explained: float
    kept: float

    @property
    def score(self) -> float:
        """The higher, the liker; to paste whole images over others would explain it best."""
        return self.explained + KEEPING * min(max(self.kept, 0.0), 1.0)


def likeness(
    move: str, shown: np.ndarray, without: np.ndarray, own: np.ndarray, made: np.ndarray
) -> Likeness:
    """Of images of one class, standardised; each (n, D).

    Args:
        shown, without: true images with the concept and without.
        own, made: some of those without it, and what the move made of them, in the same order.
    """
    true, moved = shown.mean(axis=0) - without.mean(axis=0), (made - own).mean(axis=0)
    # What chance alone adds to a squared distance of means is taken off it.
    chance = _error(shown) + _error(without)
    left = ((true - moved) ** 2).sum() - chance - _error(made - own)
    explained = 1 - left / max((true**2).sum() - chance, 1e-9)
    apart = own - own.mean(axis=0)
    kept = ((made - made.mean(axis=0)) * apart).sum() / max((apart**2).sum(), 1e-9)
    return Likeness(move, float(np.clip(explained, -9, 1)), float(kept))


def _error(values: np.ndarray) -> float:
    """The expected squared error of their mean."""
    return float(values.var(axis=0).sum() / len(values))
