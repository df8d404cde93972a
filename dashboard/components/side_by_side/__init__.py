"""Two to four images over the whole window, which zoom and move together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.components.gallery import HERE as GALLERY
from dashboard.components.gallery import Tile

HERE = Path(__file__).parent
MOST = 4

_component = st.components.v2.component(
    "fencepost_side_by_side",
    html='<button class="offer" type="button">Side by side</button>',
    css=(HERE / "side_by_side.css").read_text(encoding="utf-8"),
    js="\n".join(
        path.read_text(encoding="utf-8") for path in (HERE / "side_by_side.js", GALLERY / "zoom.js")
    ),
)


def offer(tiles: Sequence[Tile]) -> None:
    """A button that shows them."""
    _component(key="picks_side_by_side", data={"tiles": list(tiles)}, width="content")
