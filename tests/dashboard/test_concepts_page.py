"""The page Concepts: a draft is learned, corrected, kept, deleted and brought back."""

from __future__ import annotations

import numpy as np
import pytest

from core.concepts import store
from dashboard import draft
from tests import planted
from tests.dashboard.conftest import words


@pytest.fixture
def story(save_tiny):
    """A run with a planted fence; ten fenced cats of train and ten plain ones."""
    run, shows = planted.save(save_tiny)
    cats = np.arange(0, planted.SIZES["train"], 3)
    return run, cats[shows[cats]][:10].tolist(), cats[~shows[cats]][:10].tolist()


@pytest.fixture
def drafted(story, open_page):
    """The page with those picks handed over, as Explain does."""
    run, shows, without = story
    handed = {"shows": shows, "without": without, "name": "fence", "from": "deer read as cat"}

    def open_():
        app = open_page("concepts", run=run.id)
        app.session_state[draft.HANDED] = handed
        return app.run()

    return open_


def test_without_a_concept_the_page_says_how_to_make_one(story, open_page):
    app = open_page("concepts")
    assert "something visible that images share" in words(app)
    assert app.button(key="concept_from_picks").disabled


def test_handed_picks_are_learned_at_once(drafted):
    app = drafted()
    assert not app.exception
    assert r"Told apart with AUC 1\.00" in words(app)
    assert "Suggested by deer read as cat" in words(app)
    assert "What it does" in words(app)


def test_a_concept_is_kept_found_again_deleted_and_brought_back(drafted, story, open_page):
    run = story[0]
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


def test_a_name_is_needed_to_keep_it(drafted):
    app = drafted()
    app.text_input[0].set_value(" ").run()
    assert app.button(key="concept_save").disabled


def test_it_stays_as_it_was_when_read_only(drafted, story, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    app = drafted()
    app.button(key="concept_save").click().run()
    assert r"read\-only" in words(app)
    assert store.list_concepts(story[0]) == []


def test_three_picks_that_are_the_same_say_so(story, open_page):
    run, shows, _ = story
    app = open_page("concepts", run=run.id)
    app.session_state[draft.HANDED] = {"shows": shows[:1] * 3, "without": [], "name": "x"}
    app.run()
    assert "1 different images that show it are too few" in words(app)
    app.session_state[draft.HANDED] = {"shows": shows, "without": shows, "name": "x"}
    app.run()
    assert "picked as showing it and as not showing it" in words(app)


def test_a_run_without_features_says_what_to_do(save_tiny, open_page):
    run = save_tiny(run_id="bare")
    (run.folder / "features.npy").unlink()
    app = open_page("concepts")
    assert not app.exception
    assert "Train it again: features are kept" in words(app)


def test_hostile_names_stay_text(drafted, story):
    app = drafted()
    app.text_input[0].set_value("<img src=x onerror=alert(1)>").run()
    app.button(key="concept_save").click().run()
    assert not app.exception
    assert store.list_concepts(story[0])[0].name == "<img src=x onerror=alert(1)>"
