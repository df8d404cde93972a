"""A choice in the URL that no widget of Streamlit's binds: followed where it changed under us."""

from __future__ import annotations

import streamlit as st


def last(key: str) -> str:
    """What was written last; empty where nothing was."""
    return st.session_state.get(f"_url_{key}") or ""


def changed(key: str) -> str:
    """What the URL asks for, where that is not what was written last: a link, or Back."""
    asked = st.query_params.get(key) or ""
    return "" if asked == last(key) else asked


def write(key: str, value: str) -> None:
    """Have the URL say so; an empty value takes the key out of it."""
    st.session_state[f"_url_{key}"] = value
    if not value:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value
