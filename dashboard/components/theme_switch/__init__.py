"""Light, dark, or as the system has it: one button that goes round, kept by the browser."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fencepost_theme",
    html='<button type="button"></button>\n<!-- its sign is drawn by theme_switch.js -->',
    css=(HERE / "theme_switch.css").read_text(encoding="utf-8"),
    js=(HERE / "theme_switch.js").read_text(encoding="utf-8"),
)


def theme_switch(pages: list[str], *, key: str) -> None:
    """Draw the button.

    Args:
        pages: the paths of all pages; Streamlit keeps one theme for each.
    """
    _component(key=key, data={"pages": pages}, width="content")
