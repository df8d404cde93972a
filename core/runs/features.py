"""Whether features are numbers: a network in mixed precision can overflow float16."""

from __future__ import annotations

import numpy as np

from core.errors import FencepostError, RunError

NOT_FINITE = "The features of this run hold numbers that are not finite: train it again."


def finite(values: np.ndarray, error: type[FencepostError] = RunError) -> np.ndarray:
    """The same values, once they are known to be finite.

    Raises:
        error: they are not.
    """
    if not np.isfinite(values).all():
        raise error(NOT_FINITE)
    return values
