"""A job's folder as its readers see it: what it was asked, how far it is, what became of it.

    artifacts/jobs/<job_id>/  job.json       written by the training process alone, once it records
                              process.json   pid and birth of that process
                              events.jsonl   one line an event
                              log.txt        what it printed, where the dashboard started it
                              checkpoint.pt  where to go on from
                              cancel         somebody asked it to stop

Processes are killed at any moment, so nothing here trusts that a file is whole or there at all.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import artifacts
from core.errors import FencepostError, JobError
from core.training.config import TrainConfig, from_dict
from core.training.jobs import processes, published
from core.training.jobs.job import QUEUED, RESUMABLE, Job

ID_PATTERN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
FINAL = ("done", "failed", "cancelled")
JOB_VARIABLE = "FENCEPOST_JOB"  # tells train.py which folder the dashboard made for it
STARTING_SECONDS = 30  # from the folder to the process, on a machine under load
KEPT = 20


def open_job(job_id: str) -> Job:
    """The job of this id.

    Raises:
        JobError: there is none.
    """
    folder = artifacts.jobs_dir() / job_id
    if not ID_PATTERN.fullmatch(job_id) or not folder.is_dir():
        raise JobError(f"No job {job_id!r} in {artifacts.jobs_dir()}: see the Train page.")
    return _load(folder)


def list_jobs() -> list[Job]:
    """Every job, newest first."""
    try:
        found = [p for p in artifacts.jobs_dir().iterdir() if ID_PATTERN.fullmatch(p.name)]
    except OSError:
        return []
    return [_load(p) for p in sorted(found, reverse=True) if p.is_dir()]


def running() -> Job | None:
    """The job that trains now."""
    return next((job for job in list_jobs() if job.active), None)


def resumable(job_id: str) -> Job:
    """The job to go on with: `last`, the newest one that stopped early, or one by its id.

    Raises:
        JobError: there is none, it is done, it runs, or it left no checkpoint.
    """
    if job_id == "last":
        job = next((job for job in list_jobs() if job.resumable or _is_ours(job)), None)
        if job is None:
            raise JobError("No job stopped after its first epoch, so none can be resumed.")
        return job
    job = open_job(job_id)
    if not (job.resumable or _is_ours(job)):
        why = f"is {job.state}" if job.state not in RESUMABLE else "left no checkpoint"
        raise JobError(f"Job {job.id} {why}, so it cannot be resumed: train again.")
    return job


def _is_ours(job: Job) -> bool:
    """Whether the dashboard started this very process to go on with the job."""
    ours = os.environ.get(JOB_VARIABLE) == job.id
    return ours and job.config is not None and job.checkpoint.is_file()


def _load(folder: Path) -> Job:
    job = _read(folder)
    if job.state not in FINAL and not processes.alive(job.pid, job.born):
        # It may have written its end between the two looks; dead, it writes no more.
        job = _read(folder)
    return job if job.state in FINAL else _with_fate(job)


def _read(folder: Path) -> Job:
    """The job as its files say, whatever became of its process since."""
    try:
        meta = artifacts.read_json(folder / "job.json")
    except ValueError as error:
        return Job(folder.name, folder, "failed", error=f"The job's record is damaged: {error}.")
    return Job(
        id=folder.name,
        folder=folder,
        state=_text(meta, "state"),
        config=_config(meta.get("config")),
        created=_text(meta, "created"),
        finished=_text(meta, "finished"),
        error=_text(meta, "error"),
        run_id=_text(meta, "run_id"),
        by=_text(meta, "by"),
        queued=_text(meta, "queued"),
        **_process(folder),
    )


def _with_fate(job: Job) -> Job:
    """A job that has written no end: it runs, or it was stopped from outside."""
    if processes.alive(job.pid, job.born):
        return job if job.alive else replace(job, state="running")
    if left := published.run_of(job.folder):
        return replace(job, state="done", run_id=left)
    if (job.folder / "cancel").exists():
        return replace(job, state="cancelled")
    if job.state not in ("starting", QUEUED):
        return replace(job, state="interrupted")
    if not job.pid and _age(job.folder / "job.json") < STARTING_SECONDS:
        return job
    lines = [line for line in job.log().splitlines() if line.strip()]
    return replace(job, state="failed", error=one_line(lines[-1] if lines else "It never started."))


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")


def _process(folder: Path) -> dict[str, Any]:
    try:
        found = artifacts.read_json(folder / "process.json")
    except ValueError:
        return {"pid": 0, "born": ""}
    pid = found.get("pid")
    return {"pid": pid if isinstance(pid, int) else 0, "born": _text(found, "born")}


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return one_line(value) if isinstance(value, str) else ""


def _config(values: Any) -> TrainConfig | None:
    try:
        return from_dict(values)
    except (FencepostError, ValueError, TypeError, AttributeError, OverflowError):
        return None


def one_line(text: str, limit: int = 500) -> str:
    """The text as one line of bearable length."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def make_folder() -> Path:
    """A new job's folder; the oldest beyond twenty go, those that can be resumed counted apart."""
    found = [job for job in list_jobs() if not job.alive]
    for kind in (True, False):
        for old in [job for job in found if job.resumable == kind][KEPT - 1 :]:
            shutil.rmtree(old.folder, ignore_errors=True)
    now = datetime.now(UTC)
    # The fraction of the second as four hexadecimal digits: ids sort by time.
    name = f"{now:%Y%m%d-%H%M%S}-{now.microsecond * 65_536 // 1_000_000:04x}"
    folder = artifacts.jobs_dir() / name
    folder.mkdir(parents=True)
    return folder


def write_record(folder: Path, config: TrainConfig, state: str, **others: str) -> None:
    """Write job.json; what it held of an earlier attempt but its birthday, and by whom, is gone."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    if (folder / "job.json").exists():
        before = _load(folder)
        created, others = before.created or created, {"by": before.by, **others}
    meta = {"id": folder.name, "created": created, "config": config.to_dict(), "state": state}
    artifacts.write_json(folder / "job.json", meta | others)


def write_process(folder: Path, pid: int) -> None:
    """Note whose job it is."""
    born = processes.birth(pid)
    artifacts.write_json(folder / "process.json", {"pid": pid, "born": born})
