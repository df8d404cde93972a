"""The linear head fitted on frozen features: multinomial logistic regression."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from core.datasets import ProgressCallback
from core.errors import TrainingError

# Inverse strengths of the L2 penalty, strongest penalty first: each fit starts from the last.
STRENGTHS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
TOLERANCE = 1e-3
MAX_ITERATIONS = 200
# Up to here products are so narrow that threads of BLAS wait for each other: with 10 classes one
# takes 1.2 s where two take 2.2.
NARROW = 300


@dataclass(frozen=True)
class Head:
    """logits = features @ weight.T + bias; (K, D) and (K,), float32.

    `strength` is the inverse of the penalty on standardised features that `held_loss` chose.
    """

    weight: np.ndarray
    bias: np.ndarray
    strength: float
    held_loss: float
    held_accuracy: float


def fit_head(
    features: np.ndarray,
    labels: np.ndarray,
    held_features: np.ndarray,
    held_labels: np.ndarray,
    n_classes: int,
    progress: ProgressCallback | None = None,
) -> Head:
    """The head of the strength with the least mean loss on the held-out images.

    Args:
        features, held_features: (N, D), (M, D).
        labels, held_labels: (N,), (M,) class ids; every class occurs in `labels`.

    Raises:
        TrainingError: the features hold infinite values, or a class has no image.
    """
    x = np.asarray(features, dtype=np.float32)
    mean, std = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    if not np.isfinite(std).all():  # nor is it where a mean is not
        raise TrainingError("The features hold infinite values: try --weights of another origin.")
    if len(np.unique(labels)) != n_classes:
        raise TrainingError("A class has no train image left once some are held out: add images.")
    x = (x - mean) / std
    held = (np.asarray(held_features, dtype=np.float32) - mean) / std
    best, threads = None, 1 if n_classes <= NARROW else None
    model = LogisticRegression(warm_start=True, tol=TOLERANCE, max_iter=MAX_ITERATIONS)
    for done, strength in enumerate(STRENGTHS, start=1):
        with warnings.catch_warnings(), threadpool_limits(threads, user_api="blas"):
            # Cut short, a weak penalty is only a little stronger; validation judges the result.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.set_params(C=strength).fit(x, labels)
        weight, bias = _both_classes(model.coef_, model.intercept_)
        loss, accuracy = _held_out(held @ weight.T + bias, held_labels)
        if best is None or loss < best.held_loss:
            folded = weight / std
            best = Head(
                folded.astype(np.float32),
                (bias - folded @ mean).astype(np.float32),
                strength,
                loss,
                accuracy,
            )
        if progress:
            progress(done, len(STRENGTHS))
    assert best is not None
    return best


def _both_classes(weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn keeps one row for two classes; the head has one a class."""
    if len(weight) > 1:
        return weight, bias
    return np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2


def _held_out(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    rows = np.arange(len(labels))
    losses = logsumexp(logits, axis=1) - logits[rows, labels]
    return float(losses.mean()), float((logits.argmax(axis=1) == labels).mean())
