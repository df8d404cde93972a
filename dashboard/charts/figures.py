"""Tables to Plotly figures. No Streamlit here: most colours come from its config.toml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.text import plain_text, probability, short

# One pair for right and wrong, apart in hue and in lightness, readable on light and on dark.
RIGHT, WRONG = "#3f8f6b", "#d9682b"
MUTED = "#8a9099"
SEEN_AS_LINE = 2  # points of an epoch; a single one is drawn as a part of one line through all
FEW = 8  # up to which an axis of epochs is told not to be divided finer than one
STILL = {"displayModeBar": False}


def base(height: int, **layout) -> go.Figure:
    return go.Figure(layout={"height": height, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}} | layout)


def _names_axis(names: Sequence[str]) -> dict[str, Any]:
    """A name at each whole number: as categories, two names cut to the same text would be one."""
    return {
        "fixedrange": True,
        "tickvals": list(range(len(names))),
        "ticktext": [plain_text(name) for name in names],
        "ticklabelstandoff": 6,
        "showgrid": False,
        "zeroline": False,
        "range": [-0.6, len(names) - 0.4],
    }


def differences(names: Sequence[str], rows: pd.DataFrame) -> go.Figure:
    """What each group gained or lost, in points, with its interval; the first row on top.

    Args:
        rows: n, fixed, broken, before, after, difference, low, high, verdict, words.
    """
    shown = rows.iloc[::-1]
    colours = {"better": RIGHT, "worse": WRONG}
    hover = [
        f"<b>{plain_text(name)}</b>: {r['before']:.1%} before, {r['after']:.1%} after "
        f"(n = {r['n']:,}; {r['fixed']:,} fixed, {r['broken']:,} broken)<br>{r['words']}"
        for name, (_, r) in zip(reversed(names), shown.iterrows(), strict=True)
    ]
    figure = base(
        60 + 30 * len(rows),
        showlegend=False, hovermode="closest", dragmode=False,
        xaxis={"fixedrange": True, "title": "Points gained or lost",
               "zeroline": True, "zerolinewidth": 2},
        yaxis=_names_axis([short(name, 26) for name in reversed(names)]),
    )  # fmt: skip
    middle = 100 * shown["difference"]
    bars = [colours.get(verdict, MUTED) for verdict in shown["verdict"]]
    for row, (at, colour) in enumerate(zip(middle, bars, strict=True)):
        ends = 100 * shown[["low", "high"]].iloc[row]
        figure.add_scatter(
            x=list(ends), y=[row, row], mode="lines", line={"color": colour, "width": 3},
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=[at], y=[row], mode="markers", marker={"color": colour, "size": 10},
            hovertext=[hover[row]], hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    return figure


def training_curves(history: pd.DataFrame, value: str = "accuracy") -> go.Figure:
    """Running value over mini-batches of train, and after each epoch on the split that chose."""
    end = history["at"].max()
    figure = base(
        300,
        hovermode="x unified",
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"title": "Epoch", "fixedrange": True, "dtick": 1 if end <= FEW else None},
        yaxis={"fixedrange": True, "tickformat": ".0%" if value == "accuracy" else ".2f"},
    )
    for split, rows in history.groupby("split", sort=False):
        train = split == "train"
        whole = rows.groupby("epoch").size().max() < SEEN_AS_LINE
        rows = rows if whole else _broken_at_epochs(rows)
        figure.add_scatter(
            x=rows["at"], y=rows[value], mode="lines+markers" if whole else "lines",
            name="train, running" if train else f"{split}, after each epoch",
            line={"color": MUTED if train else RIGHT, "width": 1.5 if train else 2.5},
            hovertemplate="%{y:.1%}" if value == "accuracy" else "%{y:.3f}",
        )  # fmt: skip
    return figure


def _broken_at_epochs(rows: pd.DataFrame) -> pd.DataFrame:
    """An empty point after each epoch: there the running value begins anew."""
    empty = pd.DataFrame({"at": [np.nan]})
    return pd.concat([part for _, rows in rows.groupby("epoch") for part in (rows, empty)])


def probabilities(values: Sequence[float], classes: Sequence[str], label: int) -> go.Figure:
    """One bar a class, the most probable ten on top; the true class in its own colour."""
    order = np.argsort(np.nan_to_num(values, nan=-1))[-10:]  # what is not known stands below
    figure = base(
        40 + 30 * len(order),
        bargap=0.35,
        xaxis={"range": [0, 1.14], "fixedrange": True, "tickformat": ".0%", "dtick": 0.25},
        yaxis=_names_axis(
            [short(classes[k], 24) + (" (true)" if k == label else "") for k in order]
        ),
    )
    figure.add_bar(
        x=[values[k] for k in order],
        y=np.arange(len(order)),
        orientation="h", cliponaxis=False, textposition="outside",
        text=[plain_text(probability(values[k])) for k in order],
        marker_color=[RIGHT if k == label else WRONG for k in order], hoverinfo="skip",
    )  # fmt: skip
    return figure


def rates_by_class(rates: pd.DataFrame) -> go.Figure:
    """Dots with 95 % intervals, a row a class, one colour a split.

    Columns: split, class, shown, n, rate, low, high.
    """
    names = list(dict.fromkeys(rates["class"]))[::-1]
    figure = base(
        90 + 30 * len(names),
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"fixedrange": True, "tickformat": ".0%", "range": [-0.02, 1.02]},
        yaxis=_names_axis([short(name, 24) for name in names]),
    )
    for split, rows in rates.groupby("split", sort=False):
        train = split == "train"
        at = np.array([names.index(name) for name in rows["class"]]) + (0.14 if train else -0.14)
        figure.add_scatter(
            x=rows["rate"], y=at, mode="markers", name=str(split),
            marker={"color": MUTED if train else WRONG, "size": 9},
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 3,
                "array": rows["high"] - rows["rate"], "arrayminus": rows["rate"] - rows["low"],
            },
            hovertext=[
                f"{plain_text(r['class'])}, {split}: {r['shown']:,} of {r['n']:,}"
                for _, r in rows.iterrows()
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    return figure


def effects(rows: pd.DataFrame) -> go.Figure:
    """A dot a measure with its 95 % interval, the largest effect on top; faint where unclear."""
    shown = rows.iloc[::-1]
    edge = max(float(rows[["low", "high"]].abs().to_numpy().max()) * 1.1, 1.0)
    figure = base(
        70 + 34 * len(rows),
        xaxis={"fixedrange": True, "title": "less ← effect → more", "range": [-edge, edge],
               "zeroline": True, "zerolinecolor": MUTED},
        yaxis=_names_axis([short(name, 24) for name in shown["measure"]]),
    )  # fmt: skip
    figure.add_scatter(
        x=shown["effect"], y=np.arange(len(rows)), mode="markers",
        marker={"size": 11, "color": [WRONG if c else MUTED for c in shown["clear"]]},
        error_x={"type": "data", "symmetric": False, "array": shown["high"] - shown["effect"],
                 "arrayminus": shown["effect"] - shown["low"], "color": MUTED, "thickness": 2},
        customdata=shown[["low", "high"]].to_numpy(),
        hovertemplate="%{x:.2f} (95% interval %{customdata[0]:.2f} to %{customdata[1]:.2f})"
        "<extra></extra>",
    )  # fmt: skip
    return figure
