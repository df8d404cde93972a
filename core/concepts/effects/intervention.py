"""What changes when a concept is erased, beside what changes when random images are erased instead.

`effects.error_rates` shows what goes together; this intervenes, on the features, the head kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.concepts.effects.erasure import Eraser, Erasing
from core.datasets import ProgressCallback
from core.errors import ConceptError
from core.inference.scoring import softmax
from core.runs.features import finite

CONTROLS = 99  # by chance the concept is beyond all of them once in a hundred
ENOUGH = 5000  # images to learn the directions from; more give nearly the same


@dataclass(frozen=True, eq=False)
class Erasers:
    """The eraser of a concept, and those of random images, see `erasers`."""

    concept: Eraser
    controls: tuple[Eraser, ...]


def erasers(
    features: np.ndarray,
    train: np.ndarray,
    shown: np.ndarray,
    labels: np.ndarray,
    *,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> Erasers:
    """The concept's eraser and its controls, learned from training images.

    Where most images that show a concept are of one class, its direction leads to that class too,
    and so does that of any images of the same classes. So each control erases random images, as
    many of each class as show the concept.

    Args:
        features: (N, D) of the whole run, may be memory-mapped; train: the rows to learn from.
        shown: (N,) bool; labels: (N,).

    Raises:
        ConceptError: no image shows the concept, or all do; or the features are not numbers.
    """
    rng = np.random.default_rng(seed)
    some = np.sort(rng.permutation(train)[:ENOUGH])
    shown, labels = shown[some], labels[some]
    erasing = Erasing(finite(features[some], ConceptError))
    concept = erasing.of(shown)
    controls = []
    for k in range(CONTROLS):
        controls.append(erasing.of(_shuffled(shown, labels, rng)))
        if progress:
            progress(k + 1, CONTROLS)
    return Erasers(concept, tuple(controls))


def _shuffled(shown: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(N,) as many of each class as before, but any of it."""
    drawn = np.zeros_like(shown)
    for label in np.unique(labels[shown]):
        rows = np.flatnonzero(labels == label)
        drawn[rows] = rng.permutation(shown[rows])
    return drawn


@dataclass(frozen=True, eq=False)
class Erased:
    """The mean probability of a class over n images, as they are and with the concept erased.

    `changed` counts those whose predicted class is another then; `controls` (CONTROLS,) are the
    means with each control erased instead.
    """

    n: int
    before: float
    after: float
    changed: int
    controls: np.ndarray


def without_concept(
    head: tuple[np.ndarray, np.ndarray], features: np.ndarray, made: Erasers, pred: int
) -> Erased:
    """Mean P(pred) of these images (n, D) as they are, and with each erased from them."""
    if not len(features):
        nothing = float("nan")
        return Erased(0, nothing, nothing, 0, np.full(len(made.controls), nothing))
    x, weight = np.asarray(features, dtype=np.float64), head[0].astype(np.float64)
    logits = x @ weight.T + head[1]

    def erased(eraser: Eraser) -> np.ndarray:
        # As the head would say of eraser(x), without making it.
        return logits - ((x - eraser.centre) @ eraser.read)[:, None] * (weight @ eraser.move)

    after = erased(made.concept)
    changed = int((logits.argmax(axis=1) != after.argmax(axis=1)).sum())
    means = [softmax(z)[:, pred].mean() for z in (logits, after, *map(erased, made.controls))]
    return Erased(len(x), float(means[0]), float(means[1]), changed, np.array(means[2:]))


def chance(errors: Erased, plain: Erased) -> float:
    """The p-value of the concept being the cause, among the controls.

    A cause, taken out, makes the errors fall and leaves the right images of the predicted class
    that do not show it (`plain`) as they are; the direction of a class makes both fall. p is the
    share of controls, the concept among them, that part the two as far; nan without images.
    """
    if not (errors.n and plain.n):
        return float("nan")
    apart = (errors.before - errors.after) - (plain.before - plain.after)
    beside = (errors.before - errors.controls) - (plain.before - plain.controls)
    return float((1 + (beside >= apart).sum()) / (1 + len(beside)))
