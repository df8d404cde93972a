"""What looks alike to the model: nearest images by the cosine of their features."""

from __future__ import annotations

import numpy as np

from core.errors import RunError
from core.queries.engine import arrays
from core.runs import Run
from core.runs.features import finite, remedy


def nearest(features: np.ndarray, row: int, among: np.ndarray, top: int) -> list[tuple[int, float]]:
    """(row, cosine) of the `top` rows of `among` most like `row`, itself left out, closest first.

    Every row is looked at: 1,000,000 x 512 takes two cores about 0.2 s, and no index that could
    miss some.

    Args:
        features: (N, D) float16, may be memory-mapped.
        among: row numbers to choose from, ascending.

    Raises:
        RunError: features that it met are no numbers.
    """
    among = among[among != row]
    if not len(among):
        return []
    first = int(among[0])
    span = features[first : int(among[-1]) + 1]
    wanted = np.zeros(len(span), dtype=bool)
    wanted[among - first] = True
    found = first + _closest(span, features[row], wanted, min(top, len(among)))
    # The search puts what is no number anywhere, also before what is closest.
    cosines = finite(_unit(features[found]) @ _unit(features[[row]])[0])
    best = np.argsort(-cosines, kind="stable")
    return [(int(found[k]), float(cosines[k])) for k in best]


def _closest(span: np.ndarray, query: np.ndarray, wanted: np.ndarray, top: int) -> np.ndarray:
    """Positions of the `top` wanted rows of `span` closest to `query`."""
    from usearch.index import MetricKind, search  # here: only this page needs it

    count = int(1.5 * top / wanted.mean()) + 8
    while True:
        asked = min(count, len(span))
        found = search(span, query, asked, MetricKind.Cos, exact=True).keys.astype(np.int64)
        kept = found[wanted[found]]
        if len(kept) >= top or asked == len(span):
            return kept[:top]
        count *= 4


def _unit(rows: np.ndarray) -> np.ndarray:
    rows = rows.astype(np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def of_image(run: Run, row: int, split: str, top: int) -> list[tuple[int, float]]:
    """(row, cosine) of the images of a split most like this one to the model.

    Raises:
        RunError: the run kept no features, or those of this image are no numbers.
    """
    features = run.features()
    if features is None or row >= len(features):
        raise RunError(
            f"Run {run.name} kept no features, so it has no neighbours to show: {remedy(run)}."
        )
    finite(features[row])
    among = arrays(run, "SELECT row FROM run WHERE split = ? ORDER BY row", [split])["row"]
    return nearest(features, row, among, top)
