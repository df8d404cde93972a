"""What the other processes of a training say beside the first, which records the job."""

from __future__ import annotations

import os
import shutil

import pytest

from core.errors import TrainingError
from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import jobfolder, recorder

CONFIG = TrainConfig(dataset="demo", model="small", weights="none", name="a job")


@pytest.mark.parametrize(
    ("size", "rank", "helps"), [(None, None, False), ("2", "0", False), ("2", "1", True),
                                ("1", "1", False), ("2", None, False), (None, "1", False)]
)  # fmt: skip
def test_all_processes_but_the_first_help(monkeypatch, size, rank, helps):
    for name, value in (("WORLD_SIZE", size), ("RANK", rank)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert recorder.helping() is helps


def test_a_helper_leaves_its_reason_to_the_first_process(artifacts_root, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    first = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    first.begin(resumed=False)
    before = (first.folder / "job.json").read_text()
    helper = recorder.Helper(first.folder, CONFIG)
    helper.event("epoch", epoch=1)
    helper.done("a-run")
    assert first.reason() == ""
    helper.end("failed", error="no memory")
    assert first.reason() == "process 1: no memory"
    helper.end("cancelled")
    assert first.reason() == "process 1: cancelled"
    assert (first.folder / "job.json").read_text() == before


@pytest.fixture
def helps(artifacts_root, monkeypatch):
    """This process is the second of two; the folder of the first one's job, which it met."""
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setattr(recorder, "FAREWELL", 0)
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, CONFIG, "running")
    return folder


def fails(error, folder=None):
    with jobs.record(CONFIG) as job:
        job.folder = folder or job.folder
        raise error


def test_a_helper_records_no_job_of_its_own(helps):
    with jobs.record(CONFIG) as job:
        job.event("epoch", epoch=1)
        job.done("a-run")
    assert [job.id for job in jobs.list_jobs()] == [helps.name]
    assert jobs.list_jobs()[0].events()[0] == []


def test_what_a_user_can_mend_is_told_by_the_first_and_ends_a_helper(helps):
    jobfolder.write_process(helps, os.getpid())
    with pytest.raises(SystemExit) as stopped:
        fails(TrainingError("no memory"), helps)
    assert stopped.value.code == 1
    assert recorder.Recorder(helps, CONFIG).reason() == "process 1: no memory"


def test_a_helper_whose_first_process_was_killed_tells_it_itself(helps):
    with pytest.raises(TrainingError, match="lost the first"):
        fails(TrainingError("lost the first"), helps)
    assert recorder.Recorder(helps, CONFIG).reason() == ""


def test_another_error_of_a_helper_goes_on_and_leaves_one_line(helps):
    with pytest.raises(ValueError, match="a"):
        fails(ValueError("a\nb"), helps)
    assert recorder.Recorder(helps, CONFIG).reason() == "process 1: ValueError: a b"


def test_a_helper_that_fails_before_it_met_the_first_leaves_nothing(helps):
    with pytest.raises(SystemExit):
        fails(TrainingError("no data"))
    assert [job.id for job in jobs.list_jobs()] == [helps.name]
    assert recorder.Recorder(helps, CONFIG).reason() == ""


@pytest.mark.parametrize(
    ("rank", "state", "alone"), [("1", "interrupted", True), ("2", "interrupted", False),
                                 ("1", "done", False), ("1", "failed", False)]
)  # fmt: skip
def test_the_second_process_tells_where_the_first_was_killed(
    artifacts_root, monkeypatch, rank, state, alone
):
    monkeypatch.setenv("RANK", rank)
    helper = recorder.Helper(jobfolder.make_folder(), CONFIG)
    jobfolder.write_record(helper.folder, CONFIG, "running" if alone else state)
    assert helper.left_alone() is alone
    shutil.rmtree(helper.folder)
    assert not helper.left_alone()


def test_a_helper_waits_for_the_first_to_write_its_end(artifacts_root, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    helper = recorder.Helper(jobfolder.make_folder(), CONFIG)
    jobfolder.write_process(helper.folder, os.getpid())
    jobfolder.write_record(helper.folder, CONFIG, "running")
    waited = []

    def end_soon(seconds):
        waited.append(seconds)
        if len(waited) == 3:
            jobfolder.write_record(helper.folder, CONFIG, "failed")

    monkeypatch.setattr(recorder.time, "sleep", end_soon)
    assert not helper.left_alone()
    assert len(waited) == 3


def test_a_helper_does_not_wait_for_ever(artifacts_root, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    helper = recorder.Helper(jobfolder.make_folder(), CONFIG)
    jobfolder.write_process(helper.folder, os.getpid())
    jobfolder.write_record(helper.folder, CONFIG, "running")
    now = [100.0]
    monkeypatch.setattr(recorder.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(recorder.time, "sleep", lambda seconds: now.append(now.pop() + seconds))
    assert not helper.left_alone()
    assert now[0] == pytest.approx(115, abs=0.1)
