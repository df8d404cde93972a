"""What else differs, errors against correct images: the pictures, the concepts, other columns.

What is compared was not chosen by the errors, so every p is uniform where errors are any images of
their class; false discoveries are controlled over all that is compared.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.errors import ExplainError
from core.evaluation.statistics import (
    auc,
    effect_interval,
    effect_size,
    false_discovery,
    odds_ratio,
    unequal,
)
from core.explain.properties.candidates import Candidate, candidates
from core.runs import Run

FEWEST = 3
SURE = 0.025  # half of 1 in 20: the other half is for what errors share, see `finding`


def differences(
    run: Run,
    rows: np.ndarray,
    reference: np.ndarray,
    scores: Mapping[str, np.ndarray] | None = None,
    pictures: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """measure, mean, reference, effect, low, high, auc, p, q, clear, words: largest effect first.

    Args:
        rows, reference: row numbers of the errors and of the images to compare with.
        scores: concept -> (N,) scores of the whole run; nan for images that must not be counted.
        pictures: what `properties.measured` found of these images, as far as it is known.

    `effect` is Cohen's d with its 95 % interval. p is two-sided, Mann and Whitney's for numbers and
    Fisher's for shares; q is the false discovery rate over all of them, `clear` where it is below
    SURE. What is the same for all is left out.

    Raises:
        ExplainError: fewer than three images on either side, or nothing is known of them.
    """
    if min(len(rows), len(reference)) < FEWEST:
        raise ExplainError(
            f"{len(rows)} against {len(reference)} images are too few to compare: "
            f"at least {FEWEST} on either side are needed; choose a larger selection."
        )
    both = np.concatenate([rows, reference])
    asked = [
        *candidates(run, both, pictures),
        *(
            Candidate(name, np.asarray(s, dtype=np.float64)[both], _of_concept(name))
            for name, s in (scores or {}).items()
        ),
    ]
    found = [row for one in asked if (row := _row(one, len(rows)))]
    # A run that came from elsewhere may not know how bright its pictures are.
    if not found:
        raise ExplainError(f"Run {run.name} knows neither measures of these images nor concepts.")
    return _judged(pd.DataFrame(found))


def _of_concept(name: str) -> tuple[str, str]:
    return f"show more of {name}", f"show less of {name}"


def _row(one: Candidate, n: int) -> dict[str, object]:
    """The comparison of the first n values with the others; empty where there is none."""
    errors, right = (v[np.isfinite(v)] for v in (one.values[:n], one.values[n:]))
    whole = np.concatenate([errors, right])
    if min(len(errors), len(right)) < FEWEST or whole.min() == whole.max():
        return {}
    effect = float(effect_size(errors, right))
    if not effect:  # neither side varies by itself
        effect = float((errors.mean() - right.mean()) / whole.std())
    low, high = effect_interval(effect, len(errors), len(right))
    return {
        "measure": one.name,
        "mean": float(errors.mean()),
        "reference": float(right.mean()),
        "effect": effect,
        "low": low,
        "high": high,
        "auc": auc(errors, right),
        "p": _p(errors, right, one.counted),
        "words": f"errors {one.words[effect < 0]}",
    }


def _p(errors: np.ndarray, right: np.ndarray, counted: bool) -> float:
    if not counted:
        return unequal(errors, right)
    shown = [int(v.sum()) for v in (errors, right)]
    return odds_ratio(shown[0], len(errors) - shown[0], shown[1], len(right) - shown[1])[1]


def _judged(found: pd.DataFrame) -> pd.DataFrame:
    found["q"] = false_discovery(found["p"].to_numpy())
    found["clear"] = found["q"] < SURE
    unclear = "no clear difference in " + found["measure"]
    found["words"] = found["words"].where(found["clear"], unclear)
    order = found["effect"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)
