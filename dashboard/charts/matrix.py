"""The confusion matrix, and the difference of two, as figures that can be clicked.

A click gives [label, pred], -1 for "any": a class name is its whole row or column of errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.evaluation.cells import ANY
from dashboard.charts.cell_grid import add_cells, add_names, cell_grid
from dashboard.text import plain_text, short

# Few is near the background, many stands out from it: so each theme needs a scale of its own.
LIGHT = [[0, "#f6d9bd"], [0.35, "#e99b5c"], [0.7, "#cf6426"], [1, "#7a3511"]]
DARK = [[0, "#3a2820"], [0.35, "#7d4422"], [0.7, "#c8692b"], [1, "#f6b27c"]]
# A cell without a number, and one on the diagonal: fainter than any number.
LIGHT_EMPTY = [[0, "#f4f2eb"], [1, "#efece3"]]
DARK_EMPTY = [[0, "#1b2123"], [1, "#20272a"]]
# From lost over nothing to gained.
LIGHT_CHANGE = [[0, "#d9682b"], [0.5, "#ece9df"], [1, "#3f8f6b"]]
DARK_CHANGE = [[0, "#d9682b"], [0.5, "#2a3134"], [1, "#4f9d78"]]

LEAST_PERCENT = 5.0  # that is as dark as can be, so that a few errors in thousands stay pale
HOVERED = 30  # letters of a class name under the mouse

MODES = {
    "Counts": "how many images",
    "Row %": "of the images of a true class, how many were predicted so",
    "Column %": "of the images predicted as a class, how many truly are",
}


def _shown(counts: np.ndarray, mode: str) -> np.ndarray:
    """The matrix as the mode shows it: counts, or percent of its row or column."""
    if mode == "Counts":
        return counts.astype(float)
    sums = counts.sum(axis=1 if mode == "Row %" else 0, keepdims=True)
    return 100 * counts / np.maximum(sums, 1)


def confusion(
    counts: np.ndarray,
    classes: Sequence[str],
    *,
    shown: Sequence[int] | None = None,
    mode: str = "Counts",
    errors_only: bool = True,
    dark: bool = False,
) -> go.Figure:
    """The confusion matrix, label by pred.

    Args:
        counts: (K, K), all of it, so that percentages are of all images.
        shown: the class ids to draw, all where not given.
    """
    ids = list(range(len(classes)) if shown is None else shown)
    place = np.ix_(ids, ids)
    off = ~np.eye(len(ids), dtype=bool)
    values = _shown(counts, mode)[place]
    visible = (off | (not errors_only)) & (counts[place] > 0)
    figure = cell_grid([short(classes[c]) for c in ids])
    figure.add_heatmap(
        z=np.where(visible, values, np.nan), text=_cell_texts(values, visible, mode),
        texttemplate="%{text}", textfont={"size": 13 if len(ids) <= 12 else 11},
        colorscale=DARK if dark else LIGHT, showscale=False, xgap=2, ygap=2, hoverinfo="skip",
        zmin=0, zmax=_top(values, off, errors_only, 0 if mode == "Counts" else LEAST_PERCENT),
    )  # fmt: skip
    add_cells(figure, ids, _hovers(counts, _shown(counts, mode), ids, classes, mode))
    wrong = counts.sum(axis=1) - np.diag(counts), counts.sum(axis=0) - np.diag(counts)
    names = [plain_text(name) for name in classes]
    add_names(
        figure,
        ids,
        classes,
        [f"{wrong[0][c]:,} errors of {names[c]}" for c in ids],
        [f"{wrong[1][c]:,} errors predicted as {names[c]}" for c in ids],
        dark,
    )
    _tint(figure, ~visible, dark)
    return figure


def difference(
    cells: pd.DataFrame,
    lines: pd.DataFrame,
    classes: Sequence[str],
    *,
    shown: Sequence[int],
    dark: bool = False,
) -> go.Figure:
    """How many more images each cell has than before.

    More on the diagonal and fewer beside it is a gain, and green; the contrary is a loss.

    Args:
        cells: label, pred, before, after, entered, left, of the cells that changed.
        lines: the same of the rows and columns that changed, without the diagonal.
        shown: the class ids to draw.
    """
    ids, place = list(shown), {c: k for k, c in enumerate(shown)}
    gains, texts = np.full((len(ids), len(ids)), np.nan), [[""] * len(ids) for _ in ids]
    names = [plain_text(name) for name in classes]
    for cell in cells[cells["label"].isin(ids) & cells["pred"].isin(ids)].itertuples():
        y, x, more = place[cell.label], place[cell.pred], cell.after - cell.before
        gains[y, x] = more if x == y else -more
        texts[y][x] = f"{more:+,}" if more else "±0"
    most = max(float(np.nanmax(np.abs(gains), initial=0, where=~np.isnan(gains))), 1)
    figure = cell_grid([short(classes[c]) for c in ids])
    figure.add_heatmap(
        z=gains, text=texts, texttemplate="%{text}",
        textfont={"size": 13 if len(ids) <= 12 else 11}, zmin=-most, zmax=most,
        colorscale=DARK_CHANGE if dark else LIGHT_CHANGE, showscale=False, xgap=2, ygap=2,
        hoverinfo="skip",
    )  # fmt: skip
    changes: Iterable[Any] = pd.concat([cells, lines]).itertuples()
    moved = {(c.label, c.pred): _moved(c) for c in changes}
    still = "<br>no image came or went"
    add_cells(
        figure, ids,
        [f"<b>{names[a]}</b> predicted as <b>{names[b]}</b>{moved.get((a, b), still)}"
         for a in ids for b in ids],
    )  # fmt: skip
    add_names(
        figure, ids, classes,
        [f"Errors of <b>{names[c]}</b>{moved.get((c, ANY), still)}" for c in ids],
        [f"Errors predicted as <b>{names[c]}</b>{moved.get((ANY, c), still)}" for c in ids],
        dark,
    )  # fmt: skip
    _tint(figure, np.isnan(gains), dark)
    return figure


def _tint(figure: go.Figure, empty: np.ndarray, dark: bool) -> None:
    """A faint tint in the cells (K, K) without a number, so that the eye keeps its row and column.

    The diagonal is a little stronger: it leads from one end to the other.
    """
    z = np.where(empty, np.eye(len(empty)), np.nan)
    figure.add_heatmap(
        z=z, zmin=0, zmax=1, colorscale=DARK_EMPTY if dark else LIGHT_EMPTY, showscale=False,
        xgap=2, ygap=2, hoverinfo="skip",
    )  # fmt: skip


def _moved(change: Any) -> str:
    return (
        f"<br>{change.before:,} images before, {change.after:,} after: "
        f"{change.left:,} gone, {change.entered:,} new"
    )


def _top(values: np.ndarray, off: np.ndarray, errors_only: bool, least: float) -> float:
    largest = values[off] if errors_only and off.any() else values
    return float(max(largest.max(initial=0), least, 1e-9))


def _cell_texts(values: np.ndarray, visible: np.ndarray, mode: str) -> list[list[str]]:
    rows = zip(values, visible, strict=True)
    return [[_cell_text(v, mode) if ok else "" for v, ok in zip(*row, strict=True)] for row in rows]


def _cell_text(value: float, mode: str) -> str:
    if mode == "Counts":
        return f"{value:,.0f}"
    if value >= 0.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 0.05 else "<0.1"


def _hovers(
    counts: np.ndarray,
    values: np.ndarray,
    ids: Sequence[int],
    classes: Sequence[str],
    mode: str,
) -> list[str]:
    """What each cell says under the mouse, row by row."""
    names = [plain_text(short(name, HOVERED)) for name in classes]
    return [
        f"<b>{names[a]}</b> predicted as <b>{names[b]}</b><br>{counts[a, b]:,} images"
        + ("" if mode == "Counts" else f" ({values[a, b]:.1f}%)")
        for a in ids
        for b in ids
    ]
