"""The run that a job is about to leave: a kill between the two must not make a second one."""

from __future__ import annotations

import re
from pathlib import Path

from core import artifacts

FILE = "publishing.json"
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}")


def note(folder: Path, run_id: str) -> None:
    """Write down which run is there in a moment."""
    artifacts.write_json(folder / FILE, {"run_id": run_id})


def run_of(folder: Path) -> str:
    """The run that a job has left, whatever ended it then; "" where there is none."""
    try:
        run_id = artifacts.read_json(folder / FILE).get("run_id")
    except ValueError:
        return ""
    if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
        return ""
    return run_id if (artifacts.runs_dir() / run_id).is_dir() else ""
