"""The cells of two confusion matrices: which images entered each, and which left it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.compare import Comparison


def cell_changes(comparison: Comparison) -> pd.DataFrame:
    """label, pred, before, after, entered, left of every cell that an image entered or left.

    The cells that moved most first. `entered` and `left` count images; after - before is their
    difference, and may be 0 where as many came as went.
    """
    rows = comparison.rows[comparison.rows["pred_before"] != comparison.rows["pred_after"]]
    counts = {}
    for name, table, pred in (
        ("before", comparison.rows, "pred_before"),
        ("after", comparison.rows, "pred_after"),
        ("entered", rows, "pred_after"),
        ("left", rows, "pred_before"),
    ):
        counts[name] = table.groupby(["label", pred]).size().rename_axis(["label", "pred"])
    cells = pd.DataFrame(counts).fillna(0).astype(int)
    cells = cells[cells["entered"] + cells["left"] > 0].reset_index()
    order = (cells["entered"] + cells["left"]).sort_values(ascending=False, kind="stable").index
    return cells.loc[order].reset_index(drop=True)


def cell_images(comparison: Comparison, label: int, pred: int) -> dict[str, np.ndarray]:
    """`left` and `entered`: (N,) masks of the images that left a cell and that entered it."""
    rows = comparison.rows
    was, now = rows["pred_before"] == pred, rows["pred_after"] == pred
    mine = rows["label"] == label
    return {"left": (mine & was & ~now).to_numpy(), "entered": (mine & now & ~was).to_numpy()}
