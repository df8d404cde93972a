"""One thing that a person makes of a run: in work in a session, written down until it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st

from core.training.jobs.progress import when
from dashboard.session import unsaved


class OfRun(Protocol):
    @property
    def run_id(self) -> str: ...


T = TypeVar("T", bound=OfRun)


@dataclass(frozen=True)
class LeftOver(Generic[T]):
    """What was in work before a reload, or is in another session; `changed` is a POSIX time.

    `elsewhere`: whether that session is still open, so that only a copy can be gone on with.
    """

    id: str
    changed: float
    value: T
    elsewhere: bool = False

    @property
    def when(self) -> str:
        return when(datetime.fromtimestamp(self.changed, UTC).isoformat())


class InProgress(Generic[T]):
    """The piece of one kind that this session works on, at most one at a time."""

    def __init__(
        self,
        key: str,
        to_json: Callable[[T], dict[str, Any]],
        from_json: Callable[[str, dict[str, Any]], T | None],
    ) -> None:
        """`from_json` of a run's id gives None, KeyError, TypeError or ValueError for no piece."""
        self.key, self._id = key, f"{key}_id"
        self._to_json, self._from_json = to_json, from_json

    def current(self, run_id: str) -> T | None:
        """The piece in work, where it is about this run."""
        held = st.session_state.get(self.key)
        return held if held and held.run_id == run_id else None

    def begin(self, value: T) -> None:
        """Put another piece in work; it is written down once it is changed."""
        st.session_state[self.key] = value
        st.session_state.pop(self._id, None)

    def put(self, value: T) -> None:
        """Change what is in work, and write it down until it is saved or given up."""
        if self.current(value.run_id) is None:
            self.begin(value)
        st.session_state[self.key] = value
        piece = st.session_state.setdefault(self._id, unsaved.new_id())
        unsaved.keep(value.run_id, self.key, piece, self._to_json(value))

    def left_over(self, run_id: str) -> list[LeftOver[T]]:
        """What can be taken up again, the last first; what cannot be read is left out."""
        found = []
        for piece in unsaved.pieces(run_id, self.key):
            try:
                value = self._from_json(run_id, piece.value)
            except (KeyError, TypeError, ValueError):
                continue
            if value is not None:
                elsewhere = unsaved.in_other_session(piece.id)
                found.append(LeftOver(piece.id, piece.changed, value, elsewhere))
        return found

    def take_up(self, left: LeftOver[T]) -> None:
        """Go on with it; with a copy where another session does."""
        self.begin(left.value)
        if unsaved.claim(left.id):
            st.session_state[self._id] = left.id

    def saved(self, value: T) -> None:
        """It is kept elsewhere, as this; what was written down of it is no longer needed."""
        self.drop()
        st.session_state[self.key] = value

    def drop(self) -> None:
        """Leave what is in work."""
        held = st.session_state.pop(self.key, None)
        piece = st.session_state.pop(self._id, None)
        if held and piece is not None:
            unsaved.forget(held.run_id, self.key, piece)
