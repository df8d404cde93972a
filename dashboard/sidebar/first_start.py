"""The pictures of the run that ships with Fencepost: stored once, when it is first looked at.

Until then each is drawn as it is shown, so no page waits.
"""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from core import artifacts, datasets
from core.datasets import ProgressCallback
from core.runs import Run
from core.runs import images as run_images
from dashboard.server.background import Work, show_progress
from dashboard.session import actions
from dashboard.text import plain

HEAD_START = 1.0  # seconds in which the first page is drawn before the pictures are


def _store(name: str, progress: ProgressCallback) -> None:
    time.sleep(HEAD_START)
    datasets.prepare(name, progress)
    run_images.forget()


@st.cache_resource(show_spinner=False)
def _storing(root: str, name: str) -> Work:
    """The one storing of this data set below this root."""
    if datasets.is_ready(name):
        return Work(finished=True)
    return Work().start(partial(_store, name))


def store_pictures(run: Run) -> None:
    """Have the demo's pictures stored, and show in the sidebar how far that is."""
    kind = datasets.kind_of(run.dataset)
    if kind is None or not kind.stored_unasked or not actions.may("store"):
        return
    storing = _storing(str(artifacts.root()), run.dataset)
    if storing.error:
        st.warning(
            "The demo's pictures cannot be stored, so each is drawn as it is shown. "
            f"{plain(storing.error)}"
        )
        st.button("Try again", key="first_start_again", on_click=_storing.clear)
    elif not storing.finished:
        # No page changes by it, and to draw one again while a person goes to another is a risk: a
        # busy browser sees the second drawing only, without the values that the first one set.
        show_progress(storing, "Storing the demo's pictures", then_rerun=False)
