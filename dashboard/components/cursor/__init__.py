"""Puts the cursor into a text field, for who came to a page to type into it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "fencepost_cursor",
    html="<span hidden></span>",
    js=(Path(__file__).parent / "cursor.js").read_text(encoding="utf-8"),
)


def put_cursor(field: str, *, key: str) -> None:
    """Into the text input whose key is `field`, once for each; not where a finger types."""
    _component(key=key, data={"field": field}, width="content")
