"""Training images to learn a concept from: those that look most and least like a confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import queries
from core.errors import ExplainError
from core.evaluation.statistics import pooled_std
from core.explain.channels import Explanation, features_of
from core.runs import Run
from core.runs.features import finite

PICKS = 10
MOST_SHARE, LEAST_SHARE = 0.2, 0.5  # of the class: where picks that show it and that do not lie


@dataclass(frozen=True)
class Suggestion:
    """Row numbers of training images of the predicted class, most telling first.

    `shows` share with the errors what sets them apart, `without` lack it. A person should look
    through both: they were ranked, nobody saw them.
    """

    shows: np.ndarray
    without: np.ndarray


def suggest_picks(run: Run, explanation: Explanation, *, n: int = PICKS) -> Suggestion:
    """What a confusion may have in common with the training images of the class it is predicted as.

    The training images of the predicted class are ranked along the direction from the correct
    images of the label to the errors, each channel in units of its variance. Picks are spread
    evenly over the top fifth and the bottom half: the extremes alone would be too easy to tell
    apart. They are training images, so that none of test is learned from; but errors of test
    chose them, so a fix made of them is judged somewhat too well there.

    Raises:
        ExplainError: too few training images of the class.
    """
    features = features_of(run)
    sql = "SELECT row FROM run WHERE split = 'train' AND label = ? ORDER BY row"
    rows = queries.ask(run, sql, [explanation.pred])["row"].to_numpy()
    if len(rows) < 4 * n:
        raise ExplainError(
            f"{len(rows)} training images of {run.classes[explanation.pred]} are too few to "
            f"suggest {n} with and {n} without what the errors share: pick images yourself."
        )
    errors, right = (
        features[np.sort(part)].astype(np.float32)
        for part in (explanation.rows, explanation.reference)
    )
    apart = errors.mean(axis=0) - right.mean(axis=0)
    weight = apart / np.maximum(pooled_std(errors, right), 1e-3) ** 2
    ranked = rows[
        np.argsort(
            -(finite(features[rows], ExplainError).astype(np.float32) @ weight), kind="stable"
        )
    ]
    return Suggestion(
        _spread(ranked[: max(n, round(MOST_SHARE * len(ranked)))], n),
        _spread(ranked[::-1][: round(LEAST_SHARE * len(ranked))], n),
    )


def _spread(rows: np.ndarray, n: int) -> np.ndarray:
    return rows[np.linspace(0, len(rows) - 1, n).astype(int)]
