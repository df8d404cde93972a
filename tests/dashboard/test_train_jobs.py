"""What a training tells on the Train page and on the others; jobs are written by hand."""

from __future__ import annotations

import json
import os

import pytest

from core import artifacts
from core.datasets import download
from core.training import jobs
from core.training.config import TrainConfig, recommended
from core.training.jobs import jobfolder, preflight
from dashboard.server import access
from tests import drawn
from tests.dashboard import conftest

CONFIG = TrainConfig(dataset="demo", model="small", weights="none", name="a *bold* job")

STEP = {"event": "step", "step": 5, "steps": 20, "epoch": 1, "epochs": 4, "loss": 0.5,
        "accuracy": 0.75, "images_per_second": 120.0, "seconds_left": 75.0}  # fmt: skip

TRAINING = [{"event": "stage", "stage": "train", "text": "Training on 9 images, cpu"}, STEP]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    for module in (preflight, download):
        monkeypatch.setattr(module, "reachable", lambda url: True)


@pytest.fixture
def make_job(artifacts_root):
    """A function that writes a job's folder in a state; `running` is this very process."""

    def make(state: str, events: list[dict] | None = None, **others) -> str:
        folder = jobfolder.make_folder()
        jobfolder.write_record(folder, CONFIG, state, **others)
        if state in ("running", "queued"):
            jobfolder.write_process(folder, os.getpid())
        lines = [json.dumps(event) for event in events or []]
        (folder / "events.jsonl").write_text("".join(f"{line}\n" for line in lines))
        (folder / "log.txt").write_text("epoch 1\nsecond line\n")
        return folder.name

    return make


def words(app) -> str:
    """What the page says, as it is read."""
    return conftest.words(app).replace("\\", "")


def press(app, key: str):
    return app.button(key=key).click().run()


def test_running_job_is_watched(open_page, make_job):
    make_job("running", TRAINING)
    app = open_page("train")
    assert not app.exception
    numbers = {metric.label: metric.value for metric in app.metric}
    assert numbers["Epoch"] == "1 of 4"
    assert numbers["Loss"] == "0.500"
    assert numbers["Train accuracy"] == "75.0%"
    assert numbers["Time left"] == "1 min 15 s"
    assert "\\*bold\\*" in app.subheader[0].value


def test_running_job_is_in_the_sidebar_of_every_page(run, open_page, make_job):
    make_job("running", TRAINING)
    app = open_page("gallery")
    assert not app.exception
    app = press(app, "sidebar_watch")
    assert app.title[0].value == "Train"


def test_cancel(open_page, make_job, monkeypatch):
    job_id = make_job("running", TRAINING)
    asked = []
    monkeypatch.setattr(jobs, "cancel", asked.append)
    press(open_page("train"), "train_cancel")
    assert asked == [job_id]


def test_finished_job_selects_its_run(run, save_tiny, open_page, make_job):
    other, first = run, save_tiny(run_id="newer")
    app = open_page("train", run=first.id)
    assert app.selectbox(key="run").value == first.id
    job_id = make_job("running", TRAINING)
    app.run()
    jobfolder.write_record(artifacts.jobs_dir() / job_id, CONFIG, "done", run_id=other.id)
    app.run()
    assert "is now open" in words(app)
    assert app.selectbox(key="run").value == other.id
    assert press(app, "train_open").title[0].value == "Overview"


def test_finished_job_is_offered_on_other_pages(dataset, open_page, make_job, run):
    drawn.save(dataset, run_id="looked-at")
    app = open_page("gallery", run="looked-at")
    job_id = make_job("running", TRAINING)
    app.run()
    jobfolder.write_record(artifacts.jobs_dir() / job_id, CONFIG, "done", run_id=run.id)
    app.run()
    app = press(app, "sidebar_open")
    assert app.title[0].value == "Overview"
    assert app.selectbox(key="run").value == run.id
    assert "sidebar_open" not in [button.key for button in app.button]


def test_failed_job_tells_its_cause_and_its_log(open_page, make_job):
    job_id = make_job("failed", error="the loss is NaN: lower --lr")
    app = open_page("train")
    assert "the loss is NaN: lower --lr" in words(app)
    app.session_state[f"log_{job_id}"] = True
    assert "second line" in app.run().code[0].value


def test_interrupted_job_offers_to_resume(open_page, make_job, monkeypatch):
    job_id = make_job("was running")
    (artifacts.jobs_dir() / job_id / "checkpoint.pt").touch()
    asked = []
    monkeypatch.setattr(jobs, "resume", asked.append)
    app = open_page("train")
    assert "was interrupted" in words(app)
    press(app, f"resume_{job_id}")
    assert asked == [job_id]


def test_earlier_jobs_are_listed(open_page, make_job):
    for state in ("done", "failed", "cancelled"):
        make_job(state)
    app = open_page("train")
    assert not app.exception
    labels = [found.label for found in app.expander]
    assert sum("a \\*bold\\* job" in label for label in labels) == 2  # the newest stands above


def test_damaged_job_harms_no_page(run, open_page, make_job):
    job_id = make_job("done")
    (artifacts.jobs_dir() / job_id / "job.json").write_text("{")
    assert not open_page("train").exception
    assert not open_page("overview").exception


def test_first_start_while_the_first_model_trains(open_page, make_job):
    make_job("running", TRAINING)
    assert "is being trained" in words(open_page())


def test_the_form_begins_with_what_was_given_last(open_page, make_job):
    make_job("failed", error="no")
    app = open_page("train")
    assert app.number_input(key="train_demo_epochs").value == CONFIG.epochs
    assert app.text_input(key="train_demo_name").value == ""


def test_while_one_trains_another_can_be_started_to_wait(open_page, make_job, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start", lambda *given: started.append(given))
    make_job("running", TRAINING, by="anna@example.org")
    app = open_page("train")
    assert "Started by anna@example.org, " in words(app)
    app.toggle(key="train_again").set_value(True).run()
    press(app, "train_start")
    assert [config for config, *_ in started] == [recommended("demo")]


def test_those_who_wait_stand_in_their_order(run, open_page, make_job, monkeypatch):
    make_job("running", TRAINING)
    second = make_job("queued", queued="2026-01-01T10:00:02", by="ben@example.org")
    make_job("queued", queued="2026-01-01T10:00:01")
    asked = []
    monkeypatch.setattr(jobs, "cancel", asked.append)
    monkeypatch.setattr(access, "visitor", lambda: None)
    app = open_page("train")
    places = [e.value for e in app.markdown if "bold" in str(e.value)]
    assert [place.split(".")[0] for place in places] == ["1", "2"]
    assert r"by ben\@example\.org, " in places[1]
    press(app, f"cancel_{second}")
    assert asked == [second]
    assert "2 wait" in words(open_page("gallery"))


def test_of_several_logins_each_cancels_their_own(open_page, make_job, monkeypatch):
    own, other = (make_job("queued", by=f"{name}@example.org") for name in ("anna", "ben"))
    monkeypatch.setattr(access, "visitor", lambda: "anna@example.org")
    app = open_page("train")
    keys = [button.key for button in app.button]
    assert f"cancel_{own}" in keys
    assert f"cancel_{other}" not in keys
    assert "yours is number 1" in words(open_page("gallery"))


def test_what_another_cancels_all_the_same_is_refused(open_page, make_job, monkeypatch):
    job_id = make_job("queued", by="ben@example.org")
    monkeypatch.setattr(access, "visitor", lambda: "ben@example.org")
    app = open_page("train")
    monkeypatch.setattr(access, "visitor", lambda: "anna@example.org")
    assert "ben@example.org's, who alone can cancel it" in words(press(app, f"cancel_{job_id}"))
    assert jobs.open_job(job_id).alive
