"""Training images to learn a concept from: those that look most and least like a confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import ExplainError
from core.explain.channels import Explanation
from core.explain.halves import Half, halves
from core.explain.shared import strongest_of_class
from core.runs import Run

PICKS, FEWEST = 12, 10  # of either side: wanted, and what there must be images enough for
EACH = 4  # images of the class for each pick of a side
MOST_SHARE, LEAST_SHARE = 0.25, 0.35  # of the class: where picks that show it and that do not lie


@dataclass(frozen=True)
class Suggestion:
    """Row numbers of training images of the predicted class, most telling first.

    `shows` share with the errors what sets them apart, `without` lack it. A person should look
    through both: they were ranked, nobody saw them. `chose` are the images that they were ranked
    by; whether there is anything to them is asked of other errors and right images, `tests`.
    """

    shows: np.ndarray
    without: np.ndarray
    chose: np.ndarray
    tests: Half


def suggest_picks(
    run: Run,
    explanation: Explanation,
    *,
    n: int = PICKS,
    pictures: pd.DataFrame | None = None,
) -> Suggestion:
    """What a confusion may have in common with the training images of the class it is predicted as.

    The training images of the predicted class are ranked by what half of the errors share, see
    `halves` and `shared`. Picks are spread evenly over the top quarter and the last third: the
    extremes alone would be too easy to tell apart, and nearer to the middle some show it faintly.
    They are training images, so that none of test is learned from.

    Args:
        n: of either side; fewer where the class is small.
        pictures: what `properties.measured` found of these images, errors and right images, as far
            as it is known.

    Raises:
        ExplainError: too few training images of the class.
    """
    parts = halves(explanation)
    ranked = strongest_of_class(run, explanation, pictures)
    if len(ranked) < EACH * min(n, FEWEST):
        raise ExplainError(
            f"{len(ranked)} training images of {run.classes[explanation.pred]} are too few to "
            f"suggest {min(n, FEWEST)} with and as many without what the errors share: pick images "
            "yourself."
        )
    n = min(n, len(ranked) // EACH)
    return Suggestion(
        _spread(ranked[: max(n, round(MOST_SHARE * len(ranked)))], n),
        _spread(ranked[::-1][: round(LEAST_SHARE * len(ranked))], n),
        parts.suggests.rows,
        parts.tests,
    )


def _spread(rows: np.ndarray, n: int) -> np.ndarray:
    return rows[np.linspace(0, len(rows) - 1, n).astype(int)]
