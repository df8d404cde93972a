"""What a person had in work when the page was reloaded or the server ended: offered again.

Beside the runs, in artifacts/unsaved/<run id>/<what>-<id>.json: a session and its state end with
the page, and an hour of picking must not. Each piece of work has an id of its own, so two people
on one run never overwrite each other. (Before they had ids, pieces were called <what>.json.)
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import artifacts
from core.runs.annotations import beside
from dashboard.session import actions

MOST = 8  # pieces of one kind on one run: the oldest beyond are forgotten
ID = re.compile(r"[0-9a-f]{16}")
_in_work: dict[str, str] = {}  # the id of a piece -> the session that works on it
_claiming = threading.Lock()


@dataclass(frozen=True)
class Piece:
    """One piece of work as it was written down last; `changed` is a POSIX time."""

    id: str
    changed: float
    value: dict[str, Any]


def new_id() -> str:
    return secrets.token_hex(8)


def claim(piece: str) -> bool:
    """Make it this session's, unless a session that is still open works on it."""
    context = get_script_run_ctx()
    mine = context.session_id if context else ""
    with _claiming:
        if mine and not in_other_session(piece):
            _in_work[piece] = mine
        return _in_work.get(piece, mine) == mine


def in_other_session(piece: str) -> bool:
    """Whether another session of this server, one that is still open, works on it."""
    context, owner = get_script_run_ctx(), _in_work.get(piece)
    if owner is None or (context and context.session_id == owner):
        return False
    return runtime.exists() and runtime.get_instance().is_active_session(owner)


def keep(run_id: str, what: str, piece: str, value: dict[str, Any], most: int = MOST) -> None:
    """Write a piece down, where that is allowed; of its kind only the newest `most` are kept."""
    if not actions.may("save", run_id):
        return
    with suppress(OSError):  # a disk without room must not end the work itself
        path = _path(run_id, what, piece)
        if not path.exists():
            for old in _files(run_id, what)[most - 1 :]:
                if not in_other_session(_id(old, what)):
                    old.unlink(missing_ok=True)
        claim(piece)
        artifacts.write_json(path, value)


def change(run_id: str, what: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    """Change a piece that all sessions share; False where it is not allowed or cannot be kept."""
    if not actions.may("save", run_id):
        return False
    with suppress(OSError):
        with beside.changing(_path(run_id, what, "")) as held:
            held.update(change(dict(held)))
        return True
    return False


def shared(run_id: str, what: str) -> dict[str, Any]:
    """The piece that all sessions share; empty where nothing was, or it can no longer be read."""
    return beside.read(_path(run_id, what, ""))


def read(run_id: str, what: str, piece: str) -> dict[str, Any]:
    """One piece; empty where it is gone, or can no longer be read."""
    return beside.read(_path(run_id, what, piece))


def pieces(run_id: str, what: str) -> list[Piece]:
    """Every piece that was in work, the one changed last first."""
    found = []
    for path in _files(run_id, what):
        with suppress(OSError):  # it was saved or given up meanwhile
            found.append(Piece(_id(path, what), path.stat().st_mtime, beside.read(path)))
    return found


def forget(run_id: str, what: str, piece: str) -> None:
    """It was saved or given up."""
    _in_work.pop(piece, None)
    with suppress(OSError):  # it will be offered once more
        _path(run_id, what, piece).unlink(missing_ok=True)


def _files(run_id: str, what: str) -> list[Path]:
    one = _path(run_id, what, "")
    others = one.parent.glob(f"{what}-*.json")
    named = [path for path in others if ID.fullmatch(path.stem.removeprefix(f"{what}-"))]
    times = {}
    for path in [one, *named]:
        with suppress(OSError):
            times[path] = path.stat().st_mtime_ns
    return sorted(times, key=lambda path: -times[path])


def _id(path: Path, what: str) -> str:
    return path.stem.removeprefix(what).removeprefix("-")


def _path(run_id: str, what: str, piece: str) -> Path:
    name = f"{what}-{piece}" if piece else what
    return artifacts.root() / "unsaved" / run_id / f"{name}.json"
