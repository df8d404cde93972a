"""A session's first chart of Plotly's comes after its first image."""

from __future__ import annotations

import time

import pytest

from dashboard.components import after_images
from dashboard.server import images, responses
from tests.dashboard.test_image_route import get


@pytest.fixture
def waits(monkeypatch):
    """How often the page has looked for an image; one is sent at the third look."""
    looks = []

    def sent_since(moment):
        looks.append(moment)
        return len(looks) >= 3

    monkeypatch.setattr(after_images, "PATIENCE", 60)
    monkeypatch.setattr(responses, "sent_since", sent_since)
    return looks


def test_the_curve_waits_for_an_image_in_every_session_and_once(run, open_page, waits):
    app = open_page()
    assert len(waits) == 3
    assert len(app.get("plotly_chart")) == 1
    app.run()
    assert len(waits) == 3
    open_page()
    assert len(waits) == 4


def test_a_browser_that_has_the_images_waits_no_longer_than_it_must(run, open_page):
    assert len(open_page().get("plotly_chart")) == 1


def test_an_image_sent_is_known(run):
    began = time.monotonic()
    assert not responses.sent_since(began)
    get("/images/none/test/0/256/unsigned")
    assert not responses.sent_since(began)
    get(images.url("drawn", "test", 43))
    assert responses.sent_since(began)
