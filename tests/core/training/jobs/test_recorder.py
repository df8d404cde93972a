"""What a job writes of itself, and reading it back, hostile or half-written."""

from __future__ import annotations

import errno
import json
import os
from itertools import count
from pathlib import Path

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


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"state": 3, "config": 7}', "\x00", "[" * 100_000, '{"config": {"lr": "x"}}'],
)  # fmt: skip
def test_hostile_records_are_survived(artifacts_root, text):
    folder = jobfolder.make_folder()
    (folder / "job.json").write_text(text)
    (folder / "process.json").write_text(text)
    job = jobs.open_job(folder.name)
    assert job.state in ("failed", "interrupted")
    assert not job.resumable
    assert jobs.running() is None


def test_half_written_and_hostile_events(artifacts_root):
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, CONFIG, "running")
    lines = [
        '{"event": "stage", "stage": "train", "text": "Training"}',
        '{"event": "step", "epoch": "x", "epochs": 1e999, "loss": NaN, "accuracy": true}',
        "not json",
        '["a list"]',
        '{"event": "progress", "done": 1, "total": 0}',
        '{"event": "epoch", "epoch": 1, "epochs": 4, "accu',
    ]
    (folder / "events.jsonl").write_text("\n".join(lines))
    job = jobs.open_job(folder.name)
    events, offset = job.events()
    assert len(events) == 3
    assert job.events(after=offset) == ([], offset)
    assert (job.progress().text, job.progress().loss, job.curve()) == ("Training", None, [])


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


def test_log_is_its_end_without_terminal_codes(artifacts_root):
    folder = jobfolder.make_folder()
    (folder / "log.txt").write_bytes(b"x" * 200_000 + b"\n10 %\r\x1b[32m90 %\x1b[0m\r100 %\nend")
    log = jobs.open_job(folder.name).log()
    assert len(log) < 70_000
    assert log.endswith("\n100 %\nend")


def test_oldest_jobs_make_room(artifacts_root):
    for _ in range(jobfolder.KEPT + 3):
        jobfolder.write_record(folder := jobfolder.make_folder(), CONFIG, "failed")
    assert len(jobs.list_jobs()) == jobfolder.KEPT
    assert folder.exists()


def test_failed_starts_push_out_no_job_that_can_be_resumed(artifacts_root):
    stopped = jobfolder.make_folder()
    jobfolder.write_record(stopped, CONFIG, "cancelled")
    (stopped / "checkpoint.pt").write_bytes(b"x")
    for _ in range(jobfolder.KEPT + 3):
        jobfolder.write_record(jobfolder.make_folder(), CONFIG, "failed")
    assert jobs.resumable("last").id == stopped.name


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
