"""What pages share: the run, the selection and the order in force.

The sidebar's widgets are the truth and the URL mirrors them. A page that wants to change the
selection calls `choose` from a callback, which runs before the widgets are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from core.queries.rankings import Order
from core.queries.selection import Selection
from core.runs import Run
from dashboard.text import plain

RUN, SPLIT, TRUE, PRED, SHOW, CELLS = "run", "split", "true", "pred", "show", "cells"
RANK, ORDER, FILTERS, PAGE, IMAGE, SEED = "rank", "order", "filters", "page", "image", "seed"
AUTO = "auto"
HIGHEST, LOWEST = "Highest first", "Lowest first"
ERRORS, RIGHT = "Errors", "Right"
SHOWS = {ERRORS: False, RIGHT: True}
ARROW = " → "
GO = "_go"  # the page that a callback asks for, see navigation
CURRENT = "_current"
MARKS = "_marks"  # (run id, predicted class) -> channel -> its mark, see channel_marks


def remember(run: Run, selection: Selection, order: Order) -> None:
    """Keep what the sidebar says, for the page that the frame runs next."""
    st.session_state[CURRENT] = (run, selection, order)


def current() -> tuple[Run, Selection, Order]:
    """The run, the selection and the order in force."""
    return st.session_state[CURRENT]


def choose(
    *,
    true: Iterable[str] = (),
    pred: Iterable[str] = (),
    show: str | None = None,
    cells: Iterable[str] = (),
    rank: str | None = None,
    order: str | None = None,
    go: str | None = None,
) -> None:
    """Replace the selection, from a callback; `go` names the page to open then.

    Without `rank`, a ranking by the probability of a class, which was about the last selection,
    gives way to the automatic one; any other stays.
    """
    st.session_state[TRUE] = list(true)
    st.session_state[PRED] = list(pred)
    st.session_state[SHOW] = show
    st.session_state[CELLS] = list(cells)
    st.session_state[PAGE] = 1
    if rank or st.session_state.get(RANK, AUTO).startswith("p_"):
        st.session_state[RANK] = rank or AUTO
        st.session_state[ORDER] = order or HIGHEST
    if go:
        st.session_state[GO] = go


def order_of_next(order: Order) -> tuple[str, bool]:
    """The ranking, or `AUTO`, and whether highest first, as `choose` leaves them."""
    ranked_by = st.session_state.get(RANK, AUTO)
    return (AUTO, True) if ranked_by.startswith("p_") else (ranked_by, order.descending)


def choose_cells(run: Run, cells: Sequence[tuple[int, int]], go: str | None = None) -> None:
    """Select cells of the matrix: one as its two classes, several as a list that adds up."""
    if len(cells) == 1:
        [(label, pred)] = cells
        choose(true=[run.classes[label]], pred=[run.classes[pred]], go=go)
    else:
        choose(cells=[cell_name(run, a, b) for a, b in cells], go=go)


def clear() -> None:
    """Every image again: no class, no cell, no range; the ranking goes back to automatic."""
    choose(rank=AUTO)
    st.session_state[FILTERS] = []


def cell_name(run: Run, label: int, pred: int) -> str:
    return f"{run.classes[label]}{ARROW}{run.classes[pred]}"


def parse_cell(run: Run, name: str) -> tuple[int, int] | None:
    """The cell of this name, or None where the run has no such classes."""
    ids = {c: k for k, c in enumerate(run.classes)}
    pieces = name.split(ARROW)  # a class may have the arrow in its own name
    for cut in range(1, len(pieces)):
        label, pred = ARROW.join(pieces[:cut]), ARROW.join(pieces[cut:])
        if label in ids and pred in ids:
            return ids[label], ids[pred]
    return None


def keep_page(pages: int) -> None:
    """Never stand on a page that the selection no longer has."""
    if st.session_state.get(PAGE, 1) > pages:
        st.session_state[PAGE] = max(pages, 1)


def heading(run: Run, selection: Selection) -> str:
    """The selection as a heading: a class keeps its own case."""
    words = selection.describe(run.classes)
    return plain(words.replace("all", "All", 1) if words.startswith("all images") else words)


def curves(history: pd.DataFrame) -> pd.DataFrame:
    """The history with `at`, where on the axis of epochs each point stands; empty without one."""
    if history.empty or not {"step", "epoch", "split", "loss", "accuracy"} <= {*history}:
        return pd.DataFrame()
    per_epoch = max(history["step"].max() / max(history["epoch"].max(), 1), 1)
    return history.assign(at=history["step"] / per_epoch)
