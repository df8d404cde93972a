"""What was not saved, of this session before a reload and of others, each to be gone on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.session.in_progress import LeftOver, T


def offer(
    found: Sequence[LeftOver[T]],
    words: Callable[[T], str],
    take_up: Callable[[LeftOver[T]], None],
    key: str,
) -> None:
    """A button for each; of several, each says when it was changed last."""
    for number, each in enumerate(found):
        when = f", {each.when}" if len(found) > 1 else ""
        copied = "a copy of " if each.elsewhere else ""
        where = "in work in another tab" if each.elsewhere else "unsaved"
        st.button(
            f"Continue with {copied}{words(each.value)} ({where}{when})", icon=":material/history:",
            key=f"{key}_{each.id}", type="secondary" if number else "primary",
            on_click=take_up, args=(each,),
        )  # fmt: skip
