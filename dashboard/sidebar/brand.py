"""The name and mark at the top left, which lead to the Overview."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

WORDMARK = Path(__file__).with_name("wordmark.svg").read_text(encoding="utf-8")
# The theme's own colours: of rails, posts and letters, as they are on dark.
ON_DARK = {"#c2571a": "#f08a4b", "#2f6b4f": "#6cbf97", "#10140d": "#e6e8e3"}


def show_brand() -> None:
    """Draw them in the colours of the theme."""
    mark = WORDMARK
    if st.context.theme.type == "dark":
        for light, dark in ON_DARK.items():
            mark = mark.replace(light, dark)
    st.logo(mark, size="large")
