"""The confusion matrix as a figure that can be clicked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import MUTED, base, plain_text, short

# Few is near the background, many stands out from it: so each theme needs a scale of its own.
LIGHT = [[0, "#f6d9bd"], [0.35, "#e99b5c"], [0.7, "#cf6426"], [1, "#7a3511"]]
DARK = [[0, "#3a2820"], [0.35, "#7d4422"], [0.7, "#c8692b"], [1, "#f6b27c"]]
# From lost over nothing to gained.
LIGHT_CHANGE = [[0, "#d9682b"], [0.5, "#ece9df"], [1, "#3f8f6b"]]
DARK_CHANGE = [[0, "#d9682b"], [0.5, "#2a3134"], [1, "#4f9d78"]]
MARK = "#3b82c4"
CELL, SMALL_CELL = 44, 30  # pixels
NARROWEST = 340  # pixels that the whole matrix has on a phone

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
    marked: Iterable[tuple[int, int]] = (),
    dark: bool = False,
) -> go.Figure:
    """The confusion matrix, label by pred; a click gives a cell, or a whole row or column.

    Plotly selects no heatmap cells, so an invisible marker lies over each cell; the class names are
    markers too. `customdata` is [label, pred], -1 for "any".

    Args:
        counts: (K, K), all of it, so that percentages are of all images.
        shown: the class ids to draw, all where not given.
        marked: (label, pred) cells to draw a frame around.
    """
    ids = list(range(len(classes)) if shown is None else shown)
    place = np.ix_(ids, ids)
    off = ~np.eye(len(ids), dtype=bool)
    values = _shown(counts, mode)[place]
    visible = (off | (not errors_only)) & (counts[place] > 0)
    figure = _matrix_base([short(classes[c]) for c in ids])
    figure.add_heatmap(
        z=np.where(visible, values, np.nan), text=_cell_texts(values, visible, mode),
        texttemplate="%{text}", textfont={"size": 13 if len(ids) <= 12 else 11},
        colorscale=DARK if dark else LIGHT, showscale=False, xgap=2, ygap=2, hoverinfo="skip",
        zmin=0, zmax=_top(values, off, errors_only),
    )  # fmt: skip
    _add_cells(figure, ids, _hovers(counts, _shown(counts, mode), ids, classes, mode))
    wrong = counts.sum(axis=1) - np.diag(counts), counts.sum(axis=0) - np.diag(counts)
    names = [plain_text(name) for name in classes]
    _add_names(
        figure,
        ids,
        classes,
        [f"{wrong[0][c]:,} errors of {names[c]}" for c in ids],
        [f"{wrong[1][c]:,} errors predicted as {names[c]}" for c in ids],
    )
    _add_marks(figure, ids, marked)
    return figure


def difference(
    cells: pd.DataFrame,
    classes: Sequence[str],
    *,
    shown: Sequence[int],
    marked: Iterable[tuple[int, int]] = (),
    dark: bool = False,
) -> go.Figure:
    """How many more images each cell has than before; a click gives [label, pred] as above.

    More on the diagonal and fewer beside it is a gain, and green; the contrary is a loss.

    Args:
        cells: label, pred, before, after, entered, left, of the cells that changed.
        shown: the class ids to draw.
    """
    ids, place = list(shown), {c: k for k, c in enumerate(shown)}
    gains, texts = np.full((len(ids), len(ids)), np.nan), [[""] * len(ids) for _ in ids]
    names = [plain_text(name) for name in classes]
    hovers = {(a, b): f"<b>{names[a]}</b> predicted as <b>{names[b]}</b><br>no image came or went"
              for a in ids for b in ids}  # fmt: skip
    for cell in cells[cells["label"].isin(ids) & cells["pred"].isin(ids)].itertuples():
        y, x, more = place[cell.label], place[cell.pred], cell.after - cell.before
        gains[y, x] = more if x == y else -more
        texts[y][x] = f"{more:+,}" if more else "±0"
        hovers[cell.label, cell.pred] = (
            f"<b>{names[cell.label]}</b> predicted as <b>{names[cell.pred]}</b><br>"
            f"{cell.before:,} images before, {cell.after:,} after: "
            f"{cell.left:,} left, {cell.entered:,} entered"
        )
    most = max(float(np.nanmax(np.abs(gains), initial=0, where=~np.isnan(gains))), 1)
    figure = _matrix_base([short(classes[c]) for c in ids])
    figure.add_heatmap(
        z=gains, text=texts, texttemplate="%{text}",
        textfont={"size": 13 if len(ids) <= 12 else 11}, zmin=-most, zmax=most,
        colorscale=DARK_CHANGE if dark else LIGHT_CHANGE, showscale=False, xgap=2, ygap=2,
        hoverinfo="skip",
    )  # fmt: skip
    _add_cells(figure, ids, [hovers[a, b] for a in ids for b in ids])
    _add_names(figure, ids, classes, [names[c] for c in ids], [names[c] for c in ids])
    _add_marks(figure, ids, marked)
    return figure


def _matrix_base(names: Sequence[str]) -> go.Figure:
    k = len(names)
    cell = CELL if k <= 12 else SMALL_CELL
    # The names stand inside the axes, in units of cells: only there can they be clicked.
    left = _width(names) / max(NARROWEST - _width(names), 1) * k
    top = (_width(names) * 0.75 if _is_turned(names) else 20) / cell
    figure = base(
        round(16 + cell * (k + top)),
        hovermode="closest",
        hoverdistance=-1,
        clickmode="event+select",
        dragmode=False,
        showlegend=False,
        xaxis={"range": [-0.5 - left, k - 0.5], "fixedrange": True, "visible": False},
        yaxis={"range": [k - 0.5, -0.5 - top], "fixedrange": True, "visible": False},
    )
    figure.update_layout(margin_r=36 if _is_turned(names) else 8)
    return figure


def _width(names: Sequence[str]) -> int:
    """Pixels that the longest name takes."""
    return 16 + 7 * max(map(len, names), default=0)


def _is_turned(names: Sequence[str]) -> bool:
    """Whether names over the columns would run into each other, so that they stand aslant."""
    return _width(names) > (NARROWEST - _width(names)) / max(len(names), 1)


def _top(values: np.ndarray, off: np.ndarray, errors_only: bool) -> float:
    largest = values[off] if errors_only and off.any() else values
    return float(max(largest.max(initial=0), 1e-9))


def _cell_texts(values: np.ndarray, visible: np.ndarray, mode: str) -> list[list[str]]:
    rows = zip(values, visible, strict=True)
    return [[_cell_text(v, mode) if ok else "" for v, ok in zip(*row, strict=True)] for row in rows]


def _cell_text(value: float, mode: str) -> str:
    if mode == "Counts":
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 1 else "<1"


def _hovers(
    counts: np.ndarray,
    values: np.ndarray,
    ids: Sequence[int],
    classes: Sequence[str],
    mode: str,
) -> list[str]:
    """What each cell says under the mouse, row by row."""
    names = [plain_text(name) for name in classes]
    return [
        f"<b>{names[a]}</b> predicted as <b>{names[b]}</b><br>{counts[a, b]:,} images"
        + ("" if mode == "Counts" else f" ({values[a, b]:.1f}%)")
        for a in ids
        for b in ids
    ]


def _add_cells(figure: go.Figure, ids: Sequence[int], hovers: Sequence[str]) -> None:
    each = np.array(ids)
    y, x = np.indices((len(ids), len(ids))).reshape(2, -1)
    figure.add_scatter(
        x=x, y=y, mode="markers", customdata=_pairs(each[y], each[x]),
        hovertext=list(hovers), hovertemplate="%{hovertext}<extra></extra>",
        # Tiny: the nearest marker takes a click, but of those that overlap under it, the last.
        marker={"symbol": "square", "size": 2, "opacity": 0, "color": MUTED},
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
    )  # fmt: skip


def _pairs(labels: np.ndarray, preds: np.ndarray) -> list[list[int]]:
    # Lists: of an array, the browser would give a clicked point's data back as an object.
    return np.column_stack([labels, preds]).tolist()


def _add_names(
    figure: go.Figure,
    ids: Sequence[int],
    classes: Sequence[str],
    row_hovers: Sequence[str],
    column_hovers: Sequence[str],
) -> None:
    each, any_class = np.arange(len(ids)), np.full(len(ids), -1)
    names = [short(classes[c]) for c in ids]
    turned = _is_turned(names)
    # Up to a cell's width from the cells, so that these are the nearest up to their edges.
    left, top = (max(-1, (end - 0.5) / 2) for end in
                 (figure.layout.xaxis.range[0], figure.layout.yaxis.range[1]))  # fmt: skip
    for x, y, position, data, hovers in (
        (any_class * -left, each, "middle left", _pairs(np.array(ids), any_class), row_hovers),
        (each, any_class * -top, "top center", _pairs(any_class, np.array(ids)), column_hovers),
    ):
        if not (turned and position == "top center"):
            figure.add_scatter(
                x=np.where(x < 0, -0.6, x), y=np.where(y < 0, -0.75, y), mode="text",
                text=[plain_text(name) for name in names], textposition=position,
                textfont={"size": 12}, hoverinfo="skip",
            )  # fmt: skip
        figure.add_scatter(
            x=x, y=y, mode="markers", customdata=data, marker={"size": 2, "opacity": 0},
            hovertext=list(hovers),
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    if turned:
        look = {"y": -0.55, "textangle": -45, "showarrow": False, "xanchor": "left",
                "yanchor": "bottom", "font": {"size": 12}, "captureevents": False}  # fmt: skip
        # At once: adding one after the other checks all of them each time.
        figure.update_layout(
            annotations=[{"x": k - 0.2, "text": plain_text(names[k]), **look} for k in each]
        )


def _add_marks(figure: go.Figure, ids: Sequence[int], marked: Iterable[tuple[int, int]]) -> None:
    place = {c: k for k, c in enumerate(ids)}
    corners = [(place[b], place[a]) for a, b in marked if a in place and b in place]
    figure.update_layout(
        shapes=[
            {"type": "rect", "x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5,
             "line": {"color": MARK, "width": 3}}
            for x, y in corners
        ]
    )  # fmt: skip
