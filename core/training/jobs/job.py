"""One run of train.py, as its folder tells it: how far it is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.training.config import TrainConfig
from core.training.jobs.progress import Progress, curve_of, fold
from core.training.jobs.tail import json_lines, terminal_text

QUEUED = "queued"
RESUMABLE = ("interrupted", "failed", "cancelled")
MAX_EVENT_BYTES = 4 * 1024 * 1024
MAX_LOG_BYTES = 64 * 1024


@dataclass(frozen=True)
class Job:
    """One run of train.py.

    Attributes:
        state: starting, queued, running, done, failed, cancelled, or interrupted: it was killed.
        config: None where job.json is damaged; `error` says how.
        error: why it failed, in one line.
        run_id: the run that it left, once it is done.
        by: who started it, where that is known.
        queued: since when it stands in line.
    """

    id: str
    folder: Path
    state: str
    config: TrainConfig | None = None
    created: str = ""
    finished: str = ""
    error: str = ""
    run_id: str = ""
    pid: int = 0
    born: str = ""
    by: str = ""
    queued: str = ""

    @property
    def active(self) -> bool:
        return self.state in ("starting", "running")

    @property
    def waiting(self) -> bool:
        """Whether it stands in line."""
        return self.state == QUEUED

    @property
    def alive(self) -> bool:
        return self.active or self.waiting

    @property
    def cancelling(self) -> bool:
        return self.alive and (self.folder / "cancel").exists()

    @property
    def resumable(self) -> bool:
        """Whether it stopped early and left something to go on from."""
        return self.state in RESUMABLE and bool(self.config) and self.checkpoint.is_file()

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def events(self, after: int = 0) -> tuple[list[dict[str, Any]], int]:
        """The whole events from byte `after` on, the last 4 MB at most, and where to go on."""
        return json_lines(self.folder / "events.jsonl", MAX_EVENT_BYTES, after)

    def progress(self) -> Progress:
        """How far it is, by its events."""
        return fold(self.events()[0])

    def curve(self) -> list[dict[str, Any]]:
        """Loss and accuracy so far; see `curve_of`."""
        return curve_of(self.events()[0])

    def log(self) -> str:
        """The end of what it printed."""
        return terminal_text(self.folder / "log.txt", MAX_LOG_BYTES)
