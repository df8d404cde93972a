"""Where the network looked, on the Explain page: once it is open, and said where it cannot be."""

from __future__ import annotations

import pytest
import streamlit as st

from core.errors import ExplainError
from dashboard.components import saliency
from dashboard.server import overlays
from tests import drawn
from tests.dashboard.conftest import words


@pytest.fixture
def network(monkeypatch) -> dict[str, object]:
    """What is known of the network: `opened` is words, None while it opens, or an error."""
    known: dict[str, object] = {"opened": None}

    def opened(run):
        if isinstance(known["opened"], Exception):
            raise known["opened"]
        return known["opened"]

    monkeypatch.setattr(overlays, "start_opening", lambda run: None)
    monkeypatch.setattr(overlays, "opened", opened)
    return known


def test_maps_come_when_the_network_is_open(dataset, open_page, network):
    drawn.save(dataset)
    app = open_page("explain")
    assert "Opening the network" in words(app)
    assert "Grad-CAM" not in words(app)
    network["opened"] = "Bright where it looked."
    app.run()
    assert "Opening the network" not in words(app)
    assert "Bright where it looked." in words(app)
    assert "Grad-CAM" in words(app)


def test_what_the_switch_will_answer_is_known_above_it(run, network, monkeypatch):
    session: dict = {}
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr("dashboard.session.cached.images_problem", lambda run: "")
    assert not saliency.is_shown(run, key="where", default=True)  # not open yet
    network["opened"] = "Bright where it looked."
    assert saliency.is_shown(run, key="where", default=True)
    session["where"] = False
    assert not saliency.is_shown(run, key="where", default=True)
    session["where"], network["opened"] = True, ExplainError("There is no network.")
    assert not saliency.is_shown(run, key="where", default=True)


def test_without_a_network_it_says_so(dataset, open_page, network):
    drawn.save(dataset)
    network["opened"] = ExplainError("There is no network: train it again.")
    app = open_page("explain")
    assert not app.exception
    assert "There is no network" in words(app)
    assert "Grad-CAM" not in words(app)
    app.toggle(key="where").set_value(False).run()
    assert "There is no network" not in words(app)
