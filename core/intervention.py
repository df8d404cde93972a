"""What changes when a concept is erased, beside what changes when random images are erased instead.

`effects.error_rates` shows what goes together; this intervenes, on the features, the head kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.erasure import Eraser, Erasing
from core.scoring import probabilities

CONTROLS = 19  # by chance the concept is beyond all of them once in twenty
ENOUGH = 5000  # images to learn the directions from; more give nearly the same


@dataclass(frozen=True, eq=False)
class Erasers:
    """The eraser of a concept, and those of random images, see `erasers`."""

    concept: Eraser
    controls: tuple[Eraser, ...]


def erasers(
    features: np.ndarray, train: np.ndarray, shown: np.ndarray, labels: np.ndarray, *, seed: int = 0
) -> Erasers:
    """The concept's eraser and its controls, learned from training images.

    Where most images that show a concept are of one class, its direction leads to that class too,
    and so does that of any images of the same classes. So each control erases random images that
    do not show the concept, as many of each class as do (or all that there are).

    Args:
        features: (N, D) of the whole run, may be memory-mapped; train: the rows to learn from.
        shown: (N,) bool; labels: (N,).

    Raises:
        ConceptError: no image shows the concept, or all do.
    """
    rng = np.random.default_rng(seed)
    some = np.sort(rng.permutation(train)[:ENOUGH])
    shown, labels = shown[some], labels[some]
    erasing = Erasing(features[some])
    concept = erasing.of(shown)
    controls = [erasing.of(_random_instead(shown, labels, rng)) for _ in range(CONTROLS)]
    return Erasers(concept, tuple(controls))


def _random_instead(shown: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drawn = np.zeros(len(shown), dtype=bool)
    for label in np.unique(labels[shown]):
        others = np.flatnonzero((labels == label) & ~shown)
        drawn[rng.permutation(others)[: (shown & (labels == label)).sum()]] = True
    return drawn if drawn.any() else ~shown


@dataclass(frozen=True)
class Erased:
    """The mean probability of a class over n images, before and after.

    `changed` counts those whose predicted class is another then; `controls` are the means with
    each control erased instead.
    """

    n: int
    before: float
    after: float
    changed: int
    controls: tuple[float, ...]

    @property
    def specific(self) -> bool:
        """Whether it falls further than with any control: at most one in twenty times by chance."""
        return bool(self.controls) and self.after < min(self.controls)


def without_concept(
    head: tuple[np.ndarray, np.ndarray], features: np.ndarray, made: Erasers, pred: int
) -> Erased:
    """Mean P(pred) of these images (n, D) as they are, and with each erased from them."""
    if not len(features):
        return Erased(0, float("nan"), float("nan"), 0, ())
    before = probabilities(features, *head)
    after = probabilities(made.concept(features), *head)
    changed = int((before.argmax(axis=1) != after.argmax(axis=1)).sum())
    controls = [float(probabilities(c(features), *head)[:, pred].mean()) for c in made.controls]
    means = (float(p[:, pred].mean()) for p in (before, after))
    return Erased(len(features), *means, changed, tuple(controls))


def control_range(found: Erased) -> str:
    """From where to where the mean goes with the controls."""
    low, high = min(found.controls), max(found.controls)
    return f"{low:.2f} to {high:.2f}"
