"""The tiles of a cell before it is clicked are those that the click shows."""

from __future__ import annotations

import shutil

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.app import AHEAD
from dashboard.components import ahead
from tests.dashboard.conftest import component


@pytest.fixture
def get():
    """A function that asks the route alone."""
    client = TestClient(Starlette(routes=[Route(AHEAD, ahead.serve)]))
    return lambda url, **headers: client.get(url, headers=headers)


@pytest.fixture
def address(run, open_page):
    """A function that gives where a page with this query would ask."""
    return lambda **query: component(open_page("confusion", **query), "confusion_matrix")["ahead"]


@pytest.mark.parametrize(
    "query", [{}, {"rank": "Margin", "order": "Lowest first"}, {"true": "dog", "rank": "P(dog)"}]
)
def test_they_are_those_of_the_click(run, open_page, get, query):
    app = open_page("confusion", **query)
    found = get(component(app, "confusion_matrix")["ahead"] + "?cell=1-0")
    assert found.status_code == 200
    assert "immutable" in found.headers["cache-control"]
    app.session_state["true"], app.session_state["pred"] = ["deer"], ["cat"]
    if app.session_state["rank"].startswith("p_"):
        app.session_state["rank"] = "auto"
    app.run()
    assert found.json() == component(app, "confusion_images")["groups"][0]["tiles"]
    assert {tile["label"] for tile in found.json()} == {"deer"}


def test_never_more_than_one_page(address, get, monkeypatch):
    monkeypatch.setattr(ahead, "MOST", 3)
    assert len(get(address() + "?cell=1-1").json()) == 3


def test_an_empty_cell_and_one_that_does_not_exist_have_none(address, get):
    assert get(address() + "?cell=9-1").json() == []


@pytest.mark.parametrize("query", ["", "?cell=", "?cell=1", "?cell=1-x", "?cell=-1-0"])
def test_what_is_no_cell_gets_nothing(address, get, query):
    found = get(address() + query)
    assert (found.status_code, found.content) == (204, b"")


def test_nothing_on_a_metered_connection(address, get):
    assert get(address() + "?cell=1-0", **{"save-data": "on"}).status_code == 204


def test_an_altered_address_is_refused(address, get):
    assert get(address().replace("/test/", "/train/") + "?cell=1-0").status_code == 403
    assert get(address()[:-1] + "x?cell=1-0").status_code == 403


def test_a_deleted_run_has_none(run, address, get):
    url = address()
    shutil.rmtree(run.folder)
    assert get(url + "?cell=1-0").status_code == 404


def test_a_range_asks_for_nothing_ahead(address):
    assert address(filters="Loss", range_loss=["0.1", "1"]) == ""
