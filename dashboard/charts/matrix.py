"""The confusion matrix, and the difference of two, as cells with what stands in them.

Numbers in words and tones; `dashboard.components.matrix` draws them. A place is [row, column] among
the classes that are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict

import numpy as np
import pandas as pd

from core.evaluation.cells import ANY
from dashboard.text import short

LEAST_PERCENT = 5.0  # that is as dark as can be, so that a few errors in thousands stay pale
LEAST_TONE = 0.1  # of a cell with any number at all, so that a single error is seen

MODES = {
    "Counts": "how many images",
    "Row %": "of the images of a true class, how many were predicted so",
    "Column %": "of the images predicted as a class, how many truly are",
}


class Cell(NamedTuple):
    """A cell that has something to say.

    Attributes:
        tone: 0 to 1, how much of its colour it has.
        right: whether that is the colour of right answers and of gains, not of errors and losses.
        note: what it says under the mouse, after the names of its classes.
    """

    row: int
    column: int
    text: str
    tone: float
    right: bool
    note: str


class Matrix(TypedDict):
    """Cells by the classes that are drawn; of the cells that are not listed, `still` is said.

    `rows` and `columns` are what the names say: each stands for its whole row or column of errors.
    """

    ids: list[int]
    names: list[str]
    classes: list[str]
    cells: list[Cell]
    rows: list[str]
    columns: list[str]
    still: str


def confusion(
    counts: np.ndarray,
    classes: Sequence[str],
    *,
    shown: Sequence[int] | None = None,
    mode: str = "Counts",
    errors_only: bool = True,
) -> Matrix:
    """The confusion matrix, label by pred.

    Args:
        counts: (K, K), all of it, so that percentages are of all images.
        shown: the class ids to draw, all where not given.
        errors_only: leave the diagonal without text and colour.
    """
    ids = list(range(len(classes)) if shown is None else shown)
    place = np.ix_(ids, ids)
    images, values = counts[place], _shown(counts, mode)[place]
    right = np.eye(len(ids), dtype=bool)
    least = 0 if mode == "Counts" else LEAST_PERCENT
    tones = np.where(right, _tones(values, right, least), _tones(values, ~right, least))
    cells = [
        Cell(y, x, "", 0, True, _note(images[y, x], values[y, x], mode))
        if y == x and errors_only
        else Cell(
            y, x, _cell_text(values[y, x], mode), round(float(tones[y, x]), 3), y == x,
            _note(images[y, x], values[y, x], mode),
        )
        for y, x in np.argwhere(images > 0).tolist()
    ]  # fmt: skip
    of_row, of_column = (counts.sum(axis=k) - np.diag(counts) for k in (1, 0))
    return _matrix(
        ids, classes, cells,
        rows=[f"{_errors(of_row[c])} of {classes[c]}" for c in ids],
        columns=[f"{_errors(of_column[c])} predicted as {classes[c]}" for c in ids],
        still="0 images",
    )  # fmt: skip


def difference(
    cells: pd.DataFrame, lines: pd.DataFrame, classes: Sequence[str], *, shown: Sequence[int]
) -> Matrix:
    """How many more images each cell has than before.

    More on the diagonal and fewer beside it is a gain; the contrary is a loss.

    Args:
        cells: label, pred, before, after, entered, left, of the cells that changed.
        lines: the same of the rows and columns that changed, without the diagonal.
        shown: the class ids to draw.
    """
    ids, place = list(shown), {c: k for k, c in enumerate(shown)}
    inside = cells[cells["label"].isin(ids) & cells["pred"].isin(ids)]
    most = max(int((inside["after"] - inside["before"]).abs().max()), 1) if len(inside) else 1
    drawn = [
        Cell(
            place[c.label], place[c.pred], f"{c.after - c.before:+,}".replace("+0", "±0"),
            round(abs(c.after - c.before) / most, 3), (c.after > c.before) == (c.label == c.pred),
            _moved(c),
        )
        for c in _each(inside)
    ]  # fmt: skip
    moved = {(c.label, c.pred): _moved(c) for c in _each(lines)}
    still = "no image came or went"
    return _matrix(
        ids, classes, drawn,
        rows=[f"Errors of {classes[c]}: {moved.get((c, ANY), still)}" for c in ids],
        columns=[f"Errors predicted as {classes[c]}: {moved.get((ANY, c), still)}" for c in ids],
        still=still,
    )  # fmt: skip


def _matrix(
    ids: list[int],
    classes: Sequence[str],
    cells: list[Cell],
    *,
    rows: list[str],
    columns: list[str],
    still: str,
) -> Matrix:
    return {
        "ids": ids,
        "names": [short(classes[c]) for c in ids],
        "classes": [classes[c] for c in ids],
        "cells": cells,
        "rows": rows,
        "columns": columns,
        "still": still,
    }


def _shown(counts: np.ndarray, mode: str) -> np.ndarray:
    """The matrix as the mode shows it: counts, or percent of its row or column."""
    if mode == "Counts":
        return counts.astype(float)
    sums = counts.sum(axis=1 if mode == "Row %" else 0, keepdims=True)
    return 100 * counts / np.maximum(sums, 1)


def _tones(values: np.ndarray, among: np.ndarray, least: float) -> np.ndarray:
    """How strong each value is among those of its kind: right answers do not drown the errors."""
    top = max(float(values[among].max(initial=0)), least, 1e-9)
    return LEAST_TONE + (1 - LEAST_TONE) * np.minimum(values / top, 1)


def _cell_text(value: float, mode: str) -> str:
    if mode == "Counts":
        return f"{value:,.0f}"
    if value >= 0.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 0.05 else "<0.1"


def _note(images: int, value: float, mode: str) -> str:
    counted = f"{images:,} {'image' if images == 1 else 'images'}"
    return counted if mode == "Counts" else f"{counted} ({value:.1f}%)"


def _errors(n: int) -> str:
    return f"{n:,} {'error' if n == 1 else 'errors'}"


def _each(changes: pd.DataFrame) -> list[Any]:
    return list(changes.itertuples())


def _moved(change: Any) -> str:
    return (
        f"{change.before:,} images before, {change.after:,} after: "
        f"{change.left:,} gone, {change.entered:,} new"
    )
