"""Training images to learn a concept from: those that look most and least like a confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import queries
from core.errors import ExplainError
from core.evaluation.statistics import pooled_std
from core.explain.channels import Explanation, features_of
from core.explain.halves import Half, halves
from core.runs import Run
from core.runs.features import finite

PICKS = 10
MOST_SHARE, LEAST_SHARE = 0.2, 0.5  # of the class: where picks that show it and that do not lie


@dataclass(frozen=True)
class Suggestion:
    """Row numbers of training images of the predicted class, most telling first.

    `shows` share with the errors what sets them apart, `without` lack it. A person should look
    through both: they were ranked, nobody saw them. `tests` did not choose them: whether there is
    anything to them is asked of these errors and right images alone.
    """

    shows: np.ndarray
    without: np.ndarray
    tests: Half


def suggest_picks(run: Run, explanation: Explanation, *, n: int = PICKS) -> Suggestion:
    """What a confusion may have in common with the training images of the class it is predicted as.

    The training images of the predicted class are ranked along the direction from correct images
    of the label to errors, each channel in units of its variance. Half of the errors choose, see
    `halves`. Picks are spread evenly over the top fifth and the bottom half: the extremes alone
    would be too easy to tell apart. They are training images, so that none of test is learned from.

    Raises:
        ExplainError: too few training images of the class.
    """
    parts = halves(explanation)
    sql = "SELECT row FROM run WHERE split = 'train' AND label = ? ORDER BY row"
    rows = queries.ask(run, sql, [explanation.pred])["row"].to_numpy()
    if len(rows) < 4 * n:
        raise ExplainError(
            f"{len(rows)} training images of {run.classes[explanation.pred]} are too few to "
            f"suggest {n} with and {n} without what the errors share: pick images yourself."
        )
    ranked = rows[np.argsort(-along(run, parts.suggests, rows), kind="stable")]
    return Suggestion(
        _spread(ranked[: max(n, round(MOST_SHARE * len(ranked)))], n),
        _spread(ranked[::-1][: round(LEAST_SHARE * len(ranked))], n),
        parts.tests,
    )


def along(run: Run, half: Half, rows: np.ndarray) -> np.ndarray:
    """(n,) how far images lie along the direction from right images to errors of one half.

    Each channel counts in units of its variance about the two means (a diagonal discriminant).
    """
    features = features_of(run)
    errors, right = (features[part].astype(np.float32) for part in (half.errors, half.right))
    apart = errors.mean(axis=0) - right.mean(axis=0)
    weight = apart / np.maximum(pooled_std(errors, right), 1e-3) ** 2
    return finite(features[rows], ExplainError).astype(np.float32) @ weight


def _spread(rows: np.ndarray, n: int) -> np.ndarray:
    return rows[np.linspace(0, len(rows) - 1, n).astype(int)]
