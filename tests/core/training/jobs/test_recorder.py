"""What a job writes of itself."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from core import artifacts
from core.errors import JobError, TrainingError
from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import jobfolder, recorder

CONFIG = TrainConfig(dataset="demo", model="small", weights="none", name="a job")


def test_record_in_a_terminal(artifacts_root):
    with jobs.record(CONFIG) as job:
        assert jobs.running().id == job.id
        job.done("a-run")
    assert jobs.open_job(job.id).state == "done"


@pytest.mark.parametrize(
    ("error", "state"), [(TrainingError("bad"), "failed"), (KeyboardInterrupt(), "cancelled")]
)
def test_record_lets_the_exception_go_on(artifacts_root, error, state):
    with pytest.raises(type(error)), jobs.record(CONFIG):
        raise error
    assert [job.state for job in jobs.list_jobs()] == [state]


def test_record_without_a_run_failed(artifacts_root):
    with jobs.record(CONFIG):
        pass
    assert jobs.list_jobs()[0].error == "It ended without leaving a run."


def test_resumed_job_starts_a_line_of_its_own(artifacts_root):
    path = artifacts_root / "events.jsonl"
    path.parent.mkdir()
    path.write_bytes(b'{"event": "st')
    recorder._mend(path)
    assert path.read_bytes() == b'{"event": "st\n'


def test_half_a_checkpoint_that_a_kill_left_goes_when_the_job_goes_on(artifacts_root):
    folder = jobfolder.make_folder()
    with artifacts.replacing(folder / "checkpoint.pt") as half:
        half.write_bytes(b"state")
    half.write_bytes(b"half of the next one")
    recorder.Recorder(folder, CONFIG).begin(resumed=True)
    assert (folder / "checkpoint.pt").read_bytes() == b"state"
    assert not half.exists()


def test_steps_are_thinned_and_epochs_are_not(artifacts_root, monkeypatch):
    ticks = count(0, 0.001)
    monkeypatch.setattr(recorder.time, "monotonic", lambda: next(ticks))
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    for k in range(1, 101):
        job.event("step", step=k, epoch=1, epochs=1)
        job.event("progress", done=k, total=100)
        job.event("epoch", epoch=k, epochs=100)
    text = (job.folder / "events.jsonl").read_text()
    kinds = [json.loads(line)["event"] for line in text.splitlines()]
    assert kinds.count("epoch") == 100
    assert kinds.count("step") == 1
    assert kinds.count("progress") == 2  # the first, and the last: it completes the bar


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test sets, in a list of one."""
    now = [5000.0]
    monkeypatch.setattr(recorder.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("hours", "apart"), [(0, 0.25), (0.05, 0.25), (0.25, 0.9), (0.5, 1.8), (1, 2), (30, 2)]
)
def test_events_grow_rarer_as_the_hours_pass(artifacts_root, clock, hours, apart):
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    clock[0] += hours * 3600
    job.event("step", step=0)
    clock[0] += apart * 0.99
    job.event("step", step=1)
    clock[0] += apart * 0.02
    job.event("step", step=2)
    jobfolder.write_record(job.folder, CONFIG, "running")
    assert [event["step"] for event in jobs.open_job(job.id).events()[0]] == [0, 2]


def test_steps_and_counts_are_thinned_each_by_themselves(artifacts_root, clock):
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    jobfolder.write_record(job.folder, CONFIG, "running")
    for _ in range(3):
        job.event("step", step=1)
        job.event("progress", done=1, total=9)
    job.event("progress", done=9, total=9)
    kinds = [event["event"] for event in jobs.open_job(job.id).events()[0]]
    assert kinds == ["step", "progress", "progress"]


def test_an_event_has_its_time_and_plain_numbers(artifacts_root, monkeypatch):
    monkeypatch.setattr(recorder.time, "time", lambda: 12.34567)
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    jobfolder.write_record(job.folder, CONFIG, "running")
    job.event("epoch", loss=np.float32(0.5))
    assert jobs.open_job(job.id).events()[0] == [{"event": "epoch", "time": 12.346, "loss": 0.5}]


def test_a_job_that_begins_forgets_what_an_earlier_attempt_left(artifacts_root):
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    (job.folder / "cancel").touch()
    (job.folder / "process-1.txt").write_text("no memory")
    assert job.reason() == "process 1: no memory"
    job.begin(resumed=False)
    found = jobs.open_job(job.id)
    assert (job.reason(), found.cancelling, found.state) == ("", False, "running")
    assert [event["event"] for event in found.events()[0]] == ["started"]
    job.begin(resumed=True)
    assert [event["event"] for event in found.events()[0]] == ["started", "resumed"]


def test_of_several_reasons_the_first_process_that_can_be_read_counts(artifacts_root):
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    (job.folder / "process-1.txt").write_bytes(b"\xff")
    (job.folder / "process-2.txt").write_text("no memory")
    (job.folder / "process-3.txt").write_text("lost the first")
    assert job.reason() == "process 2: no memory"


def test_an_end_is_written_once(artifacts_root):
    with jobs.record(CONFIG) as job:
        job.done("a-run")
        job.end("failed", error="too late")
    found = jobs.open_job(job.id)
    assert (found.state, found.run_id, found.error) == ("done", "a-run", "")
    assert abs((datetime.now(UTC) - datetime.fromisoformat(found.finished)).total_seconds()) < 60


def test_a_finished_job_leaves_no_checkpoint_and_no_reserve(artifacts_root):
    with jobs.record(CONFIG) as job:
        job.checkpoint.write_bytes(b"x")
        kept = sum(path.stat().st_size for path in job.folder.iterdir())
        assert kept > 60_000  # so that a full disk still takes the word of how it ended
        job.done("a-run")
    assert not job.checkpoint.exists()
    assert sum(path.stat().st_size for path in job.folder.iterdir()) < 5_000


def test_a_job_that_failed_keeps_its_checkpoint_and_says_why(artifacts_root):
    def fail():
        with jobs.record(CONFIG) as job:
            job.checkpoint.write_bytes(b"x")
            raise ValueError("a\nb")

    with pytest.raises(ValueError, match="a"):
        fail()
    [job] = jobs.list_jobs()
    assert (job.state, job.error, job.resumable) == ("failed", "ValueError: a b", True)


def test_a_full_disk_loses_a_line_of_progress_and_no_training(artifacts_root):
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    (job.folder / "events.jsonl").mkdir()  # what cannot be written to
    job.event("epoch", epoch=1)
    (job.folder / "events.jsonl").rmdir()
    job.event("epoch", epoch=2)
    jobfolder.write_record(job.folder, CONFIG, "running")
    assert [event["epoch"] for event in jobs.open_job(job.id).events()[0]] == [2]
    (job.folder / "job.json").unlink()
    (job.folder / "job.json").mkdir()
    job.end("done")
    assert (job.folder / "job.json").is_dir()


def test_a_job_goes_on_in_its_own_folder(artifacts_root, monkeypatch):
    def stop(resume=None):
        with jobs.record(CONFIG, resume) as job:
            job.checkpoint.write_bytes(b"x")
            raise KeyboardInterrupt

    for resume in (None, "last"):
        with pytest.raises(KeyboardInterrupt):
            stop(resume)
    [job] = jobs.list_jobs()
    assert [event["event"] for event in job.events()[0]] == ["started", "resumed"]
    made_by_the_dashboard = jobfolder.make_folder()
    jobfolder.write_record(made_by_the_dashboard, CONFIG, "starting")
    monkeypatch.setenv("FENCEPOST_JOB", made_by_the_dashboard.name)
    with jobs.record(CONFIG) as job:
        assert job.folder == made_by_the_dashboard
        job.done("a-run")


@pytest.fixture
def full(monkeypatch):
    """A disk without room for what a job keeps in reserve."""
    real = Path.write_bytes

    def write(path, data):
        if len(data) >= recorder.RESERVED:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", write)


def test_a_job_that_cannot_begin_leaves_no_folder(artifacts_root, full):
    with pytest.raises(JobError, match="free some space"), jobs.record(CONFIG):
        pytest.fail("it began")
    assert jobs.list_jobs() == []


def test_one_that_the_dashboard_started_says_why(artifacts_root, full, monkeypatch):
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, CONFIG, "starting")
    jobfolder.write_process(folder, os.getpid())
    monkeypatch.setenv(jobfolder.JOB_VARIABLE, folder.name)
    with pytest.raises(JobError, match="free some space"), jobs.record(CONFIG):
        pytest.fail("it began")
    (folder / "log.txt").write_text("train.py: the disk is full\n")
    monkeypatch.setattr(jobfolder.processes, "alive", lambda pid, born: False)
    job = jobs.open_job(folder.name)
    assert (job.state, job.error) == ("failed", "train.py: the disk is full")
