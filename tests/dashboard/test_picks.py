"""Picks outlive a reload under a key in the URL, and the bar says what can be done with them."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core import artifacts
from tests.dashboard.conftest import words

ID = "0123456789abcdef"


def lay_down(run_id: str, value: object) -> None:
    path = artifacts.root() / "unsaved" / run_id / f"picks-{ID}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def pick_page(app: AppTest) -> AppTest:
    return next(b for b in app.button if b.label == "Pick this page").click().run()


def test_nothing_picked_draws_no_bar(run, open_page):
    app = open_page("gallery")
    assert "picks_concept" not in [button.key for button in app.button]
    assert "picks" not in app.query_params


def test_picks_are_named_in_the_url_and_taken_up_from_it(run, open_page):
    app = pick_page(open_page("gallery", n="20"))
    assert "**20 picked**: " in words(app)
    key = app.query_params["picks"]
    assert "**20 picked**: " in words(open_page("confusion", run=run.id, picks=key))


def test_picks_lead_to_a_concept_and_can_be_brought_back(run, open_page):
    lay_down(run.id, {"rows": [3, 5]})
    app = open_page("gallery", run=run.id, picks=ID)
    app.button(key="picks_clear").click().run()
    assert "None picked" in words(app)
    app.button(key="picks_undo").click().run()
    assert "**2 picked**" in words(app)
    app.button(key="picks_concept").click().run()
    assert app.title[0].value == "Concepts"
    assert "These show it** (2)" in words(app)


@pytest.mark.parametrize(
    "value", [{"rows": [10**9, -1, "3", True, None]}, {"rows": 7}, {}, [], "text"]
)
def test_odd_picks_are_none(run, open_page, value):
    lay_down(run.id, value)
    app = open_page("gallery", run=run.id, picks=ID)
    assert not app.exception
    assert "picked**" not in words(app)


@pytest.mark.parametrize("key", ["../../../etc/passwd", "nothing", "f" * 16])
def test_a_key_of_nothing_picks_nothing(run, open_page, key):
    app = open_page("gallery", run=run.id, picks=key)
    assert not app.exception
    assert "picked**" not in words(app)


def test_who_opens_a_link_picks_on_without_changing_it(run, open_page):
    lay_down(run.id, {"rows": [3]})
    app = pick_page(open_page("gallery", run=run.id, picks=ID, n="20"))
    assert app.query_params["picks"] != ID
    assert "**1 picked**" in words(open_page("confusion", run=run.id, picks=ID))
