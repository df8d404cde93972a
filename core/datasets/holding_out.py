"""Which images serve as test where nobody has said so: the same ones everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

TEST_FRACTION = 0.2


def for_test(labels: np.ndarray, paths: Sequence[str]) -> np.ndarray:
    """(N,) bool: a fifth of each class, by a hash of its path; the only one of a class is not.

    Args:
        labels: (N,) class ids.
    """
    digests = np.array(
        [hashlib.sha256(path.encode("utf-8", "replace")).digest() for path in paths], dtype="S32"
    )
    order = np.lexsort((digests, labels))
    found = np.zeros(len(paths), dtype=bool)
    for rows in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        n = max(1, round(TEST_FRACTION * len(rows))) if len(rows) > 1 else 0
        found[rows[:n]] = True
    return found
