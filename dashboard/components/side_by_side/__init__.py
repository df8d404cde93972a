"""Two to four images over the whole window, which zoom and move together."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.component import component
from dashboard.components.gallery import Tile

MOST = 4

_component = component(
    __file__,
    '<button class="offer" type="button">Side by side</button>',
    scripts=("side_by_side.js", "../gallery/zoom.js"),
)


def offer(tiles: Sequence[Tile]) -> None:
    """A button that shows them."""
    _component(key="picks_side_by_side", data={"tiles": list(tiles)}, width="content")
