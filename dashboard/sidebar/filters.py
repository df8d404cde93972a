"""Which run, which of its images, in what order: widgets that the URL mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import queries
from core.errors import RunError
from core.evaluation import classification
from core.queries.rankings import Order, measures, natural_ranking, rankings
from core.queries.selection import Selection
from core.runs import Run
from dashboard.components import run_labels
from dashboard.session import cached, link, state
from dashboard.session.state import (
    AUTO,
    CELLS,
    FILTERS,
    HIGHEST,
    IMAGE,
    LOWEST,
    ORDER,
    PAGE,
    PRED,
    RANK,
    RUN,
    SHOW,
    SHOWS,
    SPLIT,
    TRUE,
)
from dashboard.sidebar.ranges import outer, pick_range
from dashboard.text import plain

BAR = "selection_bar"
WIDTH = 150  # pixels
READ_IN = 20  # seconds that a message stays
SELECTABLE_CELLS = 400  # a list longer than this is no longer one that a person reads


class Uses(Enum):
    """What a page uses of the sidebar, each with all that stands before it."""

    NOTHING = 0
    RUN = 1
    SPLIT = 2
    SELECTION = 3


def pick_run(found: Sequence[Run]) -> Run:
    """The run picker. The URL holds the id, which outlives a new name."""
    ids = [run.id for run in found]
    _follow_url(ids)
    if st.session_state.get(RUN) not in ids:
        # Going to another page ends a run of the script before this widget: its state is lost.
        before = link.last(RUN)
        st.session_state[RUN] = before if before in ids else ids[0]
    names = run_labels.labels(found)
    chosen = st.selectbox(
        "Run", ids, format_func=lambda i: names.get(i, i), key=RUN, on_change=_other_images
    )
    link.write(RUN, chosen)
    return found[ids.index(chosen)]


def _follow_url(ids: Sequence[str]) -> None:
    """Take the run from the URL when it changed under us: a link, or the browser's Back."""
    asked = st.query_params.get(RUN)
    if asked in ids and link.changed(RUN):
        st.session_state[RUN] = asked
    elif asked and asked not in ids:
        words = f"Run {plain(asked[:80])} was deleted, or is damaged: another one is shown."
        st.toast(words, icon=":material/warning:", duration=READ_IN)


def pick_split(run: Run, uses: Uses) -> str:
    """The widget of the split, below the run; hidden where the page does not use it."""
    with _shown("sidebar_split", uses is not Uses.RUN):
        return _pick_split(run)


def pick_selection(run: Run, split: str, uses: Uses) -> tuple[Selection, Order]:
    """The widgets of the selection and its order in one line, and what they say.

    What the page does not use is hidden, not left out: Streamlit takes a widget that is not in the
    browser out of the URL, and forgets what it holds.
    """
    with _shown(
        BAR, uses is Uses.SELECTION, horizontal=True, vertical_alignment="center", gap=None
    ):
        return _pick_rest(run, split)


def _shown(key: str, shown: bool, **layout: Any) -> DeltaGenerator:
    """A part of the page, hidden where it is not used."""
    if not shown:
        st.html(f"<style>:has(> .st-key-{key}) {{ display: none }}</style>")
    return st.container(key=key, **layout)


def _pick_rest(run: Run, split: str) -> tuple[Selection, Order]:
    names = list(run.classes)
    selection = Selection(
        split=split,
        labels=_pick_classes("True class", TRUE, names),
        preds=_pick_classes("Predicted class", PRED, names),
        correct=_pick_correct(),
    )
    order = st.container(
        horizontal=True, vertical_alignment="center", width="content", gap="xsmall"
    )
    with st.popover(_more(), icon=":material/tune:"):
        cells = _pick_cells(run, selection.split)
        ranges = _pick_ranges(run, selection.split)
    selection = Selection(
        selection.split, selection.labels, selection.preds, cells, selection.correct, ranges
    )
    st.button(
        "Clear", on_click=state.clear, type="tertiary", key="clear_selection",
        disabled=selection == Selection(split),
    )  # fmt: skip
    with order:
        return selection, _pick_order(run, selection, names)


def _first_page() -> None:
    st.session_state[PAGE] = 1


def _other_images() -> None:
    """Another run or split: the number of an image means another image there."""
    _first_page()
    if IMAGE in st.session_state:
        st.session_state[IMAGE] = None


def _keep_known(key: str, options: Sequence[Any]) -> None:
    """Forget what a widget holds that it no longer offers, as after a change of run."""
    held = st.session_state.get(key)
    if isinstance(held, list):
        if any(value not in options for value in held):
            st.session_state[key] = [value for value in held if value in options]
    elif held is not None and held not in options:
        del st.session_state[key]


def _pick_split(run: Run) -> str:
    splits = cached.splits(run)
    if not splits:
        raise RunError(f"Run {run.name} is damaged: its table has no image of train, val or test.")
    _keep_known(SPLIT, splits)
    return st.segmented_control(
        "Split", splits, default=splits[0], key=SPLIT, required=True, bind="query-params",
        on_change=_other_images,
        help="test: held out. val: chose the epoch. train: what the model learned from.",
    )  # fmt: skip


def _pick_classes(title: str, key: str, names: Sequence[str]) -> tuple[int, ...]:
    _keep_known(key, names)
    chosen = st.multiselect(
        title, names, key=key, placeholder=f"{title.split()[0]}: any", label_visibility="collapsed",
        width=WIDTH, bind="query-params", on_change=_first_page,
    )  # fmt: skip
    return tuple(names.index(name) for name in chosen)


def _pick_correct() -> bool | None:
    shown = st.segmented_control(
        "Show", list(SHOWS), key=SHOW, bind="query-params", on_change=_first_page,
        label_visibility="collapsed", width="content",
    )  # fmt: skip
    return SHOWS.get(shown) if shown else None


def _more() -> str:
    """The name of the popover: how many filters in it are in force."""
    # A link has them in the URL before their widgets have made them session state.
    held = (st.session_state.get(k, st.query_params.get_all(k)) for k in (CELLS, FILTERS))
    count = sum(len(names or ()) for names in held)
    return f"More ({count})" if count else "More"


def _pick_cells(run: Run, split: str) -> tuple[tuple[int, int], ...]:
    largest = classification.most_confused(cached.confusion_matrix(run, split), SELECTABLE_CELLS)
    options = {state.cell_name(run, a, b): (a, b) for a, b, _ in largest}
    named = [*st.session_state.get(CELLS, []), *st.query_params.get_all(CELLS)]
    options |= {name: cell for name in named if (cell := state.parse_cell(run, name))}
    _keep_known(CELLS, list(options))
    chosen = st.multiselect(
        "Cells", list(options), key=CELLS, placeholder="Any", bind="query-params",
        on_change=_first_page,
        help="Cells of the confusion matrix, true class → predicted class; several add up.",
    )  # fmt: skip
    return tuple(options[name] for name in chosen)


def _pick_ranges(run: Run, split: str) -> tuple[tuple[str, float, float], ...]:
    """A slider for each column that the user chose to filter by."""
    options = {column.name: column for column in measures(run)}
    _keep_known(FILTERS, list(options))
    chosen = st.multiselect(
        "Ranges", list(options), format_func=lambda c: options[c].label, key=FILTERS,
        placeholder="Loss ...", bind="query-params", on_change=_first_page,
    )  # fmt: skip
    extent = queries.extent(run, split, chosen) if chosen else {}
    picked = [(name, *pick_range(options[name], *extent[name], _first_page)) for name in chosen]
    return tuple(
        (name, low, high) for name, low, high in picked if (low, high) != outer(*extent[name])
    )


def _pick_order(run: Run, selection: Selection, names: Sequence[str]) -> Order:
    """The ranking, and from which end it is read."""
    named = rankings(run)
    options = [AUTO, *(name for name in named if name != AUTO)]
    _keep_known(RANK, options)
    rank = st.selectbox(
        "Ranked by", options, format_func=lambda c: "Automatic" if c == AUTO else named[c].label,
        key=RANK, bind="query-params", on_change=_first_page, label_visibility="collapsed",
        width=WIDTH,
    )  # fmt: skip
    order = st.segmented_control(
        "Order", [HIGHEST, LOWEST], default=HIGHEST, key=ORDER, required=True, bind="query-params",
        on_change=_first_page, label_visibility="collapsed", width="content",
    )  # fmt: skip
    column = natural_ranking(selection, run) if rank == AUTO else rank
    return Order(column, order != LOWEST)
