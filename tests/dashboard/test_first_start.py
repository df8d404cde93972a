"""The demo's pictures are drawn when its run is first looked at."""

from __future__ import annotations

import threading
import time

import pytest

from core import datasets
from core.errors import DatasetError, FencepostError
from dashboard import first_start
from tests.dashboard.conftest import words


@pytest.fixture
def undrawn(monkeypatch, tiny_run):
    """The demo is not there, and drawing it waits for this event."""
    go = threading.Event()

    def load(name):
        if not go.is_set():
            raise DatasetError("not drawn")

    def draw(name, progress):
        progress(5, 10)
        go.wait(10)

    monkeypatch.setattr(datasets, "load_dataset", load)
    monkeypatch.setattr(datasets, "prepare", draw)
    yield go
    go.set()
    first_start._drawing.clear()


def test_bar_stands_in_the_pages_place(undrawn, open_page):
    app = open_page()
    assert "Welcome to Fencepost" in words(app)
    undrawn.set()
    assert app.run().title[0].value == "Overview"


def test_two_tabs_draw_once(undrawn, open_page, monkeypatch):
    calls = []
    draw = datasets.prepare
    monkeypatch.setattr(datasets, "prepare", lambda *a: (calls.append(a), draw(*a)))
    for _ in range(2):
        assert "Welcome" in words(open_page())
    assert len(calls) == 1


def test_other_pages_need_no_pictures(undrawn, open_page):
    assert open_page("runs").title[0].value == "Runs"


def test_without_room_for_pictures_the_numbers_are_shown(undrawn, open_page, monkeypatch):
    def full(name, progress):
        raise FencepostError("The disk is full.")

    monkeypatch.setattr(datasets, "prepare", full)
    app = open_page()
    time.sleep(0.2)  # for the thread
    app.run()
    assert app.title[0].value == "Overview"
    assert "The disk is full" in words(app)
