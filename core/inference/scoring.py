"""What a head says of features: probabilities, and the predictions table made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.runs.table import predictions

EQUAL = 5e-4  # by which float16 may change a probability before features are kept as float32
FEW = 2**28  # bytes
PART = 4096  # rows made float32 at a time: of a million, all would take gigabytes


def probabilities(features: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """(N, D) features, (K, D) and (K,) of the head -> (N, K) float32, rows sum to 1."""
    return softmax(logits(features, weight, bias))


def logits(features: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """(N, D) features, which may be memory-mapped, (K, D) and (K,) -> (N, K) float32."""
    weight, bias = weight.T.astype(np.float32), np.asarray(bias, dtype=np.float32)
    made = np.empty((len(features), weight.shape[1]), dtype=np.float32)
    for k in range(0, len(features), PART):
        made[k : k + PART] = np.asarray(features[k : k + PART], dtype=np.float32) @ weight + bias
    return made


def softmax(logits: np.ndarray) -> np.ndarray:
    """(N, K) -> (N, K), rows sum to 1; by hand, as scipy.special would slow down the start."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def as_kept(features: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Features of a network trained elsewhere: many as float16, where its head says the same.

    Few stay as they are: another head, a fix's, may tell apart what float16 does not.
    """
    if features.nbytes <= FEW:
        return features
    with np.errstate(invalid="ignore", over="ignore"):
        half = features.astype(np.float16)
        exact, rounded = (probabilities(x, weight, bias) for x in (features, half))
    same = np.abs(exact - rounded).max(initial=0) <= EQUAL
    return half if same and (exact.argmax(axis=1) == rounded.argmax(axis=1)).all() else features


def table(images: pd.DataFrame, classes: tuple[str, ...], probs: np.ndarray) -> pd.DataFrame:
    """The predictions table: what the data set says of each image beside what the network says."""
    columns = {name: images[name].to_numpy() for name in images.columns}
    return predictions.build(classes, probabilities=probs, **columns)
