"""Light, dark, or as the system has it: one button that goes round, kept by the browser."""

from __future__ import annotations

from dashboard.components.component import component

_component = component(__file__, '<button type="button"></button>')


def theme_switch(pages: list[str], *, key: str) -> None:
    """Draw the button.

    Args:
        pages: the paths of all pages; Streamlit keeps one theme for each.
    """
    _component(key=key, data={"pages": pages}, width="content")
