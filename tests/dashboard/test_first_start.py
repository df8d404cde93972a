"""The demo's pictures are drawn when its run is first looked at."""

from __future__ import annotations

import threading
import time

import pytest

from core import artifacts, datasets
from core.datasets import demo
from core.errors import FencepostError
from dashboard.sidebar import first_start
from tests.dashboard.conftest import words

STORE = first_start._store


@pytest.fixture
def undrawn(monkeypatch, tiny_run, nothing_stored):
    """The demo's pictures are not stored, and storing them waits for this event."""
    go = threading.Event()

    def draw(name, progress):
        progress(5, 10)
        go.wait(10)

    monkeypatch.setattr(first_start, "_store", STORE)
    monkeypatch.setattr(first_start, "HEAD_START", 0)
    monkeypatch.setattr(datasets, "prepare", draw)
    yield go
    go.set()
    first_start._storing.clear()


@pytest.fixture
def demo_run(save_tiny, artifacts_root):
    """The run that ships, its pictures drawn."""
    demo.render(artifacts_root / "datasets" / "demo", train=20, test=10)
    return save_tiny(run_id="demo")


def test_pages_and_pictures_do_not_wait(undrawn, open_page):
    app = open_page()
    assert app.title[0].value == "Overview"
    assert "5 of 10" in progress_text(app.run())
    assert datasets.load_dataset("demo").image("test", 0).size == (96, 96)


def progress_text(app):
    return app.sidebar.get("progress")[0].proto.text


def test_a_read_only_dashboard_stores_nothing(undrawn, open_page, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    monkeypatch.setattr(datasets, "prepare", lambda *_: pytest.fail("it was stored"))
    app = open_page("overview")
    assert not app.exception
    assert "Storing the demo" not in words(app)


def test_two_tabs_draw_once(undrawn, open_page, monkeypatch):
    calls = []
    draw = datasets.prepare
    monkeypatch.setattr(datasets, "prepare", lambda *a: (calls.append(a), draw(*a)))
    for _ in range(2):
        open_page()
    time.sleep(0.2)  # for the thread
    assert len(calls) == 1


def test_other_pages_need_no_pictures(undrawn, open_page):
    assert open_page("runs").title[0].value == "Runs"


def test_without_room_the_pictures_are_drawn_as_they_are_shown(undrawn, open_page, monkeypatch):
    def full(name, progress):
        raise FencepostError("The disk is full.")

    monkeypatch.setattr(datasets, "prepare", full)
    app = open_page()
    time.sleep(0.2)  # for the thread
    app.run()
    assert app.title[0].value == "Overview"
    assert "The disk is full" in words(app)


WELCOME = "drawn, not photographed"


def test_demo_alone_leads_on_to_photographs(demo_run, open_page):
    app = open_page()
    assert WELCOME in words(app)
    app = app.button(key="offer_stl10").click().run()
    assert app.title[0].value == "Train"
    assert app.button_group(key="train_data").value == "stl10"


def test_demo_beside_another_run_needs_no_welcome(demo_run, save_tiny, open_page):
    save_tiny(run_id="mine")
    assert WELCOME not in words(open_page(run="demo"))


def test_other_data_needs_no_welcome(save_tiny, open_page):
    save_tiny(run_id="mine", dataset="folder:/photos")
    assert WELCOME not in words(open_page())


def test_read_only_offers_no_training(demo_run, open_page, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    assert WELCOME not in words(open_page())


def test_where_there_is_no_run_the_demo_is_one_click_away(
    artifacts_root, nothing_stored, open_page
):
    artifacts.runs_dir().mkdir(parents=True)
    app = open_page()
    assert app.title[0].value == "No model yet"
    app.button(key="add_demo").click().run()
    assert app.title[0].value == "Overview"
    assert app.selectbox(key="run").value == "demo"
