"""Runs and jobs of others hold odd names and numbers: they are shown, and harm no other run."""

from __future__ import annotations

import json
import shutil

import pytest

from core import artifacts, runs
from core.training.jobs import jobfolder
from dashboard.components.run_labels import facts
from tests.dashboard.conftest import words

HALF = "gr\udcfcn"  # of a character: a name on disk that is not UTF-8
HUGE = 10**30
ODD = {
    "name": {"name": HALF},
    "name-list": {"name": [1, HALF]},
    "dataset": {"dataset": {"name": f"folder:/data/{HALF}", "fingerprint": HALF}},
    "model": {"config": {"model": HALF, "mode": HALF, "select_on": HALF, HALF: 1}},
    "model-dict": {"config": {"model": {"a": HALF}, "mode": HUGE}},
    "timings": {"timings": {"train": 1e308, "b": 1e308}},
    "timings-inf": {"timings": {"train": float("inf"), "b": float("nan"), "c": -1e300}},
    "timings-list": {"timings": [HALF]},
    "n": {"metrics": {"test": {"n": HUGE, "right": 3, "accuracy": 0.5}}},
    "n-right": {"metrics": {"test": {"n": HUGE, "right": HUGE, "accuracy": HUGE}}},
    "accuracy": {"metrics": {"test": {"n": 6, "right": 3, "accuracy": 1e308, "loss": HALF}}},
    "created": {"created": "0001-01-01T00:00:00+23:59"},
    "created-late": {"created": "9999-12-31T23:59:59-23:59"},
    "created-half": {"created": HALF},
    "parent": {"parent": {"id": HALF}, "seed": HUGE},
    "steps": {"steps": [{"method": HALF, "strength": HUGE}, HALF], "notes": [HALF]},
    "classes": {"classes": ["cat", HALF, "\ud800"]},
}


@pytest.fixture
def beside(run):
    """A sound run, and beside it one of every odd kind."""
    for kind, values in ODD.items():
        write(run, f"odd-{kind}", values)
    return run


def write(run: runs.Run, run_id: str, values: dict) -> None:
    """A copy of a run, with other values in its run.json."""
    folder = run.folder.with_name(run_id)
    shutil.copytree(run.folder, folder)
    meta = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(meta | values))


def sound(app) -> str:
    """What a page without any error box says."""
    assert not app.exception
    said = words(app)
    said.encode()  # UTF-8 holds all of it
    return said


@pytest.mark.parametrize("page", ["overview", "runs", "train", "gallery", "image", "compare"])
def test_no_odd_run_harms_a_page_of_a_sound_one(beside, open_page, page):
    app = open_page(page, run="drawn")
    sound(app)
    assert app.selectbox(key="run").value == "drawn"
    assert len(app.selectbox(key="run").options) > len(ODD) // 2


@pytest.mark.parametrize("kind", ["name", "dataset", "model", "timings", "steps", "created"])
def test_an_odd_run_itself_is_shown(run, open_page, kind):
    write(run, "odd", ODD[kind])
    for page in ("overview", "gallery", "runs"):
        app = open_page(page, run="odd")
        sound(app)
        assert app.selectbox(key="run").value == "odd"


def test_cells_of_what_is_no_usable_number_are_empty(beside):
    found = {each.id: facts(each) for each in runs.list_runs() if not each.damage}
    for run_id in ("odd-timings", "odd-timings-inf", "odd-timings-list"):
        if run_id in found:
            assert found[run_id]["duration"] is None
    for run_id in ("odd-n", "odd-n-right"):
        if run_id in found:
            assert (found[run_id]["n"], found[run_id]["accuracy"]) == (None, None)
    assert found["drawn"]["n"] == 120


def test_names_are_printable_wherever_they_were_written(run, open_page):
    path = artifacts.root() / "run_names.json"
    path.write_text(json.dumps({run.id: HALF, HALF: "x"}))
    assert runs.open_run(run.id).name == "gr\ufffdn"
    for page in ("overview", "runs", "train"):
        sound(open_page(page, run=run.id))


JOBS = {
    "error": {"state": "failed", "error": f"There is no folder {HALF}"},
    "config": {"config": {"dataset": HALF, "name": HALF}, "state": "failed"},
    "numbers": {"config": {"epochs": 1e400, "seed": HUGE}, "state": "done", "run_id": HALF},
    "created": {"created": "9999-12-31T23:59:59-23:59", "state": HALF},
    "lists": {"created": [1], "state": {"a": HALF}, "error": [HALF], "config": HALF},
}


def test_nor_does_an_odd_job(run, open_page):
    for second, values in enumerate(JOBS.values()):
        folder = artifacts.jobs_dir() / f"20260101-00000{second}-0000"
        folder.mkdir(parents=True)
        (folder / "job.json").write_text(json.dumps({"id": "x", "created": "2026-01-01"} | values))
        (folder / "process.json").write_text(json.dumps({"pid": HUGE, "born": HALF}))
        event = {"event": "note", "text": HALF, "time": HUGE}
        (folder / "events.jsonl").write_text(json.dumps(event) + "\n")
        (folder / "log.txt").write_bytes(b"bl\xfcten")
    for page in ("train", "overview", "runs"):
        sound(open_page(page, run="drawn"))
    assert {job.state for job in jobfolder.list_jobs()} <= {"failed", "done", "interrupted"}
