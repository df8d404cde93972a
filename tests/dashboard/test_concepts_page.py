"""The page Concepts: a draft is learned, corrected, kept, deleted and brought back."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from core import artifacts
from core.concepts import store
from core.concepts.learning import picking
from dashboard.session import concept_draft, unsaved
from tests import planted
from tests.dashboard.conftest import words


def left_over(app):
    """The buttons that offer unsaved drafts."""
    return [button for button in app.button if (button.key or "").startswith("concept_left_over")]


def name_of(app):
    return next(box for box in app.text_input if box.label == "Name")


def test_without_a_concept_the_page_says_how_to_make_one(fence_story, open_page):
    app = open_page("concepts")
    assert "something visible that images share" in words(app)
    assert app.button(key="concept_from_picks").disabled


def test_handed_picks_are_learned_at_once(drafted):
    app = drafted()
    assert not app.exception
    assert r"100 times in 100 \(cross\-validated" in words(app)
    assert "Suggested by deer predicted as cat" in words(app)
    assert "What it does" in words(app)


def test_with_too_few_picks_the_gallery_has_more(fence_story, open_page):
    run, shows, _ = fence_story
    app = open_page("concepts", run=run.id)
    app.session_state[concept_draft.HANDED] = {"shows": shows[:2], "without": [], "name": "fence"}
    app.run()
    assert "ick at least 3" in words(app)
    app.button(key="concept_pick_more").click().run()
    assert app.title[0].value == "Gallery"


def test_picks_that_a_person_changed_are_called_corrected(drafted, fence_story):
    app = drafted()
    assert "Nobody has seen them yet" in words(app)
    shows = fence_story[1]
    app.session_state[concept_draft.DRAFT] = replace(
        app.session_state[concept_draft.DRAFT], shows=tuple(shows[1:]), corrected=True
    )
    app.run()
    assert "You have corrected them" in words(app)
    assert "Nobody has seen them yet" not in words(app)


def test_what_was_not_saved_is_offered_after_a_reload(drafted, open_page):
    drafted()
    app = open_page("concepts")
    left_over(app)[0].click().run()
    assert name_of(app).value == "fence"
    assert "Recognisable" in words(app)
    app.button(key="concept_save").click().run()
    app = open_page("concepts")
    assert not left_over(app)


def test_drafts_of_two_people_on_one_run_are_both_kept_and_offered(drafted, open_page):
    mine, other = drafted(), drafted()
    name_of(other).set_value("mesh").run()
    app = open_page("concepts")
    assert [button.label.split(" (unsaved, ")[0] for button in left_over(app)] == [
        "Continue with mesh",
        "Continue with fence",
    ]
    other.button(key="concept_save").click().run()
    assert name_of(mine).value == "fence"
    [left] = left_over(open_page("concepts"))
    assert left.label == "Continue with fence (unsaved)"


def test_the_same_draft_gone_on_with_is_offered_once(drafted, open_page):
    drafted()
    app = open_page("concepts")
    left_over(app)[0].click().run()
    name_of(app).set_value("mesh").run()
    [left] = left_over(open_page("concepts"))
    assert "mesh" in left.label


def test_a_draft_of_a_version_before_drafts_had_ids_is_offered_and_ended(fence_story, open_page):
    run, shows, _ = fence_story
    path = artifacts.root() / "unsaved" / run.id / "draft.json"
    draft = {"run_id": run.id, "shows": shows, "without": [], "name": "fence"}
    artifacts.write_json(path, draft)
    app = open_page("concepts")
    left_over(app)[0].click().run()
    assert name_of(app).value == "fence"
    app.button(key="concept_drop").click().run()
    assert not path.exists()


def test_of_many_drafts_the_oldest_are_forgotten(fence_story, open_page):
    run = fence_story[0]
    draft = {"run_id": run.id, "shows": [0, 1, 2], "without": []}
    for number in range(unsaved.MOST + 2):
        named = draft | {"name": f"{number}"}
        unsaved.keep(run.id, concept_draft.DRAFT, unsaved.new_id(), named)
        time.sleep(0.002)  # for the disk's clock
    kept = [piece.value["name"] for piece in unsaved.pieces(run.id, concept_draft.DRAFT)]
    assert kept == [f"{number}" for number in range(9, 1, -1)]


@pytest.mark.parametrize("kept", [{}, {"shows": "x"}, {"run_id": "fenced", "name": 3}])
def test_a_damaged_file_of_unsaved_work_is_no_work(fence_story, open_page, kept):
    run = fence_story[0]
    whole = {"run_id": run.id, "shows": [0, 1, 2], "without": [], "name": "fence"}
    damaged = whole | kept if kept else kept
    unsaved.keep(run.id, concept_draft.DRAFT, unsaved.new_id(), damaged)
    app = open_page("concepts")
    assert not app.exception
    assert not left_over(app)


def test_a_read_only_dashboard_writes_no_unsaved_work(drafted, fence_story, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    drafted()
    assert unsaved.pieces(fence_story[0].id, concept_draft.DRAFT) == []


def test_a_second_concept_from_the_same_confusion_replaces_nothing(drafted, fence_story):
    run = fence_story[0]
    app = drafted()
    app.button(key="concept_save").click().run()
    again = drafted()
    assert name_of(again).value == "fence 2"
    name_of(again).set_value("fence").run()
    assert "There is already a concept “fence”: saving replaces it" in words(again)
    name_of(again).set_value("mesh").run()
    assert "saving replaces it" not in words(again)
    again.button(key="concept_save").click().run()
    assert [kept.name for kept in store.list_concepts(run)] == ["fence", "mesh"]


def test_opened_on_other_features_it_is_learned_again_with_a_threshold_of_theirs(
    drafted, fence_story, open_page, save_tiny
):
    run = fence_story[0]
    app = drafted()
    app.button(key="concept_save").click().run()
    larger = run.features().astype(np.float32) * 10 + 50
    planted.save(save_tiny, run_id="other", features=larger.astype(np.float16))
    app = open_page("concepts", run="other")
    app.button_group(key="concept_open").set_value("fence").run()
    assert "learned again from its 20 picks" in words(app)
    kept = store.load(run, "fence").concept.threshold
    [slider] = app.slider
    assert slider.value == pytest.approx(kept, abs=0.1)  # of standardised features, as before
    again = app.session_state[concept_draft.DRAFT]
    assert again.threshold is None


def test_a_concept_is_kept_found_again_deleted_and_brought_back(drafted, fence_story, open_page):
    run = fence_story[0]
    app = drafted()
    app.button(key="concept_save").click().run()
    assert [stored.name for stored in store.list_concepts(run)] == ["fence"]
    app.button(key="concept_delete").click().run()
    assert store.list_concepts(run) == []
    app.button(key="concept_undo").click().run()
    assert store.load(run, "fence").concept.n_shows == 10
    fresh = open_page("concepts", run=run.id)
    fresh.button_group(key="concept_open").set_value("fence").run()
    assert "These show it** (10)" in words(fresh)


def test_a_link_opens_the_concept_that_it_names(drafted, fence_story, open_page):
    run = fence_story[0]
    app = drafted()
    assert "concept" not in app.query_params
    app.button(key="concept_save").click().run()
    assert app.query_params["concept"] == "fence"
    fresh = open_page("concepts", run=run.id, concept="fence")
    assert fresh.button_group(key="concept_open").value == "fence"
    assert "These show it** (10)" in words(fresh)
    fresh.button(key="concept_delete").click().run()
    assert "concept" not in fresh.query_params
    assert not fresh.toast


def test_a_link_to_a_concept_that_is_gone_says_so(fence_story, open_page):
    app = open_page("concepts", run=fence_story[0].id, concept="<b>net</b>")
    assert not app.exception
    assert "There is no concept" in app.toast[0].value
    assert "concept" not in app.query_params


def test_a_name_is_needed_to_keep_it(drafted):
    app = drafted()
    name_of(app).set_value(" ").run()
    assert app.button(key="concept_save").disabled


def test_it_stays_as_it_was_when_read_only(drafted, fence_story, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    app = drafted()
    app.button(key="concept_save").click().run()
    assert r"read\-only" in words(app)
    assert store.list_concepts(fence_story[0]) == []


def test_three_picks_that_are_the_same_say_so(fence_story, open_page):
    run, shows, _ = fence_story
    app = open_page("concepts", run=run.id)
    app.session_state[concept_draft.HANDED] = {"shows": shows[:1] * 3, "without": [], "name": "x"}
    app.run()
    assert "Too few different images that show it" in words(app)
    app.session_state[concept_draft.HANDED] = {"shows": shows, "without": shows, "name": "x"}
    app.run()
    assert "picked as showing it and as not showing it" in words(app)


def test_a_run_without_features_says_what_to_do(save_tiny, open_page):
    run = save_tiny(run_id="bare")
    (run.folder / "features.npy").unlink()
    app = open_page("concepts")
    assert not app.exception
    assert "Train it again to keep its features" in words(app)


def test_hostile_names_stay_text(drafted, fence_story):
    app = drafted()
    name_of(app).set_value("<img src=x onerror=alert(1)>").run()
    app.button(key="concept_save").click().run()
    assert not app.exception
    assert store.list_concepts(fence_story[0])[0].name == "<img src=x onerror=alert(1)>"


def test_a_concept_that_nobody_has_named_is_saved_under_its_working_name(fence_story, open_page):
    run, shows, without = fence_story
    app = open_page("concepts", run=run.id)
    handed = {"shows": shows, "without": without, "name": "deer-as-cat cue", "named": False}
    app.session_state[concept_draft.HANDED] = handed
    app.run()
    [name] = [t for t in app.text_input if t.label == "Name"]
    assert (name.value, name.placeholder) == ("", "What do these share? For instance fence")
    app.button(key="concept_save").click().run()
    assert [each.name for each in store.list_concepts(run)] == ["deer-as-cat cue"]


def test_a_concept_that_only_repeats_a_class_says_so(fence_story, open_page):
    run, shows, _ = fence_story
    app = open_page("concepts", run=run.id)
    deer = list(range(1, 31, 3))
    app.session_state[concept_draft.HANDED] = {"shows": shows, "without": deer, "name": "cats"}
    app.run()
    assert "What was picked tells cat from other classes" in words(app)


def test_who_saves_under_a_name_taken_meanwhile_sees_both_and_decides(drafted, fence_story):
    run, shows, _ = fence_story
    mine, other = drafted(), drafted()
    other.session_state[concept_draft.DRAFT] = replace(
        other.session_state[concept_draft.DRAFT], shows=tuple(shows[:5])
    )
    other.run().button(key="concept_save").click().run()
    mine.button(key="concept_save").click().run()
    assert "was saved by somebody else meanwhile" in words(mine)
    assert "There is already a concept “fence”: saving replaces it. Kept: 5 images" in words(mine)
    assert "Yours: 10 images that show it, 10 that do not" in words(mine)
    assert store.load(run, "fence").concept.n_shows == 5
    mine.button(key="concept_save").click().run()
    assert "somebody else" not in words(mine)
    assert store.load(run, "fence").concept.n_shows == 10
    other.button(key="concept_save").click().run()
    assert "“fence” was saved by somebody else since you opened it" in words(other)
    assert "Theirs: 10 images that show it, 10 that do not. Yours: 5" in words(other)
    other.button(key="concept_theirs").click().run()
    assert len(other.session_state[concept_draft.DRAFT].shows) == 10


def test_a_concept_that_somebody_corrected_meanwhile_is_not_deleted(drafted, fence_story):
    run, shows, without = fence_story
    app = drafted()
    app.button(key="concept_save").click().run()
    store.save(run, picking.learn_from(run, shows[:5], without, name="fence"))
    app.button(key="concept_delete").click().run()
    assert "was saved by somebody else meanwhile" in words(app)
    assert store.load(run, "fence").concept.n_shows == 5


def test_a_draft_in_work_in_another_open_tab_is_offered_as_a_copy(
    drafted, open_page, fence_story, monkeypatch
):
    drafted()
    monkeypatch.setattr(unsaved, "in_other_session", lambda piece: True)
    monkeypatch.setattr(unsaved, "claim", lambda piece: False)
    app = open_page("concepts")
    [left] = left_over(app)
    assert left.label == "Continue with a copy of fence (in work in another tab)"
    left.click().run()
    name_of(app).set_value("mesh").run()
    kept = unsaved.pieces(fence_story[0].id, concept_draft.DRAFT)
    assert {piece.value["name"] for piece in kept} == {"fence", "mesh"}
