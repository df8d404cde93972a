"""The events that a training process writes, thinned as the hours pass."""

from __future__ import annotations

import json
from itertools import count

import numpy as np
import pytest

from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import jobfolder, recorder

CONFIG = TrainConfig(dataset="demo", model="small", weights="none", name="a job")


@pytest.mark.parametrize(
    ("left", "mended"),
    [
        (b'{"event": "st', b'{"event": "st\n'),
        (b"{}\n", b"{}\n"),
        (b"{}\n{", b"{}\n{\n"),
        (b"", b""),
    ],
)
def test_resumed_job_starts_a_line_of_its_own(tmp_path, left, mended):
    path = tmp_path / "events.jsonl"
    path.write_bytes(left)
    recorder._mend(path)
    assert path.read_bytes() == mended


def test_events_of_a_resumed_job_follow_those_of_the_first_attempt(artifacts_root):
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    job.begin(resumed=False)
    with (job.folder / "events.jsonl").open("ab") as file:
        file.write(b'{"event": "ep')  # and then it was killed
    job.begin(resumed=True)
    events = jobs.open_job(job.id).events()[0]
    assert [event["event"] for event in events] == ["started", "resumed"]


def test_a_quarter_of_a_second_later_the_next_event_is_written(artifacts_root, clock):
    job = recorder.Recorder(jobfolder.make_folder(), CONFIG)
    jobfolder.write_record(job.folder, CONFIG, "running")
    for number in range(3):
        job.event("step", step=number)
        clock[0] += 0.25
    assert [event["step"] for event in jobs.open_job(job.id).events()[0]] == [0, 1, 2]


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
