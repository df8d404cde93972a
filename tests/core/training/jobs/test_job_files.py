"""What is read of a job's files while others write them, hostile or half-written."""

from __future__ import annotations

import json

import pytest

from core import artifacts
from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import jobfolder, processes

CONFIG = TrainConfig(dataset="demo", model="small", weights="none", name="a job")


@pytest.fixture
def folder(artifacts_root):
    """A job that says that it runs."""
    made = jobfolder.make_folder()
    jobfolder.write_record(made, CONFIG, "running")
    return made


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


def test_of_a_long_job_the_last_four_mebibytes_of_events_are_read(folder):
    for more, found in ((0, ["step"]), (1, [])):  # a line that is longer is cut
        line = b'{"event": "step", "text": "%b"}\n'
        line %= b"x" * (4 * 2**20 - len(line) + 2 + more)
        (folder / "events.jsonl").write_bytes(b'{"event": "note"}\n' + line)
        assert [event["event"] for event in jobs.open_job(folder.name).events()[0]] == found


def test_log_is_its_end_without_terminal_codes(artifacts_root):
    folder = jobfolder.make_folder()
    (folder / "log.txt").write_bytes(b"x" * 200_000 + b"\n10 %\r\x1b[32m90 %\x1b[0m\r100 %\nend")
    assert jobs.open_job(folder.name).log().endswith("\n100 %\nend")
    (folder / "log.txt").write_bytes(b"x" * 200_000)
    assert jobs.open_job(folder.name).log() == "x" * 65_536


def test_a_damaged_record_says_so(folder):
    (folder / "job.json").write_text("{")
    job = jobs.open_job(folder.name)
    assert job.state == "failed"
    assert job.error.startswith("The job's record is damaged: job.json is not valid JSON (")
    assert (job.pid, job.born) == (0, "")


def test_a_job_of_an_unknown_config_cannot_go_on(folder):
    (folder / "checkpoint.pt").write_bytes(b"x")
    assert jobs.open_job(folder.name).resumable
    record = json.loads((folder / "job.json").read_text())
    (folder / "job.json").write_text(json.dumps(record | {"config": 7}))
    assert not jobs.open_job(folder.name).resumable


@pytest.mark.parametrize(("given", "pid"), [(7, 7), ("7", 0), (None, 0), ([], 0)])
def test_a_process_has_a_whole_number(folder, given, pid):
    (folder / "process.json").write_text(json.dumps({"pid": given, "born": "then"}))
    assert (jobs.open_job(folder.name).pid, jobs.open_job(folder.name).born) == (pid, "then")
    (folder / "process.json").unlink()
    assert (jobs.open_job(folder.name).pid, jobs.open_job(folder.name).born) == (0, "")


def test_an_end_written_while_we_look_is_seen(artifacts_root, monkeypatch):
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, CONFIG, "running")

    def ends_now(*_):
        record = artifacts.read_json(folder / "job.json")
        artifacts.write_json(folder / "job.json", record | {"state": "done", "run_id": "a-run"})
        return False

    monkeypatch.setattr(processes, "alive", ends_now)
    job = jobs.open_job(folder.name)
    assert (job.state, job.run_id) == ("done", "a-run")
