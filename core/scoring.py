"""What a head says of features: probabilities, and the predictions table made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import predictions


def probabilities(features: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """(N, D) features, (K, D) and (K,) of the head -> (N, K) float32, rows sum to 1."""
    logits = np.asarray(features, dtype=np.float32) @ weight.T.astype(np.float32) + bias
    return softmax(logits).astype(np.float32)


def softmax(logits: np.ndarray) -> np.ndarray:
    """(N, K) -> (N, K), rows sum to 1."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def table(images: pd.DataFrame, classes: tuple[str, ...], probs: np.ndarray) -> pd.DataFrame:
    """The predictions table: what the data set says of each image beside what the network says."""
    columns = {name: images[name].to_numpy() for name in images.columns}
    return predictions.build(classes, probabilities=probs, **columns)
