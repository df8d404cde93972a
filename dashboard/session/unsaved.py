"""What a person had in work when the page was reloaded or the server ended: offered again.

Beside the runs, in artifacts/unsaved/<run id>/<what>.json: a session and its state end with the
page, and an hour of picking must not.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from core import artifacts
from dashboard.session import actions


def keep(run_id: str, what: str, value: dict[str, Any]) -> None:
    """Write it down, where that is allowed."""
    if not actions.may("save", run_id):
        return
    with suppress(OSError):  # a disk without room must not end the work itself
        artifacts.write_json(_path(run_id, what), value)


def kept(run_id: str, what: str) -> dict[str, Any]:
    """What was in work; empty where nothing was, or where it can no longer be read."""
    try:
        return artifacts.read_json(_path(run_id, what))
    except ValueError:
        return {}


def forget(run_id: str, what: str) -> None:
    """It was saved or given up."""
    with suppress(OSError):  # it will be offered once more
        _path(run_id, what).unlink(missing_ok=True)


def _path(run_id: str, what: str) -> Path:
    return artifacts.root() / "unsaved" / run_id / f"{what}.json"
