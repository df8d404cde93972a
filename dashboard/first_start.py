"""The pictures of the run that ships with Fencepost: stored once, when it is first looked at.

Until then each is drawn as it is shown, so no page waits.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import streamlit as st

from core import artifacts, datasets, run_images
from core.datasets import demo
from core.errors import FencepostError
from core.runs import Run
from dashboard.markdown import plain

HEAD_START = 1.0  # seconds in which the first page is drawn before the pictures are


@dataclass
class Drawing:
    """How far the drawing is. Its thread writes, every tab reads."""

    done: int = 0
    total: int = 1
    error: str = ""
    finished: bool = False

    def run(self) -> None:
        time.sleep(HEAD_START)
        try:
            datasets.prepare("demo", self._advance)
            run_images.forget()
        except (FencepostError, OSError) as error:
            self.error = str(error)
        self.finished = True

    def _advance(self, done: int, total: int) -> None:
        self.done, self.total = done, max(total, 1)


@st.cache_resource(show_spinner=False)
def _drawing(root: str) -> Drawing:
    """The one drawing below this root: a thread, because a click would end a page's own work."""
    drawing = Drawing(finished=demo.is_stored(artifacts.datasets_dir() / "demo"))
    if not drawing.finished:
        threading.Thread(target=drawing.run, daemon=True).start()
    return drawing


def store_pictures(run: Run) -> None:
    """Have the demo's pictures stored, and show in the sidebar how far that is."""
    if run.dataset != "demo":
        return
    drawing = _drawing(str(artifacts.root()))
    if drawing.error:
        st.warning(
            "The demo's pictures cannot be stored, so each is drawn as it is shown. "
            f"{plain(drawing.error)}"
        )
        st.button("Try again", key="first_start_again", on_click=_drawing.clear)
    elif not drawing.finished:
        _show_bar()


@st.fragment(run_every="1s")
def _show_bar() -> None:
    drawing = _drawing(str(artifacts.root()))
    if drawing.finished:
        st.rerun()
    elif drawing.done:
        st.progress(
            min(1.0, drawing.done / drawing.total),
            text=f"Storing the demo's pictures: {drawing.done:,} of {drawing.total:,}",
        )
