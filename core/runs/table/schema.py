"""The columns of a predictions table: their dtypes, and what follows from the probabilities."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

SPLITS = ("train", "val", "test")

# Column -> dtype, in order; then the probabilities, float32, one a class. They and REQUIRED must be
# there. The others are derived where missing, but MEASURES have no values then. More may follow.
COLUMNS = {
    "row": "int32",
    "split": "str",
    "index": "int32",
    "path": "str",
    "label": "int16",
    "pred": "int16",
    "correct": "bool",
    "confidence": "float32",
    "label_prob": "float32",
    "margin": "float32",
    "loss": "float32",
    "entropy": "float32",
    "brightness": "float32",
    "contrast": "float32",
    "sharpness": "float32",
}
REQUIRED = ("split", "index", "path", "label", "pred")
MEASURES = ("brightness", "contrast", "sharpness")
# What needs the probabilities of all classes: without values where only one of them is known.
OF_ALL = ("label_prob", "margin", "loss", "entropy")
LEAST = np.finfo(np.float32).tiny  # of a probability whose logarithm is taken


def prob_column(class_name: str) -> str:
    """The column that holds the probability of a class."""
    return f"p_{class_name}"


def derived(p: np.ndarray, label: np.ndarray, pred: np.ndarray) -> dict[str, np.ndarray]:
    """Column -> (N,) values that follow from (N, K) probabilities.

    With p the row of probabilities:
        confidence = max p; label_prob = p[label]; loss = -ln p[label]; entropy = -sum p ln p;
        margin = p[label] - the largest p of another class (below 0: an error; near 0: torn).
    Where only the predicted class's probability is known, OF_ALL have no values.
    """
    rows = np.arange(len(p))
    label_prob = np.where(is_top_one(p, pred), np.nan, p[rows, label])
    others = p.copy()
    others[rows, label] = -np.inf
    logs = np.log(np.clip(p, LEAST, 1))
    return {
        "correct": pred == label,
        "confidence": p[rows, pred],
        "label_prob": label_prob,
        "margin": label_prob - others.max(axis=1),
        "loss": np.where(np.isnan(label_prob), np.nan, -logs[rows, label]),
        "entropy": -(p * logs).sum(axis=1),
    }


def is_top_one(p: np.ndarray, pred: np.ndarray) -> np.ndarray:
    """(N,) bool: whether of all classes only the predicted one's probability is known.

    Of two classes both are.
    """
    known = ~np.isnan(p)
    one = (known.sum(axis=1) == 1) & known[np.arange(len(p)), pred]
    return one & (p.shape[1] > 2)


def free_name(name: str, taken: Collection[str]) -> str:
    """The name of a further column, which none of `taken`, in lower case, has."""
    while name.casefold() in taken:
        name = f"{name} (table)"
    return name
