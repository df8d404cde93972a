"""A square of cells that can be clicked, with the classes' names: the frame of every matrix.

Plotly selects no heatmap cells, so an invisible marker lies over each cell; the class names are
markers too. `customdata` is [label, pred], -1 for "any".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.figures import MUTED, base
from dashboard.text import plain_text, short, width

MARK = "#3b82c4"
LIGHT_NAME, DARK_NAME = "#5b6157", "#a4aba9"  # named, as Plotly would fade what a click leaves out
CELL, SMALL_CELL = 44, 30  # pixels
NARROWEST = 340  # pixels that the whole matrix has on a phone


def cell_grid(names: Sequence[str]) -> go.Figure:
    """A figure with room for (K, K) cells and for the K names, row 0 at the top."""
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
    return 16 + 7 * max(map(width, names), default=0)


def _is_turned(names: Sequence[str]) -> bool:
    """Whether names over the columns would run into each other, so that they stand aslant."""
    return _width(names) > (NARROWEST - _width(names)) / max(len(names), 1)


def add_cells(figure: go.Figure, ids: Sequence[int], hovers: Sequence[str]) -> None:
    """What is clicked and hovered: `hovers` has a text a cell, row by row."""
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


def add_names(
    figure: go.Figure,
    ids: Sequence[int],
    classes: Sequence[str],
    row_hovers: Sequence[str],
    column_hovers: Sequence[str],
    dark: bool,
) -> None:
    """The names of the rows and of the columns, and what each says under the mouse."""
    each, any_class = np.arange(len(ids)), np.full(len(ids), -1)
    names = [short(classes[c]) for c in ids]
    turned, look = _is_turned(names), {"size": 12, "color": DARK_NAME if dark else LIGHT_NAME}
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
                textfont=look, unselected={"textfont": {"color": look["color"]}}, hoverinfo="skip",
            )  # fmt: skip
        figure.add_scatter(
            x=x, y=y, mode="markers", customdata=data, marker={"size": 2, "opacity": 0},
            hovertext=list(hovers),
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    if turned:
        aslant = {"y": -0.55, "textangle": -45, "showarrow": False, "xanchor": "left",
                  "yanchor": "bottom", "font": look, "captureevents": False}  # fmt: skip
        # At once: adding one after the other checks all of them each time.
        figure.update_layout(
            annotations=[{"x": k - 0.2, "text": plain_text(names[k]), **aslant} for k in each]
        )


def frames(
    figure: go.Figure, key: str, ids: Sequence[int], marked: Iterable[tuple[int, int]]
) -> str:
    """A style that draws a frame around (label, pred) cells, over the chart that has this key.

    Beside the figure and not in it: to Streamlit a figure with other frames is another chart, and
    a click on the one before, while that is on its way, would be lost.
    """
    place, layout = {c: k for k, c in enumerate(ids)}, figure.layout
    (left, right), (bottom, top) = layout.xaxis.range, layout.yaxis.range
    # A little inside the cell, so that no edge of the chart cuts the line.
    squares = "".join(
        f'<rect x="{place[b] - 0.47 - left:.3f}" y="{place[a] - 0.47 - top:.3f}" width="0.94" '
        'height="0.94" vector-effect="non-scaling-stroke"/>'
        for a, b in marked
        if a in place and b in place
    )
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="none" '
        f'viewBox="0 0 {right - left:.3f} {bottom - top:.3f}">'
        f'<g fill="none" stroke="{MARK}" stroke-width="3">{squares}</g></svg>'
    )
    inset = " ".join(f"{layout.margin[side]}px" for side in "trbl")
    return (
        f".st-key-{key} {{position: relative}} "
        # The label of the cell under the mouse lies over the frame.
        f".st-key-{key} .main-svg:has(.hoverlayer) {{z-index: 1}} "
        f'.st-key-{key}::after {{content: ""; position: absolute; inset: {inset}; '
        "pointer-events: none; "
        f'background: url("data:image/svg+xml,{quote(drawn)}") 0 0 / 100% 100% no-repeat}}'
    )
