"""The switch for where the network looked: pages draw at once, maps come when it is open."""

from __future__ import annotations

import streamlit as st

from core.errors import FencepostError
from core.runs import Run
from dashboard import overlays, state
from dashboard.markdown import plain


def pick_where(run: Run, *, key: str, default: bool) -> bool:
    """The switch, and what to know of the maps; whether they can be drawn now."""
    if state.images_problem(run):
        return False
    with st.container(horizontal=True, vertical_alignment="center"):
        return _pick_where(run, key, default)


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
    st.caption(words, width="content")
    return True


@st.fragment(run_every="1s")
def _wait(run: Run) -> None:
    state.leave_if_asked()
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
