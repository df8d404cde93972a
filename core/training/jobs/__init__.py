"""Background training: one job at a time, in a process of its own that outlives the dashboard.

Others wait their turn, each in a process too: see `line`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock

from core import artifacts
from core.training.config import TrainConfig
from core.training.jobs import jobfolder, preflight, processes
from core.training.jobs.job import QUEUED, Job
from core.training.jobs.jobfolder import list_jobs, open_job, resumable, running
from core.training.jobs.line import now, waiting
from core.training.jobs.lock import busy, writable
from core.training.jobs.recorder import Recorder, helping, record

__all__ = [
    "Job",
    "Recorder",
    "busy",
    "cancel",
    "helping",
    "list_jobs",
    "open_job",
    "record",
    "refusal",
    "resumable",
    "resume",
    "running",
    "start",
    "sweep",
    "waiting",
]

COMMAND = ("-m", "core.training")  # what a job's Python runs
DOUBLE = 5  # seconds within which the same training is a second click
GRACE = 15  # seconds for an interrupted training to write its end


def refusal(config: TrainConfig) -> str:
    """Why a training with this config cannot work, found before it starts; "" where it can."""
    return preflight.problem(config)


def start(config: TrainConfig, resume: str | None = None, by: str = "") -> Job:
    """Start a training, or go on with one, in a process of its own, which waits for its turn.

    Args:
        by: who starts it, where that is known.

    Raises:
        JobError: there is nothing to resume, or the disk takes nothing.
    """
    with writable(), _one_at_a_time():
        config = preflight.absolute(config)
        if not resume and (twin := _just_started(config)):
            return twin
        folder = resumable(resume).folder if resume else jobfolder.make_folder()
        try:
            child = _begin(folder, config, resume, by)
        except OSError:
            if not resume:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        processes.reap(child)
        with contextlib.suppress(OSError):  # it notes that itself as well
            jobfolder.write_process(folder, child.pid)
    return open_job(folder.name)


def _just_started(config: TrainConfig) -> Job | None:
    """What the first of two clicks has started."""
    since = (datetime.now(UTC) - timedelta(seconds=DOUBLE)).isoformat()
    found = (job for job in list_jobs() if job.alive and job.created >= since[:19])
    return next((job for job in found if job.config == config), None)


def _begin(folder: Path, config: TrainConfig, resume: str | None, by: str) -> subprocess.Popen:
    (folder / "process.json").unlink(missing_ok=True)
    (folder / "cancel").unlink(missing_ok=True)
    state = QUEUED if any(job.alive for job in list_jobs()) else "starting"
    jobfolder.write_record(folder, config, state, queued=now(), **({"by": by} if by else {}))
    return _launch(folder, [f"--resume={folder.name}"] if resume else config.to_argv())


def _one_at_a_time() -> FileLock:
    """Held while a job is started, so that two clicks at once start one."""
    artifacts.jobs_dir().mkdir(parents=True, exist_ok=True)
    return FileLock(artifacts.jobs_dir() / ".start.lock")


def _launch(folder: Path, arguments: list[str]) -> subprocess.Popen:
    """The detached process: neither Ctrl-C in the server's terminal nor its end reaches it."""
    environment = os.environ | {
        jobfolder.JOB_VARIABLE: folder.name,
        "FENCEPOST_ARTIFACTS": str(artifacts.root()),
        "PYTHONUNBUFFERED": "1",
    }
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *COMMAND, *arguments],
            cwd=artifacts.REPOSITORY,  # first on its path: it runs the code that started it
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def resume(job_id: str) -> Job:
    """Go on with a job that stopped early, as it was configured."""
    job = resumable(job_id)
    assert job.config is not None
    return start(job.config, resume=job.id)


def sweep() -> None:
    """Remove the checkpoints of jobs that were killed when their run was there already."""
    for job in list_jobs():
        if job.state == "done":
            job.checkpoint.unlink(missing_ok=True)


def cancel(job_id: str, grace: float = GRACE) -> None:
    """Ask a job to stop, and kill it where it does not within `grace` seconds; returns at once."""
    with _one_at_a_time():  # then a job that is just being started has its process
        job = open_job(job_id)
        if job.alive:
            (job.folder / "cancel").touch()
            processes.stop(job.pid, job.born, grace)
