"""Trainings that wait their turn: each process stands in line by itself.

Who is killed stands there no longer, so nothing is stuck behind it; and as the line has no keeper,
it outlives the dashboard.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from core.training.config import TrainConfig
from core.training.jobs import jobfolder
from core.training.jobs.job import QUEUED, Job

POLL = 0.5  # seconds


def now() -> str:
    """What tells who came first."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def waiting() -> list[Job]:
    """The jobs that wait, the next one first."""
    return sorted((job for job in jobfolder.list_jobs() if job.waiting), key=_came)


def ahead(folder: Path) -> list[Job]:
    """Who trains, or came before the job in this folder."""
    ours = jobfolder.open_job(folder.name)
    others = [job for job in jobfolder.list_jobs() if job.alive and job.id != ours.id]
    return [job for job in others if job.state == "running" or _came(job) < _came(ours)]


def wait_in(folder: Path, config: TrainConfig) -> None:
    """Return once nobody is ahead of this job."""
    if not (found := ahead(folder)):
        return
    job = jobfolder.open_job(folder.name)
    jobfolder.write_record(folder, config, QUEUED, queued=job.queued or now())
    others = "another training" if len(found) == 1 else f"{len(found)} other trainings"
    print(f"Waiting for {others}: Ctrl-C leaves the line.", flush=True)
    while ahead(folder):
        time.sleep(POLL)


def _came(job: Job) -> tuple[str, str]:
    return (job.queued or job.created, job.id)
