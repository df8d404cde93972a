"""Which channels of the features made images of class a look like class b.

With a linear head, logit_b - logit_a of an image, less its mean over the correct images of a, is
the sum over channels k of (W[b,k] - W[a,k]) (f_k - mean f_k): no approximation, nothing left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import queries
from core.errors import ExplainError
from core.evaluation.statistics import effect_size, false_discovery, mann_whitney
from core.queries import neighbours
from core.runs import Run
from core.runs.features import finite, remedy

FEWEST = 3  # images in either group, below which nothing can be compared


@dataclass(frozen=True)
class Explanation:
    """A confusion taken apart.

    Attributes:
        label, pred: the class that the images are, and the one they were predicted as.
        rows, reference: row numbers of the errors, and of the correct images of `label`.
        gap: the mean of logit_pred - logit_label over the errors less that over the reference.
        channels: a row a channel, most responsible first; see `channel_table`.
    """

    label: int
    pred: int
    rows: np.ndarray
    reference: np.ndarray
    gap: float
    channels: pd.DataFrame

    @property
    def gained(self) -> pd.DataFrame:
        """The channels that the errors have more of and that speak for `pred`: what is there."""
        return self.channels[(self.channels["contribution"] > 0) & (self.channels["effect"] > 0)]

    @property
    def lost(self) -> pd.DataFrame:
        """The channels that the errors have less of and that spoke for `label`: what is missing."""
        return self.channels[(self.channels["contribution"] > 0) & (self.channels["effect"] <= 0)]


def explain(
    run: Run, label: int, pred: int, *, split: str = "test", rows: Sequence[int] | None = None
) -> Explanation:
    """Why images of `label` are predicted as `pred`.

    Args:
        rows: the images to explain, all of class `label`; by default every such error of `split`.

    Raises:
        ExplainError: no features, or none of numbers; too few errors, or too few correct images
            to compare with.
        RunError: the run keeps no linear head.
    """
    features = features_of(run)
    if label == pred:
        raise ExplainError("These images are predicted correctly: choose two different classes.")
    chosen = _errors(run, label, pred, split) if rows is None else np.asarray(rows, dtype=np.int64)
    reference = np.setdiff1d(correct_images(run, label, split), chosen)
    _check(run, label, pred, split, chosen, reference)
    weight, _ = run.head()
    toward = weight[pred].astype(np.float64) - weight[label]
    errors, right = (
        finite(features[np.sort(r)], ExplainError).astype(np.float64) for r in (chosen, reference)
    )
    table = channel_table(errors, right, toward)
    return Explanation(label, pred, chosen, reference, float(table["contribution"].sum()), table)


def features_of(run: Run) -> np.ndarray:
    """(N, D) of a run that must have them."""
    features = run.features()
    if features is None:
        raise ExplainError(
            f"Run {run.name} kept no features, so its errors cannot be taken apart: {remedy(run)}."
        )
    return features


def _errors(run: Run, label: int, pred: int, split: str) -> np.ndarray:
    sql = "SELECT row FROM run WHERE split = ? AND label = ? AND pred = ? ORDER BY row"
    return queries.ask(run, sql, [split, label, pred])["row"].to_numpy()


def correct_images(run: Run, label: int, split: str) -> np.ndarray:
    """Row numbers of the images of a class that the model predicts correctly, ascending."""
    return _errors(run, label, label, split)


def _check(
    run: Run, label: int, pred: int, split: str, rows: np.ndarray, reference: np.ndarray
) -> None:
    a, b = run.classes[label], run.classes[pred]
    if len(rows) < FEWEST:
        raise ExplainError(
            f"{_images_are(len(rows), a)} predicted as {b} in {split}: too few to explain, at "
            f"least {FEWEST} are needed; choose a larger confusion or another split."
        )
    if len(reference) < FEWEST:
        raise ExplainError(
            f"{_images_are(len(reference), a)} predicted correctly in {split}: too few to compare "
            "the errors with; choose another split or class."
        )


def _images_are(n: int, name: str) -> str:
    """The beginning of a sentence about so many images of a class."""
    return f"1 image of {name} is" if n == 1 else f"{n} images of {name} are"


def contributions(features: np.ndarray, reference: np.ndarray, toward: np.ndarray) -> np.ndarray:
    """(n, D): what each channel adds to each image's gap.

    Args:
        features: (n, D) of the images; reference: (m, D) of the correct ones.
        toward: (D,) W[pred] - W[label].
    """
    return toward * (features - reference.mean(axis=0))


def channel_table(features: np.ndarray, reference: np.ndarray, toward: np.ndarray) -> pd.DataFrame:
    """channel, contribution, share, mean, reference, effect, auc, p, q: most responsible first.

    `contribution` is the mean over the images, in logits; `share` that of the whole gap, and all
    shares sum to 1. `effect` is Cohen's d of the channel, `auc` how often an image of the
    selection has more of it than a correct one, p after Mann and Whitney, q after Benjamini and
    Hochberg over all channels. The images were selected by their errors, which these channels
    decide: p and q rank channels, they do not prove a cause.
    """
    each = contributions(features, reference, toward).mean(axis=0)
    auc, p = mann_whitney(features, reference)
    gap = each.sum()
    table = pd.DataFrame(
        {
            "channel": np.arange(len(each)),
            "contribution": each,
            "share": each / gap if abs(gap) > 1e-12 else np.full(len(each), np.nan),
            "mean": features.mean(axis=0),
            "reference": reference.mean(axis=0),
            "effect": effect_size(features, reference),
            "auc": auc,
            "p": p,
            "q": false_discovery(p),
        }
    )
    return table.sort_values("contribution", ascending=False, kind="stable", ignore_index=True)


def strongest_images(
    run: Run, channel: int, *, split: str = "train", top: int = 9, label: int | None = None
) -> pd.DataFrame:
    """The images that a channel sees most in, strongest first: row, label, pred and its value.

    Args:
        label: only images of this class.
    """
    features = features_of(run)
    if not 0 <= channel < features.shape[1]:
        raise ExplainError(
            f"There is no channel {channel}: run {run.name} has {features.shape[1]}."
        )
    found = queries.ask(
        run, "SELECT row, label, pred FROM run WHERE split = ? ORDER BY row", [split]
    )
    if label is not None:
        found = found[found["label"] == label]
    found = found.reset_index(drop=True)
    found["value"] = features[found["row"].to_numpy(), channel].astype(np.float32)
    return found.sort_values("value", ascending=False, kind="stable", ignore_index=True).head(top)


def classes_of(images: pd.DataFrame, classes: Sequence[str]) -> list[tuple[str, int]]:
    """(class, count) of the images' labels, most common first."""
    counts = images["label"].value_counts(sort=False)
    named = [(classes[int(label)], int(n)) for label, n in counts.items()]
    return sorted(named, key=lambda item: (-item[1], item[0]))


def reminded(
    run: Run, row: int, classes: Sequence[int], *, top: int = 3
) -> dict[int, list[tuple[int, float]]]:
    """Class -> (row, cosine) of its training images most like this one, closest first."""
    features = features_of(run)
    found = queries.ask(run, "SELECT row, label FROM run WHERE split = 'train' ORDER BY row")
    rows, labels = found["row"].to_numpy(), found["label"].to_numpy()
    return {c: neighbours.nearest(features, row, rows[labels == c], top) for c in classes}
