"""The head fitted again on standardised, weighted features."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from core.errors import RunError
from core.fixes.material import Material
from core.training.head import MAX_ITERATIONS, STRENGTHS, TOLERANCE

PENALTIES = (*STRENGTHS, 0.3, 1.0)  # inverse
FLAT = 1.02  # times the least loss: about as good
WITHOUT_VALIDATION = 1e-2  # the inverse penalty where nothing can choose it


def refit(material: Material, inverse_penalty: float) -> Material:
    """The same images with the head that fits them, started from the one that was there.

    Multinomial logistic regression with an L2 penalty, as `core.training.head` fits it.

    Raises:
        RunError: a class has no image left.
    """
    if len(np.unique(material.labels)) != material.n_classes:
        raise RunError("A class has no training image left: correct fewer of its images.")
    model = LogisticRegression(
        C=inverse_penalty, warm_start=True, tol=TOLERANCE, max_iter=MAX_ITERATIONS
    )
    model.coef_, model.intercept_ = _start(material)
    # One thread: these products are small, and BLAS threads that wait for a busy core made the
    # same fit fifty times slower.
    with threadpool_limits(limits=1, user_api="blas"), warnings.catch_warnings():
        # Cut short, a weak penalty is only a little stronger; validation judges the result.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(material.z, material.labels, sample_weight=_weights(material))
    weight, bias = model.coef_, model.intercept_
    if material.n_classes == 2:  # scikit-learn keeps one row for two classes
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    return replace(material, weight=weight.astype(np.float32), bias=bias.astype(np.float32))


def _start(material: Material) -> tuple[np.ndarray, np.ndarray]:
    weight, bias = material.weight.astype(np.float32), material.bias.astype(np.float32)
    if material.n_classes == 2:
        return weight[1:] - weight[:1], bias[1:] - bias[:1]
    return weight, bias


def _weights(material: Material) -> np.ndarray:
    """(N,) that sum to the number of real images.

    Images that were made up tell nothing new of the rest: counted in, they would weaken the
    penalty, which was chosen for the real ones.
    """
    real = int((material.rows >= 0).sum()) or len(material.rows)
    return (material.weights * (real / material.weights.sum())).astype(np.float32)


def choose_penalty(material: Material, held: np.ndarray, held_labels: np.ndarray) -> float:
    """The weakest penalty about as good as any on the held-out images (M, D), (M,); its inverse.

    Asked only of a head that was trained with its network, whose features already part the
    training images: where the loss is flat, a strong penalty would undo more of that head. Each is
    fitted from that head, as every fix will be.
    """
    losses = []
    for strength in PENALTIES:
        losses.append(held_loss(refit(material, strength), held, held_labels))
        if losses[-1] > min(losses) * 1.05:  # past the minimum, weaker penalties only take longer
            break
    good = [k for k, loss in enumerate(losses) if loss <= min(losses) * FLAT]
    return PENALTIES[good[-1]]


def held_loss(material: Material, held: np.ndarray, labels: np.ndarray) -> float:
    """Mean -ln p of the label over held-out images."""
    weight, bias = material.folded()
    logits = held @ weight.T + bias
    return float((logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]).mean())
