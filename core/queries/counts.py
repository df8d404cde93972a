"""Counts over a whole split: the confusion matrix, and the ends of columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.queries.engine import ask, number
from core.runs import Run


def confusion(run: Run, split: str) -> np.ndarray:
    """(K, K) counts, label by pred."""
    cells = confusion_cells(run, split)
    counts = np.zeros((len(run.classes), len(run.classes)), dtype=np.int64)
    counts[cells["label"], cells["pred"]] = cells["n"]
    return counts


def confusion_cells(run: Run, split: str) -> pd.DataFrame:
    """label, pred, n of every cell that is not empty."""
    sql = "SELECT label, pred, count(*)::INT n FROM run WHERE split = ? GROUP BY ALL ORDER BY ALL"
    return ask(run, sql, [split])


def extent(run: Run, split: str, columns: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Column -> (smallest, largest) value in a split; both 0 where it has none there."""
    sql = [number(run, name)[0] for name in columns]
    parts = ", ".join(f"min({each}), max({each})" for each in sql)
    values = ask(run, f"SELECT {parts} FROM run WHERE split = ?", [split]).iloc[0]
    pairs = np.nan_to_num(values.to_numpy(float)).reshape(-1, 2)
    return {
        name: (float(low), float(high)) for name, (low, high) in zip(columns, pairs, strict=True)
    }


def splits(run: Run) -> list[str]:
    """The splits that the run has images of, test first."""
    found = set(ask(run, "SELECT DISTINCT split FROM run")["split"])
    return [split for split in ("test", "val", "train") if split in found]
