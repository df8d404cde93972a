"""What the other processes of a training say beside the first, which records the job."""

from __future__ import annotations

import os
import shutil

import pytest

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
