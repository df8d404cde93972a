"""How much of a map lies over its picture: one slider for all maps of the page, in the browser."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fencepost_blend",
    html='<label><span>Picture</span><input type="range" min="0" max="100" step="5" '
    'aria-label="From the picture to the map over it"><span>Map</span></label>',
    css=(HERE / "blend.css").read_text(encoding="utf-8"),
    js=(HERE / "blend.js").read_text(encoding="utf-8"),
)


def blend(*, key: str) -> None:
    """Draw the slider; galleries heed it without another run of the page."""
    _component(key=key, width="content")
