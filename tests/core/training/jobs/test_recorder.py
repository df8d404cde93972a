"""What a job writes of itself."""

from __future__ import annotations

import errno
import os
import signal
import threading
from datetime import UTC, datetime
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
    ("error", "end"),
    [(TrainingError("bad"), ("failed", "bad")), (KeyboardInterrupt(), ("cancelled", ""))],
)
def test_record_lets_the_exception_go_on(artifacts_root, error, end):
    with pytest.raises(type(error)), jobs.record(CONFIG):
        raise error
    assert [(job.state, job.error) for job in jobs.list_jobs()] == [end]


def test_one_training_at_a_time(artifacts_root):
    with jobs.record(CONFIG) as first:
        with pytest.raises(JobError, match="already running"), jobs.record(CONFIG):
            pytest.fail("it began")
        first.done("a-run")
    assert [job.id for job in jobs.list_jobs()] == [first.id]


def test_a_training_can_be_interrupted_where_a_shell_had_it_ignore_that(artifacts_root):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with jobs.record(CONFIG) as job:
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
            job.done("a-run")
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_training_in_a_thread_is_recorded_too(artifacts_root):
    def train():
        with jobs.record(CONFIG) as job:
            job.done("a-run")

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert [job.state for job in jobs.list_jobs()] == ["done"]


def test_record_without_a_run_failed(artifacts_root):
    with jobs.record(CONFIG):
        pass
    assert jobs.list_jobs()[0].error == "It ended without leaving a run."


def test_half_a_checkpoint_that_a_kill_left_goes_when_the_job_goes_on(artifacts_root):
    folder = jobfolder.make_folder()
    with artifacts.replacing(folder / "checkpoint.pt") as half:
        half.write_bytes(b"state")
    half.write_bytes(b"half of the next one")
    recorder.Recorder(folder, CONFIG).begin(resumed=True)
    assert (folder / "checkpoint.pt").read_bytes() == b"state"
    assert not half.exists()


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
    assert datetime.fromisoformat(found.finished).microsecond == 0


def test_an_end_is_written_though_nothing_was_kept_in_reserve(artifacts_root):
    with jobs.record(CONFIG) as job:
        (job.folder / recorder.RESERVE).unlink()
        job.done("a-run")
    assert jobs.open_job(job.id).state == "done"


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


def test_a_job_that_cannot_go_on_keeps_what_it_left(artifacts_root, full):
    stopped = jobfolder.make_folder()
    jobfolder.write_record(stopped, CONFIG, "cancelled")
    (stopped / "checkpoint.pt").write_bytes(b"x")
    with pytest.raises(JobError, match="free some space"), jobs.record(CONFIG, "last"):
        pytest.fail("it began")
    assert jobs.resumable("last").id == stopped.name


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
