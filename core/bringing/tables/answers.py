"""Probabilities from what the columns of a table hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from core.bringing.tables import slips
from core.datasets.tables.left_out import in_words
from core.datasets.tables.reading import numbers as numbers_of
from core.datasets.tables.reading import texts
from core.errors import DatasetError

PART = 65_536  # rows whose softmax is taken at a time


def matrix(columns: Sequence[pa.ChunkedArray], numbers: np.ndarray) -> np.ndarray:
    """(N, K) float32, of K columns, or of one of lists.

    Args:
        numbers: (N,) what a person calls each row.

    Raises:
        DatasetError: lists differ in length, with their rows.
    """
    if len(columns) == 1:
        return lists(columns[0], numbers)
    found = np.empty((len(columns[0]), len(columns)), dtype=np.float32)
    for k, column in enumerate(columns):
        found[:, k] = numbers_of(column)
    return found


def lists(column: pa.ChunkedArray, numbers: np.ndarray) -> np.ndarray:
    """(N, D) float32 of a column of lists; what has no list is not a number."""
    whole = column.combine_chunks()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        whole = pa.array(map(_parsed, texts(column).to_pylist()), pa.list_(pa.float32()))
    if pa.types.is_fixed_size_list(whole.type):
        whole = whole.cast(pa.list_(whole.type.value_type))
    lengths = np.diff(whole.offsets.to_numpy())
    there = np.asarray(whole.is_valid())
    if not there.any():
        raise DatasetError("The column of lists is empty.")
    width = int(np.bincount(lengths[there]).argmax())
    if (bad := there & (lengths != width)).any():
        rows = np.sort(numbers[bad]).tolist()
        raise DatasetError(
            f"Lists have {width:,} numbers in most rows, and not in {in_words(rows)}: leave those "
            "rows out, or mend them."
        )
    found = np.full((len(whole), width), np.nan, dtype=np.float32)
    flat = whole.flatten().cast(pa.float32())
    found[there] = flat.to_numpy(zero_copy_only=False).reshape(-1, width)
    return found


def _parsed(value: str | None) -> list[float] | None:
    """`[0.1, 0.9]`, or as numpy prints it, `[0.1 0.9]`."""
    if not value:
        return None
    try:
        return [float(part) for part in value.strip("[]() ").replace(",", " ").split()]
    except ValueError:
        return []


def probabilities(values: np.ndarray, numbers: np.ndarray, *, are_logits: bool) -> np.ndarray:
    """(N, K) float32, rows that sum to 1, of probabilities or logits.

    Raises:
        DatasetError: they are something else; says what they look like, and in which rows.
    """
    slips.refuse_missing(values, numbers, "each class")
    if are_logits:
        slips.refuse_logits(values, numbers)
        for start in range(0, len(values), PART):
            values[start : start + PART] = _softmax(values[start : start + PART])
        return values
    slips.refuse_no_probabilities(values, numbers)
    return values / values.sum(axis=1, keepdims=True)


def _softmax(logits: np.ndarray) -> np.ndarray:
    # scipy's takes longer to load than this takes for a million rows.
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def top_one(pred: np.ndarray, confidence: np.ndarray, k: int) -> np.ndarray:
    """(N, K) float32 where only the predicted class's probability is known; of two, both are.

    What is not known is not a number: nothing is made up for the other classes.
    """
    found = np.full((len(pred), k), np.nan, dtype=np.float32)
    rows = np.arange(len(pred))
    found[rows, pred] = confidence
    if k == 2:
        found[rows, 1 - pred] = 1 - found[rows, pred]
    return found
