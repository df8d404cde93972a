"""The Explain page on planted features: what it says, and what it says where a part is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from core import queries, runs
from core.errors import ExplainError
from core.explain import finding
from core.runs.annotations import channel_marks
from dashboard.components import saliency
from dashboard.server import overlays
from dashboard.server.background import Work
from dashboard.session import concept_draft, state
from dashboard.views.explain import picks as explain_picks
from dashboard.views.explain import reasons
from tests import drawn, planted
from tests.dashboard.conftest import words

CAT, DEER, SHIP = range(3)


@pytest.fixture
def planted_run(save_tiny):
    return planted.save(save_tiny)[0]


@pytest.fixture
def stands_out(monkeypatch):
    """Whatever the errors share is clear."""
    monkeypatch.setattr(finding.Shared, "clear", True)


def headings(app) -> list[str]:
    return [e.value for e in app.subheader]


def test_classes_that_name_no_confusion_are_told(run, open_page):
    app = open_page("explain", true="deer", pred="deer")
    assert not app.exception
    assert "name no confusion" in words(app)


def test_where_nothing_stands_out_nothing_looks_like_a_finding(planted_run, open_page):
    app = open_page("explain")
    assert "nothing stands out that these errors share (tested on " in words(app)
    assert "Channel" not in words(app)
    assert "What they have more of" not in headings(app)
    assert "Channels, none of them clear" in [e.label for e in app.expander]
    button = app.button(key="explain_concept")
    assert button.proto.type == "secondary"


def test_it_explains_the_largest_confusion(planted_run, open_page, stands_out):
    app = open_page("explain")
    assert not app.exception
    assert app.selectbox(key="explain_confusion").value == (DEER, CAT)
    counts = queries.confusion(planted_run, "test")
    n, of = counts[DEER, CAT], counts[DEER].sum()
    assert headings(app)[0] == f"{n} of {of} images of deer in test are predicted as cat"
    assert "AUC" not in words(app)
    assert "logits" not in words(app)
    assert "add up to exactly this gap" in next(
        e.help for e in app.subheader if e.value == "What they have more of"
    )
    assert f"**Channel {planted.FENCE}**" in words(app)
    assert "The errors are darker." in words(app)
    assert "images of deer like these" in words(app)


def test_the_sidebar_chooses(planted_run, open_page):
    for query in ({"true": "ship", "pred": "cat"}, {"cells": "ship → cat"}):
        app = open_page("explain", **query)
        assert "ship in test are predicted as cat" in headings(app)[0]
        assert app.selectbox(key="explain_confusion").value == (SHIP, CAT)


def test_a_class_alone_chooses_its_largest_confusion(planted_run, open_page):
    assert "ship in test are predicted as" in headings(open_page("explain", true="ship"))[0]


def test_the_picker_writes_to_the_sidebar(planted_run, open_page):
    app = open_page("explain")
    app.selectbox(key="explain_confusion").select((SHIP, CAT)).run()
    assert app.multiselect(key="true").value == ["ship"]
    assert app.multiselect(key="pred").value == ["cat"]
    assert "ship in test are predicted as cat" in headings(app)[0]


def test_ranges_are_left_out_and_it_says_so(planted_run, open_page):
    app = open_page("explain", true="deer", pred="cat", filters="Loss")
    assert "only the confusion counts here" not in words(app)
    low, high = app.slider(key="range_loss").value
    app.slider(key="range_loss").set_range((low + high) / 2, high).run()
    assert not app.exception
    assert "only the confusion counts here" in words(app)


def test_without_features_the_other_parts_stand(save_tiny, open_page):
    planted.save_without_features(save_tiny)
    app = open_page("explain", true="deer", pred="cat")
    assert not app.exception
    assert words(app).count("kept no features") >= 2
    assert "deer in test are predicted as cat" in headings(app)[0]
    assert "The errors are darker." in words(app)
    assert "Channel" not in words(app)
    assert not [b for b in app.button if b.key == "explain_concept"]


def test_too_few_errors_are_shown_but_not_taken_apart(tiny_run, open_page):
    app = open_page("explain", true="deer", pred="cat")
    assert not app.exception
    assert headings(app)[0] == "2 of 3 images of deer in test are predicted as cat"
    assert "too few to explain" in words(app)
    assert "too few to compare" in words(app)
    assert "Group 1" not in words(app)


def test_no_such_errors(tiny_run, open_page):
    app = open_page("explain", true="cat", pred="ship")
    assert not app.exception
    assert "choose another confusion" in words(app)


def test_a_split_without_errors(save_tiny, tiny_table, open_page):
    right = tiny_table[tiny_table["correct"]].reset_index(drop=True)
    right["row"] = right.index.astype("int32")
    save_tiny(table=right, features=np.eye(len(right), 4))
    app = open_page("explain")
    assert not app.exception
    assert "nothing to explain" in words(app)


def test_a_run_without_a_head_is_shown_but_not_taken_apart(dataset, open_page):
    drawn.save(dataset)
    app = open_page("explain")
    assert not app.exception
    assert "no linear head" in words(app)
    assert "are predicted as" in headings(app)[0]
    assert "Nearest" not in words(app)


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


def test_what_the_pictures_are_like_is_said(dataset, open_page):
    drawn.save(dataset)
    app = open_page("explain", true="cat", pred="deer")
    while not reasons.measuring(runs.open_run("drawn"), (0, 1), "test").wait(10):
        pass
    app.run()
    assert not app.exception
    assert "Against cat predicted correctly, in" in words(app)
    assert "pictures were not looked at" not in words(app)


def test_while_the_pictures_are_measured_the_rest_stands(run, open_page, monkeypatch):
    work = Work(done=3, total=120)
    monkeypatch.setattr(reasons, "PATIENCE", 0)
    monkeypatch.setattr(reasons, "_measuring", lambda *asked: work)
    app = open_page("explain", true="cat", pred="deer")
    assert not app.exception
    assert "Looking at the pictures of cat" in words(app)
    assert "respects" not in words(app)
    work.result, work.finished = pd.DataFrame(), True
    app.run()
    assert "Against cat predicted correctly, in 3 respects" in words(app)


def test_pictures_that_are_gone_are_told(dataset, open_page, tmp_path):
    drawn.save(dataset)
    (tmp_path / "photos").rename(tmp_path / "elsewhere")
    app = open_page("explain", true="cat", pred="deer")
    assert not app.exception
    assert "The pictures were not looked at" in words(app)
    assert "Against cat predicted correctly, in 3 respects" in words(app)


def test_groups_name_no_concept_that_was_not_shown(planted_run, monkeypatch):
    named = {"fence": np.ones(planted_size())}
    monkeypatch.setattr(reasons, "concept_scores", lambda run: named)
    for clear, expected in ((True, named), (False, {})):
        found = pd.DataFrame({"measure": ["fence"], "effect": [1.0], "clear": [clear]})
        monkeypatch.setattr(reasons, "differences", lambda *asked, found=found: found)
        assert reasons._clear_concepts(planted_run, (DEER, CAT), "test").keys() == expected.keys()


def planted_size() -> int:
    return sum(planted.SIZES.values())


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


def test_a_mark_is_kept_with_the_run(planted_run, open_page, stands_out):
    app = open_page("explain", true="deer", pred="cat")
    key = f"explain_mark_{planted_run.id}_{CAT}_{planted.FENCE}"
    control = next(g for g in app.button_group if g.key == key)
    control.set_value("spurious").run()
    assert channel_marks.spurious(planted_run, CAT) == [planted.FENCE]
    assert app.session_state[state.MARKS][planted_run.id, CAT] == {planted.FENCE: "spurious"}
    again = open_page("explain", true="deer", pred="cat")
    assert again.session_state[state.MARKS][planted_run.id, CAT] == {planted.FENCE: "spurious"}


def test_read_only_keeps_marks_for_the_session_alone(
    planted_run, open_page, monkeypatch, stands_out
):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    app = open_page("explain", true="deer", pred="cat")
    key = f"explain_mark_{planted_run.id}_{CAT}_{planted.FENCE}"
    next(g for g in app.button_group if g.key == key).set_value("belongs").run()
    assert app.session_state[state.MARKS][planted_run.id, CAT] == {planted.FENCE: "belongs"}
    assert channel_marks.of_class(planted_run, CAT) == {}
    app.run()
    assert app.session_state[state.MARKS][planted_run.id, CAT] == {planted.FENCE: "belongs"}


def test_the_overview_leads_with_the_confusion_that_stands_out(planted_run, open_page):
    app = open_page("overview")
    assert app.header[0].value == "9 of 80 deer are taken for cat"
    assert "of all errors" in words(app)


def test_why_on_the_overview_and_beside_the_matrix(planted_run, open_page):
    app = open_page()
    app = next(b for b in app.button if b.key == f"overview_why_{DEER}_{CAT}").click().run()
    assert app.title[0].value == "Explain"
    assert app.multiselect(key="true").value == ["deer"]
    app = open_page("confusion", true="ship", pred="cat")
    app = next(b for b in app.button if b.label == "Why?").click().run()
    assert app.title[0].value == "Explain"
    assert "ship in test are predicted as cat" in headings(app)[0]


def test_what_goes_to_the_concepts_page(planted_run, monkeypatch):
    session: dict = {}
    monkeypatch.setattr(st, "session_state", session)
    concept_draft.make_concept(explain_picks.confusion_picks(planted_run, (DEER, CAT), "test"))
    picks = session["concept_picks"]
    assert session[state.GO] == "concepts"
    assert (picks["name"], picks["from"]) == ("deer-as-cat cue", "deer predicted as cat")
    images = queries.rows(planted_run, [*picks["shows"], *picks["without"]])
    assert len(images) == 24
    assert set(images["split"]) == {"train"}


def test_groups_and_channels_make_concepts_of_their_own(planted_run):
    group = reasons.subgroups(planted_run, (DEER, CAT), "test")[0]
    picks = explain_picks.group_picks(planted_run, (DEER, CAT), "test", group.rows, 1)
    assert picks["shows"] == group.rows.tolist()
    assert picks["name"] == "deer-as-cat cue, group 1"
    without = queries.rows(planted_run, picks["without"])
    assert len(without) == 10
    assert without["correct"].all()
    assert set(without["label"]) == {DEER}
    assert explain_picks.channel_picks(planted_run, (DEER, CAT), 6) == {
        "channel": 6,
        "name": "channel 6",
        "named": False,
        "from": "deer predicted as cat",
    }


def test_a_mark_that_somebody_else_has_just_set_stands_and_is_told(
    planted_run, open_page, stands_out
):
    app = open_page("explain")
    channel_marks.mark(planted_run, CAT, planted.FENCE, "belongs")
    key = f"explain_mark_{planted_run.id}_{CAT}_{planted.FENCE}"
    app.button_group(key=key).set_value("spurious").run()
    assert "has just marked channel" in words(app)
    assert channel_marks.spurious(planted_run, CAT) == []
