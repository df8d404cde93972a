"""The images that a person picked: of one run at a time, under a key that a link can name.

They lie beside the runs, so they outlive a reload and the server. Who opens another's link picks on
under a key of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.runs import Run
from dashboard.session import link, unsaved

PICKS = "_picks"
BEFORE = "_picks_before"  # what was picked until it was cleared
KEY = "picks"  # in the URL
MOST = 10_000
KEPT = 100  # sets of picks of one run: the oldest beyond are forgotten


@dataclass(frozen=True)
class Picks:
    """Rows picked in a run; `seq` counts the browser's messages, so that late answers are told.

    `id` is the key under which they are kept; empty where nothing was picked yet, or by others.
    """

    run_id: str
    rows: tuple[int, ...] = ()
    seq: int = 0
    id: str = ""


def of(run: Run) -> Picks:
    """What is picked of a run."""
    kept = st.session_state.get(PICKS)
    return kept if kept and kept.run_id == run.id else Picks(run.id)


def take_up(run: Run) -> None:
    """What the URL asks for, before a page is drawn: after a reload, or from a link."""
    asked = link.changed(KEY)
    if not unsaved.ID.fullmatch(asked) or asked == of(run).id:
        return
    count = sum(metrics["n"] or 0 for metrics in run.metrics.values())
    rows = unsaved.read(run.id, KEY, asked).get("rows", [])
    st.session_state[PICKS] = Picks(run.id, _sound(rows, count), of(run).seq)
    link.write(KEY, asked)


def _sound(rows: Any, count: int) -> tuple[int, ...]:
    """What can be rows of a run of so many: the file may be anybody's."""
    if not isinstance(rows, list):
        return ()
    return tuple(dict.fromkeys(k for k in rows[:MOST] if type(k) is int and 0 <= k < count))


def write_link(run: Run) -> None:
    """Have the URL name the picks in force."""
    picks = of(run)
    if not picks.rows:
        link.write(KEY, "")
    elif picks.id:
        link.write(KEY, picks.id)


def hear(run: Run, message: Any) -> None:
    """Take the picks that the browser sends, from a callback."""
    if isinstance(message, dict):
        _put(run, [int(row) for row in message.get("rows", [])], int(message.get("seq", 0)))


def add(run: Run, rows: Sequence[int]) -> None:
    """Pick these too, from a callback."""
    _put(run, [*of(run).rows, *rows])


def clear(run: Run) -> None:
    """Pick nothing, from a callback; `bring_back` undoes it."""
    st.session_state[BEFORE] = of(run)
    _put(run, [])


def bring_back(run: Run) -> None:
    """Pick again what was cleared, from a callback."""
    _put(run, cleared(run))


def cleared(run: Run) -> tuple[int, ...]:
    """What was picked of this run until it was cleared."""
    before = st.session_state.get(BEFORE)
    return before.rows if before and before.run_id == run.id else ()


def _put(run: Run, rows: Sequence[int], seq: int | None = None) -> None:
    before = of(run)
    picks = replace(
        before,
        rows=tuple(dict.fromkeys(rows))[:MOST],
        seq=before.seq if seq is None else seq,
        id=before.id or unsaved.new_id(),
    )
    st.session_state[PICKS] = picks
    if picks.rows:
        unsaved.keep(run.id, KEY, picks.id, {"rows": list(picks.rows)}, most=KEPT)
