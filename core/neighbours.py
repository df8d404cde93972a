"""What looks alike to the model: nearest images by the cosine of their features."""

from __future__ import annotations

import numpy as np

from core import queries
from core.errors import RunError
from core.runs import Run

CHUNK = 4096  # rows at a time: 32 MB as float32 for 2,048 channels


def nearest(features: np.ndarray, row: int, among: np.ndarray, top: int) -> list[tuple[int, float]]:
    """(row, cosine) of the `top` rows of `among` most like `row`, itself left out, closest first.

    Args:
        features: (N, D), may be memory-mapped; read in chunks.
        among: row numbers to choose from, ascending.
    """
    query = _unit(features[row : row + 1].astype(np.float32))[0]
    among = among[among != row]
    chunks = [among[i : i + CHUNK] for i in range(0, len(among), CHUNK)]
    parts = [_unit(_take(features, chunk)) @ query for chunk in chunks]
    cosines = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)
    best = np.argsort(-cosines, kind="stable")[:top]
    return [(int(among[k]), float(cosines[k])) for k in best]


def _take(features: np.ndarray, rows: np.ndarray) -> np.ndarray:
    first, last = int(rows[0]), int(rows[-1])
    if last - first + 1 == len(rows):  # one slice reads a memory map far faster than an index
        return features[first : last + 1].astype(np.float32)
    return features[rows].astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(norms, 1e-12)


def of_image(run: Run, row: int, split: str, top: int) -> list[tuple[int, float]]:
    """(row, cosine) of the images of a split most like this one to the model.

    Raises:
        RunError: the run kept no features.
    """
    features = run.features()
    if features is None or row >= len(features):
        raise RunError(f"Run {run.name} kept no features, so it has no neighbours to show.")
    among = queries.ask(run, "SELECT row FROM run WHERE split = ? ORDER BY row", [split])
    return nearest(features, row, among["row"].to_numpy(), top)
