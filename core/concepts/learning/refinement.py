"""A concept's direction from a few picks and all the other images, which nobody picked."""

from __future__ import annotations

import numpy as np

from core.concepts.learning.space import Space, group_means

PICK_WEIGHT = 30.0  # of a picked image, in those of one that nobody looked at
STEPS = 6
# How much classes without the concept that score apart count: a score should not tell classes.
BETWEEN = 1.0
PRIOR, PRIOR_IMAGES = 0.1, 10  # how common a concept is before anything is seen


def refine(
    space: Space,
    start: np.ndarray,
    shows: np.ndarray,
    without: np.ndarray | None,
    ridge: float,
) -> np.ndarray:
    """(R,) the direction, sharpened by the unpicked images.

    Expectation-maximisation of a linear discriminant: every group has its own mean of images
    without the concept and its own prevalence; the concept shifts all groups alike; picks stay
    what they are (semi-supervised as in Nigam et al., 2000; cf. pseudo-labels, Lee, 2013).

    Args:
        start: (R,) the direction that the picks alone give.
        shows, without: row numbers of the picks; `without` None where nobody picked any.
        ridge: added to the variances, which are those of standardised features.
    """
    picked, known = _picks(len(space.points), shows, without)
    weights = np.where(picked, PICK_WEIGHT, 1).astype(np.float32)
    scores = space.residuals() @ start
    high, low = scores[shows].mean(), np.median(scores)
    belief = _belief(scores, high, low, scores.var(), np.full(space.groups.max() + 1, PRIOR), space)
    direction = start
    for _ in range(STEPS):
        belief = np.where(picked, known, belief).astype(np.float32)
        direction, scores = _discriminant(space, belief, weights, ridge)
        high, low, spread = _moments(scores, belief * weights, (1 - belief) * weights)
        belief = _belief(scores, high, low, spread, _prevalence(space, belief, weights), space)
    return direction


def _picks(n: int, shows: np.ndarray, without: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    picked, known = np.zeros(n, dtype=bool), np.zeros(n, dtype=np.float32)
    picked[shows], known[shows] = True, 1
    if without is not None:
        picked[without] = True
    return picked, known


def _discriminant(
    space: Space, belief: np.ndarray, weights: np.ndarray, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """The direction (R,) and every image's score (N,) about its group's mean without concept."""
    groups, points = space.groups, space.points
    share = group_means(belief[:, None], groups, weights)
    means = group_means(points, groups, weights)
    centred = points - means[groups]
    apart = belief - share[groups, 0]
    # Regression of the points on the belief, within groups: the shift that the concept makes.
    shift = (weights * apart) @ centred / max(float(weights @ apart**2), 1e-6)
    residual = centred - apart[:, None] * shift
    covariance = (residual * weights[:, None]).T @ residual / weights.sum()
    covariance += BETWEEN * _between(means - share * shift, groups)
    direction = np.linalg.solve(covariance + ridge * np.eye(len(shift)), shift)
    plain = centred + share[groups] * shift
    return direction.astype(np.float32), (plain @ direction).astype(np.float32)


def _between(means: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """(R, R) covariance of the groups' means (G, R), each counted as often as it has images."""
    apart = (means - means[groups].mean(axis=0))[groups]
    return apart.T @ apart / len(groups)


def _moments(scores: np.ndarray, on: np.ndarray, off: np.ndarray) -> tuple[float, float, float]:
    high, low = on @ scores / on.sum(), off @ scores / off.sum()
    spread = (on @ (scores - high) ** 2 + off @ (scores - low) ** 2) / (on.sum() + off.sum())
    return float(high), float(low), float(spread)


def _prevalence(space: Space, belief: np.ndarray, weights: np.ndarray) -> np.ndarray:
    on = np.bincount(space.groups, belief * weights)
    n = np.bincount(space.groups, weights)
    return (on + PRIOR * PRIOR_IMAGES) / (n + PRIOR_IMAGES)


def _belief(scores, high, low, spread, prevalence, space) -> np.ndarray:
    """(N,) how probably each image shows the concept: two normal curves of one width."""
    odds = np.log(prevalence / (1 - prevalence))[space.groups]
    logits = (scores - (high + low) / 2) * (high - low) / max(float(spread), 1e-6) + odds
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
