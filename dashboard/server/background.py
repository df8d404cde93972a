"""Work that takes longer than a click: a thread that every tab can watch.

A script of Streamlit ends with the next click, so what must go on needs a thread of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from core import artifacts
from core.datasets import ProgressCallback
from core.errors import FencepostError

FIRST_GUESS = 2.0  # seconds, before which nothing is said of the time left


class Stopped(Exception):
    """Somebody asked for the end of it."""


@dataclass
class Work:
    """How far it is. Its thread writes, every tab reads.

    Attributes:
        stage: what is being done, in words, where it has more than one part.
        result: what it gave, once it is finished.
        error: what stopped it, in words for the page; empty where nothing did.
        stopped: whether a person stopped it.
    """

    done: int = 0
    total: int = 1
    stage: str = ""
    result: object = None
    error: str = ""
    finished: bool = False
    stopped: bool = False
    _began: tuple[int, float] = field(default=(0, 0.0), repr=False)
    _stop: bool = field(default=False, repr=False)

    def start(self, what: Callable[[ProgressCallback], object]) -> Work:
        """Begin; `what` is given a function to say its progress with."""
        threading.Thread(target=self._run, args=(what,), daemon=True).start()
        return self

    def enter(self, stage: str) -> None:
        """Begin another part of it, from its own thread: progress counts anew."""
        self.done, self.total, self.stage = 0, 1, stage

    def stop(self) -> None:
        """Ask for its end, which comes with its next word of progress."""
        self._stop = True

    def wait(self, seconds: float) -> bool:
        """Whether it is finished after so long at most: of what is short, nobody sees a bar."""
        until = time.monotonic() + seconds
        while not self.finished and time.monotonic() < until:
            time.sleep(0.01)
        return self.finished

    def seconds_left(self) -> float | None:
        """From the pace of this part so far; None while that says nothing."""
        first, began = self._began
        spent = time.monotonic() - began
        if self.done <= first or spent < FIRST_GUESS:
            return None
        return spent / (self.done - first) * (self.total - self.done)

    def _run(self, what: Callable[[ProgressCallback], object]) -> None:
        try:
            self.result = what(self._advance)
        except Stopped:
            self.stopped = True
        except (FencepostError, OSError) as error:
            self.error = artifacts.in_words(error)
        except MemoryError:
            self.error = "The machine ran out of memory: ask for less at a time."
        except BaseException:  # no tab may wait for ever, whatever happened
            self.error = "It failed unexpectedly: see the server's log."
            raise
        finally:
            self.finished = True

    def _advance(self, done: int, total: int) -> None:
        if self._stop:
            raise Stopped
        if self.done == 0 or done < self.done:
            self._began = (done, time.monotonic())
        self.done, self.total = done, max(total, 1)


def about(seconds: float) -> str:
    """A time that nobody can know well: `about 2 min left`."""
    if seconds < 50:
        return "less than a minute left"
    if seconds < 90 * 60:
        return f"about {max(1, round(seconds / 60))} min left"
    return f"about {round(seconds / 3600)} h left"


@st.fragment(run_every="1s")
def show_progress(work: Work, words: str, *, then_rerun: bool = True) -> None:
    """A bar until the work is finished, then the page anew where it has something new to show."""
    if work.finished:
        if then_rerun or work.error:
            st.rerun()
    elif work.done:
        left = work.seconds_left()
        text = f"{work.stage or words}: {work.done:,} of {work.total:,}"
        share = min(1.0, work.done / work.total)
        st.progress(share, text=text if left is None else f"{text}, {about(left)}")
    else:
        st.progress(0.0, text=work.stage or words)
