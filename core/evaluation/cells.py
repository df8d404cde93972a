"""The cells of two confusion matrices: which images entered each, and which left it.

A whole row or column is one too, with `ANY` for the class that it does not name: the errors of a
true class, or the errors predicted as a class. The diagonal is in neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:  # it loads scipy, which drawing a matrix does not need
    from core.evaluation.comparison import Comparison

ANY = -1
COLUMNS = ["label", "pred", "before", "after", "entered", "left"]


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
    return _most_moved_first(cells)


def line_changes(comparison: Comparison) -> pd.DataFrame:
    """The columns of `cell_changes` for every row and column that an error entered or left."""
    rows, k = comparison.rows, len(comparison.after.classes)
    label = rows["label"].to_numpy()
    old, new = (rows[f"pred_{when}"].to_numpy() for when in ("before", "after"))
    was, now, moved = old != label, new != label, old != new
    classes, other = np.arange(k), np.full(k, ANY)
    found = []
    for which, masks in (
        ((classes, other), ((label, was), (label, now), (label, now & ~was), (label, was & ~now))),
        ((other, classes), ((old, was), (new, now), (new, now & moved), (old, was & moved))),
    ):
        counts = [np.bincount(of[mask], minlength=k) for of, mask in masks]
        found.append(pd.DataFrame(dict(zip(COLUMNS, (*which, *counts), strict=True))))
    lines = pd.concat(found)
    return _most_moved_first(lines[lines["entered"] + lines["left"] > 0])


def _most_moved_first(cells: pd.DataFrame) -> pd.DataFrame:
    moved = -(cells["entered"] + cells["left"])
    return cells.iloc[np.argsort(moved, kind="stable")].reset_index(drop=True)


def cell_images(comparison: Comparison, label: int, pred: int) -> dict[str, np.ndarray]:
    """`left` and `entered`: (N,) masks of the images that left a cell and that entered it.

    Either class may be `ANY`: a row or a column of errors.
    """
    true = comparison.rows["label"].to_numpy()
    was, now = (
        _is_in(true, comparison.rows[f"pred_{when}"].to_numpy(), label, pred)
        for when in ("before", "after")
    )
    return {"left": was & ~now, "entered": now & ~was}


def _is_in(true: np.ndarray, predicted: np.ndarray, label: int, pred: int) -> np.ndarray:
    if label == ANY:
        return (true != predicted) & (predicted == pred)
    return (true == label) & (predicted != label if pred == ANY else predicted == pred)
