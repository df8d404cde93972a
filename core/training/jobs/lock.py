"""One training at a time, whoever starts it: the lock that its process holds while it lives."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Generator

from filelock import FileLock, Timeout

from core import artifacts
from core.errors import JobError
from core.training.jobs import jobfolder, line
from core.training.jobs.progress import when

# After a kill -9, data workers that have not noticed yet may hold the lock for some seconds more.
PATIENCE = 15


@contextlib.contextmanager
def only_training(patient: bool = False) -> Generator[None]:
    """Hold the lock that one training at a time can hold; any death of the process frees it.

    Whoever is patient has stood in line, and waits for as long as it takes.
    """
    with writable():
        for folder in (artifacts.jobs_dir(), artifacts.runs_dir()):
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
    lock = FileLock(artifacts.jobs_dir() / ".training.lock")
    end = time.monotonic() + PATIENCE
    if not patient and (first := next(iter(line.waiting()), None)):
        raise JobError(busy(first))
    while True:
        try:
            with writable():
                lock.acquire(timeout=0.2)
            break
        except Timeout:
            if patient:
                continue
            _refuse_beside_another(time.monotonic() > end)
    try:
        yield
    finally:
        lock.release()


def _refuse_beside_another(impatient: bool) -> None:
    ours = os.environ.get(jobfolder.JOB_VARIABLE)
    for job in jobfolder.list_jobs():
        if job.active and job.id != ours:
            raise JobError(busy(job))
    if impatient:
        raise JobError("Another training is still shutting down: try again in a minute.")


def busy(job: jobfolder.Job) -> str:
    """What to tell the second of two trainings."""
    name = job.config.title() if job.config else job.id
    state = "waiting" if job.waiting else "running"
    return (
        f"A training is already {state} ({name}, since {when(job.created)}): add --wait to train "
        "after it, or cancel it on the Train page."
    )


@contextlib.contextmanager
def writable() -> Generator[None]:
    """Turn what the artifacts folder cannot take into a JobError with the remedy."""
    try:
        yield
    except Timeout:  # of the lock: an OSError too
        raise
    except OSError as error:
        raise JobError(artifacts.in_words(error)) from None
