"""What would the other classes look like with the concept?

Seen in the pooled features of photographs behind fences: the concept moves an image by a vector of
its own and contracts what the image is otherwise, to about half. Both can be measured in the class
that has it. A semantic augmentation of features in the sense of Wang et al. (2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.concepts.presence import Presence

# The share of its own content that an image keeps behind a fence, as good as this many
# counter-examples. Measured by class (0.38 to 0.56) on the benchmark's own training photographs, so
# its figures lean on it: with 0.3 or 0.7 the gap recovered there changed by up to 4 points on
# average, by up to 19 in a single draw.
USUAL, USUAL_COUNTS = 0.45, 10


@dataclass(frozen=True)
class Move:
    """`without`, `shown`: (D,) means of the carriers' images without the concept and with it.

    `floor` (D,): the least values possible; `spread` (n, D): the carriers' images with the concept
    less their mean, and `plain_spread`: the mean square of those without it, less theirs.
    """

    without: np.ndarray
    shown: np.ndarray
    floor: np.ndarray
    spread: np.ndarray
    plain_spread: float

    def put_in(self, z: np.ndarray, kept: float) -> np.ndarray:
        """(N, D) images as they would look with the concept: kept * (z - without) + shown."""
        return np.maximum(kept * (z - self.without) + self.shown, self.floor)

    def imagine(self, z: np.ndarray, kept: float, seed: int = 0) -> np.ndarray:
        """As `put_in`, and as various as real images with the concept: no fence is like the next.

        To train on, the means alone do better; to judge by, they would be too easy.
        """
        own = float((self.spread**2).mean())
        share = np.sqrt(max(0.0, own - kept**2 * self.plain_spread) / max(own, 1e-12))
        donors = np.random.default_rng(seed).integers(len(self.spread), size=len(z))
        made = kept * (z - self.without) + self.shown + share * self.spread[donors]
        return np.maximum(made, self.floor).astype(np.float32)


def move_of(z: np.ndarray, labels: np.ndarray, found: Presence, floor: np.ndarray) -> Move:
    """The concept's move, measured between images of the same classes.

    Means over different mixtures of classes would move every image towards the carriers, and
    teach the head that the carriers' own look stands for the others.
    """
    inside = np.isin(labels, found.carriers)
    shown, without = z[inside & found.shows], z[inside & ~found.shows]
    centre, moved = without.mean(axis=0), shown.mean(axis=0)
    return Move(centre, moved, floor, shown - moved, float(((without - centre) ** 2).mean()))


def kept_content(
    z: np.ndarray, labels: np.ndarray, found: Presence, move: Move
) -> tuple[float, int]:
    """How much of their own content images keep, and from how many counter-examples that is known.

    The least-squares slope of (z - shown) on (class mean - without) over images of other classes
    that show the concept, drawn towards what is usual where they are few.
    """
    others = found.shows & ~np.isin(labels, found.carriers)
    centres = {c: z[(labels == c) & ~found.shows].mean(axis=0) for c in np.unique(labels[others])}
    own = np.array([centres[c] for c in labels[others]]).reshape(-1, z.shape[1]) - move.without
    size = (own * own).sum(axis=1)
    slope = ((z[others] - move.shown) * own).sum() / size.sum() if len(own) else 0.0
    n = len(own)
    share = (n * slope + USUAL_COUNTS * USUAL) / (n + USUAL_COUNTS)
    return float(np.clip(share, 0.2, 1.0)), n
