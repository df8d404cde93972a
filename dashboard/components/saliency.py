"""The switch for where the network looked: pages draw at once, maps come when it is open."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.errors import FencepostError
from core.runs import Run
from dashboard.components.blend import blend
from dashboard.components.tiles import Part
from dashboard.server import overlays
from dashboard.session import cached, navigation
from dashboard.text import plain


def pick_where(run: Run, *, key: str, default: bool) -> bool:
    """The switch, and what to know of the maps; whether they can be drawn now."""
    if cached.images_problem(run):
        return False
    with st.container(horizontal=True, vertical_alignment="center"):
        return _pick_where(run, key, default)


def is_shown(run: Run, *, key: str, default: bool) -> bool:
    """What `pick_where` will answer further down the page; nothing is drawn or begun."""
    if not st.session_state.get(key, default) or cached.images_problem(run):
        return False
    try:
        return overlays.opened(run) is not None
    except FencepostError:
        return False


def _pick_where(run: Run, key: str, default: bool) -> bool:
    wanted = st.toggle(
        "Show where it looked", value=default, key=key, bind="query-params",
        on_change=overlays.forget, args=(run,),
        help="Bright where the network looked, dark elsewhere; the line marks half of the maximum. "
        "Each picture has its own scale; an all-dark one has nothing that speaks for the class.",
    )  # fmt: skip
    if not wanted:
        return False
    overlays.start_opening(run)
    try:
        words = overlays.opened(run)
    except FencepostError as error:
        st.caption(f":material/visibility_off: {plain(error)}", width="content")
        return False
    if words is None:
        _wait(run)
        return False
    blend(key=f"{key}_blend")
    st.caption(words, width="content")
    return True


@st.fragment(run_every="1s")
def _wait(run: Run) -> None:
    navigation.leave_if_asked()
    st.caption(
        ":material/hourglass_top: Opening the network: the maps appear in a few seconds.",
        width="content",
    )
    try:
        ready = overlays.opened(run) is not None
    except FencepostError:
        ready = True
    if ready:
        st.rerun()


def looked(run: Run, found: pd.DataFrame, preds: Sequence[int | None]) -> Part:
    """An image once a class, with what speaks for it; None for the image as it is."""
    kinds = ["" if k is None else overlays.toward(k) for k in preds]
    notes = ["as it is" if k is None else f"for {run.classes[k]}" for k in preds]
    return Part("", pd.concat([found] * len(preds), ignore_index=True), notes, kinds)
