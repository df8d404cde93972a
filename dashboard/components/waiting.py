"""What takes longer than a click, as a page shows it: how far it is, Stop, and Continue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.server.background import Work, show_progress


def show_waiting(
    work: Work, words: str, *, key: str, again: Callable[..., None], args: tuple[Any, ...]
) -> bool:
    """Whether there is nothing to show of it yet; then how far it is, or that it was stopped.

    Args:
        again: takes what was stopped up again, with `args`; a callback.
    """
    if not work.finished:
        show_progress(work, words)
        st.button("Stop", icon=":material/stop_circle:", key=f"{key}_stop", on_click=work.stop,
                  help="What was computed so far is kept")  # fmt: skip
        return True
    if work.stopped:
        st.info("Stopped. What was computed so far is kept.", icon=":material/stop_circle:")
        st.button("Continue", icon=":material/resume:", key=f"{key}_again", on_click=again,
                  args=args)  # fmt: skip
    return work.stopped
