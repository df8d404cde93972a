"""What the URL may hold, and what a callback that leads to another page leaves in it."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.session import link
from dashboard.session.state import (
    CELLS,
    FILTERS,
    IMAGE,
    ORDER,
    PAGE,
    PRED,
    RANK,
    RUN,
    SEED,
    SHOW,
    SPLIT,
    TRUE,
)

NUMBERS = (IMAGE, PAGE, SEED)
MOST = 2**31 - 1


def drop_unusable() -> None:
    """Take out of the URL what Streamlit fails on, before any widget reads it.

    A number input ends in an OverflowError on `inf` and on 400 digits; and a choice that has to be
    made is none where its value is empty.
    """
    odd = [key for key in st.query_params if not _is_usable(key, st.query_params.get_all(key))]
    try:
        for key in odd:
            del st.query_params[key]
    except StreamlitAPIException:  # a widget has it already, and so a value
        return
    if odd:
        st.rerun()


def _is_usable(key: str, values: list[str]) -> bool:
    return any(values) and (key not in NUMBERS or is_whole(values[-1]))


def is_whole(text: str) -> bool:
    """Whether a text is a whole number that the input for an index can hold."""
    try:
        value = float(text)
    except ValueError:
        return False
    return value.is_integer() and 0 <= value <= MOST


def unbound_in_url(image: bool) -> dict[str, str]:
    """What the next page's URL must name as no widget writes it: the run, and the first image.

    Args:
        image: whether that page has an image, in a widget that is not on this page.
    """
    run_id = st.session_state.get(RUN) or link.last(RUN) or None
    index = st.session_state.get(IMAGE) if image else None
    return {k: str(v) for k, v in ((RUN, run_id), (IMAGE, index)) if v is not None}


def write_selection() -> None:
    """On a new page: have the widgets write the selection into its URL, which begins without it."""
    held = st.session_state
    ranges = [f"range_{name}" for name in held.get(FILTERS) or ()]
    for key in (SPLIT, TRUE, PRED, SHOW, CELLS, FILTERS, RANK, ORDER, *ranges):
        if key in held:
            held[key] = held[key]
