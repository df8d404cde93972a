"""What a person had in work when the page was reloaded or the server ended: offered again.

Beside the runs, in artifacts/unsaved/<run id>/<what>-<id>.json: a session and its state end with
the page, and an hour of picking must not. Each piece of work has an id of its own, so two people
on one run never overwrite each other. (Before they had ids, pieces were called <what>.json.)
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import artifacts
from core.runs.annotations import beside
from dashboard.session import actions

MOST = 8  # pieces of one kind on one run: the oldest beyond are forgotten
ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Piece:
    """One piece of work as it was written down last; `changed` is a POSIX time."""

    id: str
    changed: float
    value: dict[str, Any]


def new_id() -> str:
    return secrets.token_hex(8)


def keep(run_id: str, what: str, piece: str, value: dict[str, Any], most: int = MOST) -> None:
    """Write a piece down, where that is allowed; of its kind only the newest `most` are kept."""
    if not actions.may("save", run_id):
        return
    with suppress(OSError):  # a disk without room must not end the work itself
        path = _path(run_id, what, piece)
        if not path.exists():
            for old in _files(run_id, what)[most - 1 :]:
                old.unlink(missing_ok=True)
        artifacts.write_json(path, value)


def change(run_id: str, what: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change a piece that all sessions share, where that is allowed."""
    if not actions.may("save", run_id):
        return
    with suppress(OSError), beside.changing(_path(run_id, what, "")) as held:
        held.update(change(dict(held)))


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
            piece = path.stem.removeprefix(what).removeprefix("-")
            found.append(Piece(piece, path.stat().st_mtime, beside.read(path)))
    return found


def forget(run_id: str, what: str, piece: str) -> None:
    """It was saved or given up."""
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


def _path(run_id: str, what: str, piece: str) -> Path:
    name = f"{what}-{piece}" if piece else what
    return artifacts.root() / "unsaved" / run_id / f"{name}.json"
