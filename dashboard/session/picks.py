"""The images that a person picked: kept for the session, for one run at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.runs import Run

PICKS = "_picks"
MOST = 10_000


@dataclass(frozen=True)
class Picks:
    """Rows picked in a run; `seq` counts the browser's messages, so that late answers are told."""

    run_id: str
    rows: tuple[int, ...] = ()
    seq: int = 0


def of(run: Run) -> Picks:
    """What is picked of a run."""
    kept = st.session_state.get(PICKS)
    return kept if kept and kept.run_id == run.id else Picks(run.id)


def hear(run: Run, message: Any) -> None:
    """Take the picks that the browser sends, from a callback."""
    if not isinstance(message, dict):
        return
    rows = tuple(dict.fromkeys(int(row) for row in message.get("rows", [])[:MOST]))
    st.session_state[PICKS] = Picks(run.id, rows, int(message.get("seq", 0)))


def add(run: Run, rows: list[int]) -> None:
    """Pick these too, from a callback."""
    before = of(run)
    merged = tuple(dict.fromkeys([*before.rows, *rows]))[:MOST]
    st.session_state[PICKS] = Picks(run.id, merged, before.seq)


def clear(run: Run) -> None:
    """Pick nothing, from a callback."""
    st.session_state[PICKS] = Picks(run.id, (), of(run).seq)
