"""A concept learned from a few images that show it.

A concept is a direction in feature space (concept activation vectors, Kim et al., 2018), learned
*within* classes, so that a fence in front of cats is not learned as "cat".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from core.concepts.concept import Concept
from core.concepts.learning.permutation import direction_of_picks, random_picks_p
from core.concepts.learning.refinement import refine
from core.concepts.learning.space import Space, prepare
from core.datasets import ProgressCallback
from core.errors import ConceptError
from core.evaluation.statistics import auc as area

MIN_PICKS = 3
FOLDS = 5
RIDGES = (1.0, 3.0)  # to try; which is better depends on the network
CUT_STEPS = 100
DEFAULT_WITHOUT = (100, 5)  # random others where nobody picked any: at least, a pick


def learn(
    features: np.ndarray,
    shows: Sequence[int],
    without: Sequence[int] | None,
    labels: np.ndarray,
    *,
    name: str,
    seed: int = 0,
) -> Concept:
    """The concept that the images `shows` share and `without` lack.

    Args:
        features: (N, D) of the whole run, may be memory-mapped.
        shows, without: row numbers; no `without`: random others of the same classes.
        labels: (N,) class ids.

    Raises:
        ConceptError: too few picks, picks in both lists or out of range, nothing to contrast.
    """
    return learn_in(prepare_space(features, labels), shows, without, name=name, seed=seed)


def prepare_space(features: np.ndarray | None, labels: np.ndarray) -> Space:
    """What `learn_in` needs of a run: keep it, and a corrected pick refits in half the time."""
    if features is None:
        raise ConceptError(
            "This run kept no features, so it has no concepts: train it again to keep its features."
        )
    if len(features) != len(labels):
        raise ConceptError(
            f"The run has {len(features)} rows of features for {len(labels)} images: train again."
        )
    return prepare(features, labels)


# As in `space.prepare`: the products are small, and threads would wait for each other.
@threadpool_limits.wrap(limits=1, user_api="blas")
def learn_in(
    space: Space,
    shows: Sequence[int],
    without: Sequence[int] | None,
    *,
    name: str,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> Concept:
    """As `learn`, in a space prepared before; `progress` is told how far the fits are."""
    on, off = _checked(space, shows, without)
    rng = np.random.default_rng(seed)
    others = _random_others(space, on, rng) if off is None else off
    p_value = random_picks_p(space, on, off, rng)
    weight, high, low = _best_of_ridges(space, on, others, off, rng, progress)
    direction, offset = space.unfold(weight)
    alike = np.isin(space.groups, space.groups[np.concatenate([on, others])])
    threshold = cut(space.points[alike] @ weight, float(np.median(low)), float(np.median(high)))
    auc = area(high, low)
    origin = {
        "kind": "picks",
        "shows": on.tolist(),
        "without": None if off is None else off.tolist(),
        "seed": seed,
    }
    n_without = len(others)
    return Concept(name, direction, offset, threshold, auc, p_value, len(on), n_without, origin)


def _checked(
    space: Space, shows: Sequence[int], without: Sequence[int] | None
) -> tuple[np.ndarray, np.ndarray | None]:
    on = np.unique(np.asarray(shows, dtype=np.int64))
    off = np.unique(np.asarray(without, dtype=np.int64)) if without is not None else None
    off = None if off is None or not len(off) else off
    for picks, what in ((on, "that show it"), (off, "that do not")):
        if picks is None:
            continue
        if len(picks) < MIN_PICKS:
            raise ConceptError(
                f"Too few different images {what}: {len(picks)}. Pick at least {MIN_PICKS}; "
                "ten make a good concept."
            )
        if picks[0] < 0 or picks[-1] >= len(space.points):
            bad = picks[0] if picks[0] < 0 else picks[-1]
            raise ConceptError(
                f"Row {bad} is not an image of this run, which has {len(space.points)}: "
                "the picks are of another run or data set; pick again."
            )
    both = [] if off is None else np.intersect1d(on, off).tolist()
    if both:
        raise ConceptError(
            f"{len(both)} of the images are picked as showing it and as not showing it "
            f"(row {both[0]}): take them out of one list."
        )
    return on, off


def _random_others(space: Space, on: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random images in the proportions of the picks' classes."""
    least, each = DEFAULT_WITHOUT
    factor = max(each, -(-least // len(on)))
    found = []
    for group, count in zip(*np.unique(space.groups[on], return_counts=True), strict=True):
        pool = np.setdiff1d(np.flatnonzero(space.groups == group), on)
        found.append(rng.choice(pool, min(len(pool), factor * count), replace=False))
    others = np.sort(np.concatenate(found))
    if len(others) < MIN_PICKS:
        raise ConceptError(
            "Every image of these classes is picked, so nothing is left to compare with: "
            "pick fewer images."
        )
    return others


def _best_of_ridges(
    space: Space,
    on: np.ndarray,
    others: np.ndarray,
    off: np.ndarray | None,
    rng: np.random.Generator,
    progress: ProgressCallback | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The direction of the ridge that tells left-out picks apart best, and their scores."""
    folds = min(FOLDS, len(on), len(others))
    parts = [rng.permutation(len(picks)) % folds for picks in (on, others)]
    tried = []
    for ridge in RIDGES:
        tried.append(_left_out_scores(space, on, others, off, parts, ridge))
        if progress:
            progress(len(tried), len(RIDGES) + 1)  # the last fit is that of all picks
    best = int(np.argmax([_apart(high, low) for high, low in tried]))
    return _fit(space, on, others, off, RIDGES[best]), *tried[best]


def _fit(
    space: Space, on: np.ndarray, others: np.ndarray, off: np.ndarray | None, ridge: float
) -> np.ndarray:
    weight = refine(space, direction_of_picks(space, on, others), on, off, ridge)
    return weight / max(float(np.linalg.norm(weight)), 1e-12)


def _left_out_scores(
    space: Space,
    on: np.ndarray,
    others: np.ndarray,
    off: np.ndarray | None,
    parts: Sequence[np.ndarray],
    ridge: float,
) -> tuple[np.ndarray, np.ndarray]:
    high, low = np.zeros(len(on), np.float32), np.zeros(len(others), np.float32)
    for fold in range(int(parts[0].max()) + 1):
        a, b = parts[0] == fold, parts[1] == fold
        kept = None if off is None else others[~b]
        weight = _fit(space, on[~a], others[~b], kept, ridge)
        high[a], low[b] = space.points[on[a]] @ weight, space.points[others[b]] @ weight
    return high, low


def _apart(high: np.ndarray, low: np.ndarray) -> float:
    """The difference of means in standard deviations: finer than an AUC of twenty images."""
    spread = np.sqrt((high.var() * len(high) + low.var() * len(low)) / (len(high) + len(low)))
    return float((high.mean() - low.mean()) / max(float(spread), 1e-12))


def cut(scores: np.ndarray, low: float, high: float) -> float:
    """Where an image of the picks' classes is as likely to show the concept as not.

    Two normal curves, each of its own width, are fitted to the scores (N,) by expectation and
    maximisation from the medians `low` and `high` of the left-out picks: images without a concept
    lie close together, those with it spread, so that the middle would miss many. The cut stays
    between the medians.
    """
    if high <= low or not np.isfinite([low, high]).all():
        return (low + high) / 2
    values = scores.astype(np.float64)
    floor = 1e-3 * (high - low)
    means, shares = np.array([low, high]), np.array([0.5, 0.5])
    widths = np.full(2, max(values.std() / 2, floor))
    for _ in range(CUT_STEPS):
        belief = _likelihood(values, means, widths, shares)
        belief /= belief.sum(axis=1, keepdims=True)
        n = np.maximum(belief.sum(axis=0), 1e-9)
        means = belief.T @ values / n
        widths = np.sqrt((belief * (values[:, None] - means) ** 2).sum(axis=0) / n) + floor
        shares = n / len(values)
    between = np.linspace(low, high, 200)
    likely = _likelihood(between, means, widths, shares)
    shows = likely[:, 1] >= likely[:, 0]
    return float(between[shows.argmax()]) if shows.any() else (low + high) / 2


def _likelihood(
    values: np.ndarray, means: np.ndarray, widths: np.ndarray, shares: np.ndarray
) -> np.ndarray:
    """(N, 2), never 0."""
    return shares * np.exp(-0.5 * ((values[:, None] - means) / widths) ** 2) / widths + 1e-300
