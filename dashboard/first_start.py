"""The pictures of the run that ships with Fencepost: drawn once, when it is first looked at."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import streamlit as st

from core import artifacts, datasets
from core.errors import DatasetError, FencepostError
from core.runs import Run
from dashboard.markdown import plain


@dataclass
class Drawing:
    """How far the drawing is. Its thread writes, every tab reads."""

    done: int = 0
    total: int = 1
    error: str = ""
    finished: bool = False

    def run(self) -> None:
        try:
            datasets.prepare("demo", self._advance)
        except (FencepostError, OSError) as error:
            self.error = str(error)
        self.finished = True

    def _advance(self, done: int, total: int) -> None:
        self.done, self.total = done, max(total, 1)


@st.cache_resource(show_spinner=False)
def _drawing(root: str) -> Drawing:
    """The one drawing below this root: a thread, because a click would end a page's own work."""
    drawing = Drawing()
    threading.Thread(target=drawing.run, daemon=True).start()
    return drawing


def images_ready(run: Run) -> bool:
    """Whether the page can be shown; if not, a bar stands in its place until it can."""
    if run.dataset != "demo" or _is_drawn():
        return True
    drawing = _drawing(str(artifacts.root()))
    if drawing.error:
        st.warning(f"The demo's pictures cannot be drawn. {plain(drawing.error)}")
        st.button("Try again", key="first_start_again", on_click=_drawing.clear)
    if drawing.finished:  # the numbers need no pictures
        return True
    st.title("Welcome to Fencepost")
    st.write("The pictures of the demo are drawn on this machine, once. It takes some seconds.")
    _show_bar()
    return False


def _is_drawn() -> bool:
    try:
        datasets.load_dataset("demo")
    except DatasetError:
        return False
    return True


@st.fragment(run_every="0.5s")
def _show_bar() -> None:
    drawing = _drawing(str(artifacts.root()))
    if drawing.finished:
        st.rerun()
    share = min(1.0, drawing.done / drawing.total)
    st.progress(
        share, text=f"{drawing.done:,} of {drawing.total:,} pictures" if share else "Drawing"
    )
