"""Bars with a name and a number each, of plain HTML: links that a click, a tap or Enter follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

import streamlit as st

from dashboard.components.component import component


class Bar(TypedDict):
    """One bar.

    Attributes:
        share: 0 to 1 of the whole width.
        href: its address, for a new tab.
        said: all of it in words.
    """

    id: int
    name: str
    number: str
    share: float
    href: str
    said: str


_component = component(__file__, '<ol class="bars"></ol>')


def bars(drawn: Sequence[Bar], *, key: str, label: str, on_open: Callable[[], None]) -> None:
    """Draw the bars; `on_open` is called when one is followed: `opened` has its id."""
    _component(key=key, data={"bars": list(drawn), "label": label}, on_open_change=on_open)


def opened(key: str) -> int | None:
    """The id of the bar that was followed, from its callback."""
    told = (st.session_state.get(key) or {}).get("open")
    return int(told["id"]) if isinstance(told, dict) and str(told.get("id")).isdecimal() else None
