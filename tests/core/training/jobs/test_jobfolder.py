"""What a job's folder says of it, and which jobs make room."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import JobError
from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import jobfolder
from core.training.jobs.jobfolder import one_line

CONFIG = TrainConfig(dataset="demo", model="small", weights="none", name="a job")


def make(state, *, checkpoint=False, pid=0, **others):
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, CONFIG, state, **others)
    if checkpoint:
        (folder / "checkpoint.pt").write_bytes(b"x")
    if pid:
        jobfolder.write_process(folder, pid)
    return folder


@pytest.mark.parametrize(
    ("state", "seen", "active", "resumable"),
    [("done", "done", False, False), ("failed", "failed", False, True),
     ("cancelled", "cancelled", False, True), ("running", "interrupted", False, True)],
)  # fmt: skip
def test_a_job_without_a_process_stands_where_it_stopped(
    artifacts_root, state, seen, active, resumable
):
    job = jobs.open_job(make(state, checkpoint=True).name)
    assert (job.state, job.active, job.resumable) == (seen, active, resumable)
    assert not jobs.open_job(make(state).name).resumable  # no checkpoint


@pytest.mark.parametrize("state", ["starting", "running", "interrupted"])
def test_a_job_whose_process_lives_runs(artifacts_root, state):
    job = jobs.open_job(make(state, pid=os.getpid()).name)
    assert job.state == ("running" if state == "interrupted" else state)
    assert job.active
    assert not job.cancelling
    (job.folder / "cancel").touch()
    assert job.cancelling
    assert jobs.running().id == job.id


def test_the_end_of_a_job_stands_though_its_process_lives(artifacts_root):
    job = jobs.open_job(make("done", pid=os.getpid(), run_id="a-run").name)
    assert (job.state, job.run_id, job.active) == ("done", "a-run", False)
    (job.folder / "cancel").touch()
    assert not job.cancelling


def test_a_process_of_the_same_number_is_not_the_jobs_own(artifacts_root):
    folder = make("running", pid=os.getpid())
    process = json.loads((folder / "process.json").read_text())
    (folder / "process.json").write_text(json.dumps(process | {"born": "another"}))
    assert jobs.open_job(folder.name).state == "interrupted"


def test_a_killed_job_that_was_asked_to_stop_is_cancelled(artifacts_root):
    folder = make("running")
    (folder / "cancel").touch()
    assert jobs.open_job(folder.name).state == "cancelled"


@pytest.mark.parametrize(("age", "state"), [(29, "starting"), (30.5, "failed")])
def test_a_job_has_half_a_minute_to_start(artifacts_root, age, state):
    folder = make("starting")
    os.utime(folder / "job.json", (time.time() - age,) * 2)
    job = jobs.open_job(folder.name)
    assert job.state == state
    assert bool(job.error) is (state == "failed")


def test_a_process_that_died_while_starting_left_a_failed_job(artifacts_root):
    folder = make("starting", pid=os.getpid())
    process = json.loads((folder / "process.json").read_text())
    (folder / "process.json").write_text(json.dumps(process | {"born": "another"}))
    assert jobs.open_job(folder.name).state == "failed"


def test_jobs_stand_newest_first_and_folders_of_other_names_are_none(artifacts_root):
    made = [make("failed").name for _ in range(3)]
    (artifacts_root / "jobs" / "20260101-000000-zzzz").mkdir()
    (artifacts_root / "jobs" / "20260101-000000-0000").touch()
    assert [job.id for job in jobs.list_jobs()] == made[::-1]
    with pytest.raises(JobError, match="No job '20260101-000000-0000'"):
        jobs.open_job("20260101-000000-0000")
    with pytest.raises(JobError, match=r"No job '\.\./jobs'"):
        jobs.open_job("../jobs")


def test_no_folder_has_no_jobs(artifacts_root):
    assert jobs.list_jobs() == []
    assert jobs.running() is None


@pytest.mark.parametrize(("state", "why"), [("done", "is done"), ("failed", "left no checkpoint")])
def test_why_a_job_cannot_be_resumed(artifacts_root, state, why):
    folder = make(state)
    with pytest.raises(JobError, match=f"^Job {folder.name} {why}, so it cannot be resumed"):
        jobs.resumable(folder.name)
    with pytest.raises(JobError, match="none can be resumed"):
        jobs.resumable("last")


def test_the_last_job_that_can_be_resumed_is_the_newest_that_stopped(artifacts_root):
    make("failed", checkpoint=True)
    stopped = make("cancelled", checkpoint=True)
    make("done", checkpoint=True)
    make("failed")
    assert jobs.resumable("last").id == stopped.name
    assert jobs.resumable(stopped.name).id == stopped.name


def test_a_job_that_the_dashboard_just_started_anew_may_be_resumed(artifacts_root, monkeypatch):
    folder = make("starting", checkpoint=True, pid=os.getpid())
    with pytest.raises(JobError, match="is starting, so it cannot be resumed"):
        jobs.resumable(folder.name)
    monkeypatch.setenv("FENCEPOST_JOB", folder.name)
    assert jobs.resumable(folder.name).id == jobs.resumable("last").id == folder.name
    record = json.loads((folder / "job.json").read_text())
    (folder / "job.json").write_text(json.dumps(record | {"config": 7}))
    with pytest.raises(JobError, match="is starting"):
        jobs.resumable(folder.name)
    (folder / "job.json").write_text(json.dumps(record))
    (folder / "checkpoint.pt").unlink()
    with pytest.raises(JobError, match="is starting"):
        jobs.resumable(folder.name)


def test_twenty_jobs_are_kept_and_those_that_run_or_can_be_resumed_beside_them(artifacts_root):
    running = make("running", pid=os.getpid())
    stopped = [make("cancelled", checkpoint=True) for _ in range(19)]
    failed = [make("failed") for _ in range(21)]
    assert [folder.exists() for folder in failed] == [False] + [True] * 20
    assert all(folder.exists() for folder in [running, *stopped])
    stopped += [make("cancelled", checkpoint=True) for _ in range(2)]
    assert [folder.exists() for folder in stopped] == [False] + [True] * 20
    assert [folder.exists() for folder in [running, *failed[1:3]]] == [True, False, True]


def test_ids_sort_by_the_time_of_day(artifacts_root, monkeypatch):
    class At(datetime):
        moment = datetime(2026, 3, 9, 7, 5, 4, 0, UTC)

        @classmethod
        def now(cls, tz=None):
            return cls.moment

    monkeypatch.setattr(jobfolder, "datetime", At)
    first = jobfolder.make_folder().name
    At.moment += timedelta(microseconds=999_999)
    assert (first, jobfolder.make_folder().name) == ("20260309-070504-0000", "20260309-070504-ffff")


def test_a_job_keeps_its_birthday_and_forgets_its_first_end(artifacts_root):
    folder = make("failed", error="bad", finished="2026-01-01T00:00:00+00:00")
    record = json.loads((folder / "job.json").read_text())
    (folder / "job.json").write_text(json.dumps(record | {"created": "2026-01-01T00:00:00+00:00"}))
    jobfolder.write_record(folder, CONFIG, "done", run_id="a-run")
    job = jobs.open_job(folder.name)
    assert (job.created, job.finished, job.error) == ("2026-01-01T00:00:00+00:00", "", "")
    assert (job.config, job.run_id) == (CONFIG, "a-run")


def test_a_birthday_is_the_moment_of_the_first_record(artifacts_root):
    folder = make("failed")
    for content in (None, "{"):  # damaged, it tells no earlier one
        if content:
            (folder / "job.json").write_text(content)
            jobfolder.write_record(folder, CONFIG, "failed")
        created = datetime.fromisoformat(jobs.open_job(folder.name).created)
        assert abs((datetime.now(UTC) - created).total_seconds()) < 60
        assert created.microsecond == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\n  b\tc ", "a b c"), ("", ""), ("x" * 500, "x" * 500), ("x" * 501, "x" * 497 + "...")],
)
def test_a_line_is_one_and_of_bearable_length(text, line):
    assert one_line(text) == line
    assert len(one_line("x" * 50, limit=10)) == 10


def test_a_job_that_ended_tells_when_and_why(artifacts_root):
    job = jobs.open_job(make("failed", error="a  \n bad", finished="2026-01-01T00:00:00").name)
    assert (job.error, job.finished) == ("a bad", "2026-01-01T00:00:00")


@pytest.mark.parametrize(
    ("log", "error"),
    [(None, "It never started."), (" \n\n", "It never started."),
     ("Traceback\nin a file\nno module  torch\n  \n\n", "no module torch")],
)  # fmt: skip
def test_a_job_that_did_not_start_ends_with_its_last_words(artifacts_root, log, error):
    folder = make("starting")
    os.utime(folder / "job.json", (0, 0))
    if log:
        (folder / "log.txt").write_text(log)
    job = jobs.open_job(folder.name)
    assert (job.state, job.error) == ("failed", error)
