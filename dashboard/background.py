"""Work that takes longer than a click: a thread that every tab can watch.

A script of Streamlit ends with the next click, so what must go on needs a thread of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.datasets import Progress
from core.errors import FencepostError


@dataclass
class Work:
    """How far it is. Its thread writes, every tab reads.

    Attributes:
        error: what stopped it, in words for the page; empty where nothing did.
    """

    done: int = 0
    total: int = 1
    error: str = ""
    finished: bool = False

    def start(self, what: Callable[[Progress], object]) -> Work:
        """Begin; `what` is given a function to say its progress with."""
        threading.Thread(target=self._run, args=(what,), daemon=True).start()
        return self

    def _run(self, what: Callable[[Progress], object]) -> None:
        try:
            what(self._advance)
        except (FencepostError, OSError) as error:
            self.error = str(error)
        finally:  # whatever stopped it, no page may wait for ever
            self.finished = True

    def _advance(self, done: int, total: int) -> None:
        self.done, self.total = done, max(total, 1)


@st.fragment(run_every="1s")
def show_progress(work: Work, words: str) -> None:
    """A bar until the work is finished, then the page anew."""
    if work.finished:
        st.rerun()
    elif work.done:
        share = min(1.0, work.done / work.total)
        st.progress(share, text=f"{words}: {work.done:,} of {work.total:,}")
