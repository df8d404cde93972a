"""What a callback that leads to another page leaves in that page's URL."""

from __future__ import annotations

import streamlit as st

from dashboard.session import link
from dashboard.session.state import CELLS, FILTERS, IMAGE, ORDER, PRED, RANK, RUN, SHOW, SPLIT, TRUE


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
