"""Whether features are numbers: a network in mixed precision can overflow float16."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.errors import FencepostError, RunError

if TYPE_CHECKING:
    from core.runs.run import Run

NOT_FINITE = "The features of this run hold numbers that are not finite: train it again."


def finite(values: np.ndarray, error: type[FencepostError] = RunError) -> np.ndarray:
    """The same values, once they are known to be finite.

    Raises:
        error: they are not.
    """
    if not np.isfinite(values).all():
        raise error(NOT_FINITE)
    return values


def remedy(run: Run) -> str:
    """What to do where a run kept no features, or no head: they may never have been brought."""
    if run.config.get("mode") != "import":
        return "train it again to keep its features"
    return (
        "its table of predictions had none; bring them too, by --features of fencepost import, or "
        "bring the network itself, by fencepost predict"
    )
