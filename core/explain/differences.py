"""What else differs: the pictures themselves and the concepts, errors against correct images."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core import queries
from core.errors import ExplainError
from core.evaluation.statistics import auc, effect_interval, effect_size
from core.runs import Run

# Measure -> what more and less of it are called.
WORDS = {
    "brightness": ("brighter", "darker"),
    "contrast": ("richer in contrast", "flatter in contrast"),
    "sharpness": ("sharper", "more blurred"),
}
FEWEST = 3


def differences(
    run: Run,
    rows: np.ndarray,
    reference: np.ndarray,
    scores: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """measure, mean, reference, effect, low, high, auc, clear, words: the largest effect first.

    Args:
        rows, reference: row numbers of the errors and of the images to compare with.
        scores: concept -> (N,) scores of the whole run; nan for images that must not be counted.

    `effect` is Cohen's d with its 95 % interval; `clear` where that leaves 0 out.

    Raises:
        ExplainError: fewer than three images on either side, or nothing is known of them.
    """
    if min(len(rows), len(reference)) < FEWEST:
        raise ExplainError(
            f"{len(rows)} against {len(reference)} images are too few to compare: "
            f"at least {FEWEST} on either side are needed; choose a larger selection."
        )
    table = queries.ask(run, f"SELECT {', '.join(WORDS)} FROM run ORDER BY row")
    values = {name: table[name].to_numpy(dtype=np.float64) for name in WORDS}
    values |= {name: np.asarray(s, dtype=np.float64) for name, s in (scores or {}).items()}
    sides = {n: (_known(v[rows]), _known(v[reference])) for n, v in values.items()}
    # A run that came from elsewhere may not know how bright its pictures are.
    measured = {n: pair for n, pair in sides.items() if min(map(len, pair)) >= FEWEST}
    if not measured:
        raise ExplainError(f"Run {run.name} knows neither measures of these images nor concepts.")
    found = pd.DataFrame([_row(n, *pair) for n, pair in measured.items()])
    order = found["effect"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def _known(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]


def _row(name: str, errors: np.ndarray, right: np.ndarray) -> dict[str, object]:
    effect = float(effect_size(errors, right))
    low, high = effect_interval(effect, len(errors), len(right))
    clear = low > 0 or high < 0
    return {
        "measure": name,
        "mean": float(errors.mean()),
        "reference": float(right.mean()),
        "effect": effect,
        "low": low,
        "high": high,
        "auc": auc(errors, right),
        "clear": clear,
        "words": _words(name, effect, clear),
    }


def _words(name: str, effect: float, clear: bool) -> str:
    if not clear:
        return f"no clear difference in {name}"
    if name in WORDS:
        return f"errors are {WORDS[name][effect < 0]}"
    return f"errors show {'more' if effect > 0 else 'less'} of {name}"
