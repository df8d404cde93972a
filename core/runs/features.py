"""The features that a run keeps: whether they can be used, and whether they are numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import FencepostError, RunError

if TYPE_CHECKING:
    from core.runs.run import Run

FLOATS = (np.float16, np.float32, np.float64)
# A network in mixed precision can overflow float16.
NOT_FINITE = "The features of this run hold numbers that are not finite: train it again."


def mapped(path: Path) -> np.ndarray | None:
    """(N, D) float of an .npy file, memory-mapped; None where it holds nothing of that kind.

    Rows must be whole, one after another, in this machine's order of bytes, and end with the file.
    """
    if not path.is_file():  # to open a named pipe would wait for ever
        return None
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception:  # numpy raises nearly anything on a damaged header
        return None
    if not isinstance(values, np.memmap) or values.ndim != 2 or values.dtype not in FLOATS:
        return None
    ends = values.offset + values.nbytes == path.stat().st_size
    usable = values.dtype.isnative and values.flags.c_contiguous and values.shape[1] > 0
    return values if ends and usable else None


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
