"""How much images look like the errors of a confusion, in what sets these apart as pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.evaluation.statistics import auc, unequal
from core.explain.halves import Half
from core.explain.properties.candidates import candidates
from core.explain.properties.wording import OF_FILES
from core.runs import Run

TELLING = 0.02  # the p-value from which on a property counts
MOST_WEIGHT = 3.0


def likeness(
    run: Run, half: Half, rows: np.ndarray, pictures: pd.DataFrame | None = None
) -> np.ndarray:
    """(n,) higher = more like the errors of one half than like its right images.

    The sum of the images' standardised ranks in each property that sets the two apart, each
    weighted by how clearly it does: -log10 p less 1. All are 0 where none does, and their standard
    deviation is 1 at most: many properties that go together should not outweigh the features.

    Args:
        pictures: what `measured` found of all these images, as far as it is known.
    """
    n, m = len(half.errors), len(half.rows)
    total = np.zeros(len(rows))
    for one in candidates(run, np.concatenate([half.rows, rows]), pictures):
        errors, right = (v[np.isfinite(v)] for v in (one.values[:n], one.values[n:m]))
        if one.name.startswith(OF_FILES) or not len(errors) or not len(right):
            continue
        if (p := unequal(errors, right)) < TELLING:
            weight = min(-np.log10(p) - 1, MOST_WEIGHT)
            total += weight * np.sign(auc(errors, right) - 0.5) * _standardised(one.values[m:])
    return total / max(1.0, float(total.std()))


def _standardised(values: np.ndarray) -> np.ndarray:
    """(n,) ranks about their mean, in standard deviations; 0 where nothing is known."""
    ranks = pd.Series(values).rank().to_numpy()
    spread = np.nanstd(ranks) if np.isfinite(ranks).any() else 0.0
    return np.nan_to_num((ranks - np.nanmean(ranks)) / spread) if spread else np.zeros(len(ranks))
