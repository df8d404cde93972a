"""Ways to other pages and images. A callback names the page, and the frame goes there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.server import signing
from dashboard.session.state import GO, IMAGE, SPLIT

CAME_FROM = "_came_from"  # (run id, split, index) of the image whose neighbour was opened last


def address(page: str, **query: str | int) -> str:
    """Where a page lies, with what its URL names: for a new tab or another person."""
    return f"{signing.base_path()}/{page}?{urlencode(query)}"


def open_page(name: str) -> None:
    """Go to a page, from a callback."""
    st.session_state[GO] = name


def open_image(index: int, split: str | None = None) -> None:
    """Open an image's own page, from a callback."""
    st.session_state[IMAGE] = index
    if split:
        st.session_state[SPLIT] = split
    open_page("image")


def show_image(index: int | None) -> None:
    """Show another image on the image's page, from a callback; None for the first there is."""
    st.session_state[IMAGE] = index


def asked_image() -> Any:
    """The image that a click or the URL asks for, if any."""
    if IMAGE in st.session_state:
        return st.session_state[IMAGE]
    return st.query_params.get(IMAGE)


def leave_if_asked() -> None:
    """First line of a fragment: a callback that names another page needs the whole app to run."""
    if GO in st.session_state:
        st.rerun()
