"""Image tiles that open in a panel beside them, are picked, and heed the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NotRequired, TypedDict

import streamlit as st

from dashboard.components.component import component

SCRIPTS = ("gallery.js", "keys.js", "panel.js", "zoom.js", "hover.js")  # of one script
STYLES = ("gallery.css", "panel.css")
Layout = Literal["grid", "strip", "rows", "sheet", "single"]


class Tile(TypedDict):
    """One image and what is written on it; `src` is empty where it cannot be shown.

    `meanwhile` is a picture to show until that of `src` is computed.
    """

    row: int
    index: int
    src: str
    href: str
    label: str
    labelProb: str
    pred: str
    predProb: str
    correct: bool
    score: str
    meanwhile: NotRequired[str]


class Group(TypedDict):
    """Tiles under a title, which may be empty."""

    title: str
    tiles: list[Tile]


_component = component(
    __file__, '<div class="gallery" role="group"></div>', styles=STYLES, scripts=SCRIPTS
)


def gallery(
    groups: Sequence[Group],
    *,
    key: str,
    label: str,
    on_open: Callable[[], None],
    layout: Layout = "grid",
    size: str = "M",
    picked: Sequence[int] | None = None,
    seq: int = 0,
    on_pick: Callable[[], None] = lambda: None,
    after: int = 0,
    following: Sequence[str] = (),
) -> None:
    """Draw the tiles.

    Args:
        picked: rows that are picked; None where nothing can be picked.
        seq: number of the last pick that Python has heard of.
        on_open: called when the page of an image is asked for, which
            `st.session_state[key]["open"]` names: {row, index}.
        on_pick: called when picks change; `st.session_state[key]["pick"]` is {rows, seq}.
        after: number of the last click elsewhere that these tiles answer. The browser may have
            drawn those of a later one already, which it keeps until they are answered.
        following: pictures to fetch when those in sight are there, as the next page has them.
    """
    data: dict[str, Any] = {
        "groups": list(groups),
        "layout": layout,
        "size": size,
        "label": label,
        "pick": picked is not None,
        "picked": list(picked or ()),
        "seq": seq,
        "key": key,
        "after": after,
        "following": list(following),
    }
    with st.container(key=f"tiles_{layout}_{key}"):  # has its height before there are tiles
        _component(key=key, data=data, on_open_change=on_open, on_pick_change=on_pick)
