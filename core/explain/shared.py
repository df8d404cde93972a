"""What errors share, beyond looking like the class that they are taken for.

Errors were chosen by their logits, so they always lie nearer to the other class than right images
do, and so does whatever moves with it: of nothing, that is a difference as clear as any. It is
taken out first. What is left apart is something else that the errors have.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import queries
from core.errors import ExplainError
from core.evaluation.statistics import pooled_std
from core.explain.channels import Explanation, features_of
from core.explain.halves import Half, halves
from core.explain.properties.likeness import likeness
from core.runs import Run
from core.runs.features import finite

LEARNED_FROM = 20_000  # training images at most; more give the same direction


def direction(run: Run, explanation: Explanation, half: Half, *, freed: bool = True) -> np.ndarray:
    """(D,) from right images to errors of one half, in units of each channel's variance.

    With u = W[pred] - W[label], the features are x - (x u) s first, where s is their slope on x u
    among training images of other classes about their means: among these, nothing goes with u any
    more. The mean difference over the pooled variance (a diagonal discriminant) is taken there, and
    given back for x itself.

    Args:
        freed: False leaves in what moves with the class.
    """
    features = features_of(run)
    weight, _ = run.head()
    toward = weight[explanation.pred].astype(np.float64) - weight[explanation.label]
    slope = _slope(run, toward, explanation.pred) if freed else np.zeros_like(toward)
    errors, right = (_freed(features[rows], toward, slope) for rows in (half.errors, half.right))
    apart = errors.mean(axis=0) - right.mean(axis=0)
    telling = apart / np.maximum(pooled_std(errors, right), 1e-3) ** 2
    return (telling - toward * (slope @ telling)).astype(np.float32)


def _freed(features: np.ndarray, toward: np.ndarray, slope: np.ndarray) -> np.ndarray:
    x = finite(features, ExplainError).astype(np.float64)
    return x - np.outer(x @ toward, slope)


def _slope(run: Run, toward: np.ndarray, pred: int) -> np.ndarray:
    """(D,) by how much each channel goes with one unit of x u, within the other classes of train.

    Not within `pred`: where a cue goes with that class, it is what varies most there.
    """
    sql = "SELECT row, label FROM run WHERE split = 'train' AND label <> ? ORDER BY row"
    table = queries.ask(run, sql, [pred])
    some = table.iloc[np.linspace(0, len(table) - 1, min(LEARNED_FROM, len(table))).astype(int)]
    x = finite(features_of(run)[some["row"].to_numpy()], ExplainError).astype(np.float64)
    labels = some["label"].to_numpy()
    for label in np.unique(labels):
        x[labels == label] -= x[labels == label].mean(axis=0)
    along = x @ toward
    return x.T @ along / max(float(along @ along), 1e-12)


def scores(run: Run, explanation: Explanation, half: Half, rows: np.ndarray) -> np.ndarray:
    """(n,) how much of what one half of the errors shares these images have."""
    wanted = direction(run, explanation, half)
    return finite(features_of(run)[rows], ExplainError).astype(np.float32) @ wanted


def strongest_of_class(
    run: Run, explanation: Explanation, pictures: pd.DataFrame | None = None
) -> np.ndarray:
    """The training images of `pred`, those most like the suggesting errors first.

    Within that class alone: over all of train, what other classes look like anyway would win. The
    whole direction, with what moves with the class, counts as much as the one without: which of
    them finds a cue depends on the cue. So does what the pictures are like: a small coloured cue
    leaves little in pooled features.

    Args:
        pictures: as for `likeness`.
    """
    rows, half = training_images(run, explanation.pred), halves(explanation).suggests
    x = finite(features_of(run)[rows], ExplainError).astype(np.float32)
    freed, whole = (
        _standardised(x @ direction(run, explanation, half, freed=freed)) for freed in (True, False)
    )
    together = _standardised(freed + whole) + likeness(run, half, rows, pictures)
    return rows[np.argsort(-together, kind="stable")]


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / max(float(values.std()), 1e-12)


def training_images(run: Run, label: int) -> np.ndarray:
    """Row numbers of the training images of a class, ascending."""
    sql = "SELECT row FROM run WHERE split = 'train' AND label = ? ORDER BY row"
    return queries.ask(run, sql, [label])["row"].to_numpy()
