"""How much of a map lies over its picture: one slider for all maps of the page, in the browser."""

from __future__ import annotations

from dashboard.components.component import component

_component = component(
    __file__,
    '<label><span>Picture</span><input type="range" min="0" max="100" step="5" '
    'aria-label="From the picture to the map over it"><span>Map</span></label>',
)


def blend(*, key: str) -> None:
    """Draw the slider; galleries heed it without another run of the page."""
    _component(key=key, width="content")
