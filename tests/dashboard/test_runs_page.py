"""The table of runs, and what can be done to one."""

from __future__ import annotations

import errno
import json
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core import artifacts, runs
from core.runs import Run
from core.training.config import TrainConfig
from dashboard.components.run_labels import facts, labels
from dashboard.text import plain
from tests import repaired
from tests.dashboard import conftest


def words(app) -> str:
    """What the page says, as it is read."""
    return conftest.words(app).replace("\\", "")


def press(app, key: str):
    return app.button(key=key).click().run()


def test_facts_of_a_run(save_tiny):
    found = facts(save_tiny(TrainConfig(dataset="demo", name="tiny", select_on="test")))
    assert (found["name"], found["dataset"], found["model"]) == ("tiny", "demo", "resnet50")
    assert (found["n"], found["accuracy"], found["interval"]) == (6, 50, "18.8% to 81.2%")
    assert (found["duration"], found["chosen_on"]) == ("2 s", "test")


def test_a_folder_goes_by_its_name(save_tiny):
    assert facts(save_tiny(dataset="folder:/far/away/photos"))["dataset"] == "photos"


def made(run_id: str, name: str, created: str) -> Run:
    return Run(run_id, Path(run_id), name, {"created": created})


def test_runs_of_one_name_are_told_apart_by_date_then_by_id(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    found = [
        made("a", "alone", "2026-11-26T01:32:41+00:00"),
        made("b", "tiny", "2026-11-26T01:32:41+00:00"),
        made("c", "tiny", "2026-11-26T01:33:41+00:00"),
        made("d", "tiny", "2026-11-26T01:33:59+00:00"),
        made("e", "tiny", "yesterday"),
    ]
    assert labels(found) == {
        "a": "alone", "b": "26 Nov 01:32 · tiny", "c": "c · tiny", "d": "d · tiny",
        "e": "e · tiny",
    }  # fmt: skip


def test_a_fix_says_what_it_is_and_what_it_was_made_from(tiny_run, open_page):
    fix = repaired.save(tiny_run)
    assert facts(fix)["mode"] == "fix: mistakes"
    app = open_page("runs", run=fix.id)
    assert f"made from {plain(tiny_run.name)}" in words(app)


def test_facts_of_nonsense(tiny_run):
    nonsense = {"timings": ["long", 1e308], "created": "yesterday", "config": {"model": 1e400}}
    metrics = {"test": {"n": 0, "right": 0, "accuracy": "high"}}
    found = facts(replace(tiny_run, meta=tiny_run.meta | nonsense | {"metrics": metrics}))
    assert (found["n"], found["accuracy"], found["duration"]) == (0, None, None)
    assert found["created"] is None


def test_every_run_is_listed(save_tiny, open_page):
    for name in ("first", "second"):
        save_tiny(TrainConfig(dataset="demo", name=name))
    app = open_page("runs")
    assert not app.exception
    assert sorted(app.dataframe[0].value["name"]) == ["first", "second"]


def test_open(tiny_run, save_tiny, run, open_page):
    app = open_page("runs", run=run.id)
    assert run.id in words(app)
    assert app.button(key="runs_open").label == "See its Overview"  # it is open already
    looks = {key: app.button(key=key).proto.type for key in ("runs_open", "runs_delete")}
    assert looks == {"runs_open": "secondary", "runs_delete": "secondary"}
    assert press(app, "runs_open").title[0].value == "Overview"


def test_rename(tiny_run, open_page):
    app = open_page("runs")
    app.text_input(key="runs_name_tiny").set_value("better name")
    app = press(app, "runs_rename")
    assert app.dataframe[0].value["name"].tolist() == ["better name"]


@pytest.mark.parametrize("name", ["\u202e", " \u200b\u2060 "])
def test_a_name_that_nobody_could_see_is_refused(tiny_run, open_page, name):
    app = open_page("runs")
    app.text_input(key="runs_name_tiny").set_value(name)
    app = press(app, "runs_rename")
    assert "no letter that can be seen" in words(app)
    assert app.dataframe[0].value["name"].tolist() == ["tiny"]


def test_delete_and_undo(tiny_run, open_page):
    app = press(open_page("runs"), "runs_delete")
    assert "tiny was deleted" in words(app)
    assert not runs.list_runs()
    app = press(app, "runs_undo")
    assert [run.id for run in runs.list_runs()] == ["tiny"]
    assert "was deleted" not in words(app)


def test_deleted_in_another_tab_meanwhile(tiny_run, open_page):
    app = open_page("runs")
    runs.delete("tiny")
    assert "No run 'tiny' to delete" in words(press(app, "runs_delete"))


def test_damaged_run_is_listed_with_its_reason(tiny_run, open_page):
    (tiny_run.folder.parent / "broken").mkdir()
    assert "run.json is missing" in words(open_page("runs"))


@pytest.mark.parametrize("damaged", [True, False])
def test_without_a_run(artifacts_root, open_page, damaged):
    if damaged:
        (artifacts_root / "runs" / "broken").mkdir(parents=True)
    app = open_page("runs")
    assert not app.exception
    assert "No run can be opened" in words(app)
    assert ("broken" in words(app)) == damaged


def test_read_only_refuses_what_it_hides(tiny_run, open_page, monkeypatch):
    app = open_page("runs")
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    assert "read-only" in words(press(app, "runs_delete"))
    assert runs.list_runs()
    keys = [button.key for button in open_page("runs").button]
    assert "runs_open" in keys
    assert not {"runs_delete", "runs_rename"} & set(keys)


def test_a_full_disk_is_told_in_words(tiny_run, open_page, monkeypatch, artifacts_root):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    app = open_page("runs")
    app.text_input(key="runs_name_tiny").set_value("better name")
    monkeypatch.setattr(artifacts, "write_json", refuse)
    said = words(press(app, "runs_rename"))
    assert f"{artifacts_root} cannot be written (No space left on device): free some" in said


def test_ones_own_deletion_raises_no_alarm_and_undo_opens_the_run_again(save_tiny, open_page):
    save_tiny(TrainConfig(dataset="demo", name="first"), run_id="first")
    save_tiny(TrainConfig(dataset="demo", name="second"), run_id="second")
    app = open_page("runs", run="first")
    press(app, "runs_delete")
    assert not app.toast
    assert app.selectbox(key="run").value == "second"
    press(app, "runs_undo")
    assert app.selectbox(key="run").value == "first"


LEFT_OUT = {
    "unreadable": {"n": 2, "files": ["cat/1.jpg: not a picture", "dog/2.jpg: not a picture"]},
    "left_out": {"no image that can be read: .txt": 12},
    "data_notes": ["12 files are left out."],
}


def test_overview_leads_to_the_files_that_were_left_out(save_tiny, open_page):
    save_tiny(extra=LEFT_OUT)
    app = open_page("overview")
    assert "14 files were left out of the data set" in words(app)
    press(app, "left_out_open")
    reasons, files = (
        next(t.value for t in app.dataframe if first in t.value) for first in ("Reason", FILES)
    )
    assert reasons["Files"].tolist() == [12, 2]
    assert files[FILES].tolist() == LEFT_OUT["unreadable"]["files"]


FILES = "Image that could not be read"


@pytest.mark.parametrize("kept", [{}, {"unreadable": 3, "left_out": [1], "data_notes": "x"}])
def test_a_run_of_which_nothing_was_left_out_says_nothing(save_tiny, open_page, kept):
    save_tiny(extra=kept)
    assert "left out" not in words(open_page("overview"))


def exported(monkeypatch, code: int, out: str, err: str = "") -> list[list[str]]:
    """What the page starts, each of which ends so."""
    asked = []

    def run(command, **_):
        asked.append(command[1:])
        return subprocess.CompletedProcess(command, code, out, err)

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_a_network_is_taken_home(tiny_run, open_page, monkeypatch, tmp_path):
    told = {"folder": str(tmp_path), "lines": "import load", "words": "Proved on 6", "holds": True}
    app = open_page("runs")
    asked = exported(monkeypatch, 0, f"a word\n{json.dumps(told)}\n")
    app = press(app, "runs_export_now")
    assert asked == [["-m", "core.exports", tiny_run.id, "torchvision"]]
    assert "Proved on 6" in words(app)
    assert "import load" in [code.value for code in app.code]


def test_a_network_that_cannot_be_taken_home(tiny_run, open_page, monkeypatch):
    app = open_page("runs")
    exported(monkeypatch, 1, "", "a warning\nIts head is gone.\n")
    assert "Its head is gone." in words(press(app, "runs_export_now"))


def saved_as(save_tiny, *names: str) -> None:
    for name in names:
        save_tiny(TrainConfig(dataset="demo", name=name), run_id=name)


def test_the_bin_gives_runs_back_the_last_deleted_first(save_tiny, open_page):
    saved_as(save_tiny, "first", "second", "third")
    runs.delete("first")
    runs.delete("second")
    assert [run.name for run, _ in runs.deleted()] == ["second", "first"]
    app = open_page("runs")
    assert [e.label for e in app.expander if "Bin" in e.label] == ["Bin (2)"]
    press(app, "runs_restore_first")
    assert {run.id for run in runs.list_runs()} == {"first", "third"}


def test_search_finds_runs_by_any_of_their_words(save_tiny, open_page):
    saved_as(save_tiny, "barn-owl", "snowy-owl", "fox")
    app = open_page("runs")
    app.text_input(key="runs_search").set_value("resnet50 OWL").run()
    assert sorted(app.dataframe[0].value["name"]) == ["barn-owl", "snowy-owl"]
    app.text_input(key="runs_search").set_value("owl fox").run()
    assert "No run has all of these words" in words(app)


def test_details_repeat_a_training_by_its_command(tiny_run, open_page):
    app = open_page("runs")
    assert app.code[0].value.startswith("python train.py --dataset=demo --model=resnet50")
    details = app.dataframe[1].value
    assert details[details["What"] == "torch"]["Value"].iloc[0]


def test_the_word_of_a_run_that_is_gone_goes_too(tiny_run, open_page):
    [told] = open_page("overview", run="gone").toast
    assert told.proto.duration == 20


def test_a_name_that_somebody_else_has_given_meanwhile_is_not_lost(tiny_run, open_page):
    app = open_page("runs")
    runs.rename("tiny", "theirs")
    app.text_input(key="runs_name_tiny").set_value("mine")
    app = press(app, "runs_rename")
    assert "called this run 'theirs' meanwhile" in words(app)
    assert app.dataframe[0].value["name"].tolist() == ["theirs"]
