"""The page Concepts: a draft is learned, corrected, kept, deleted and brought back."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from core.concepts import store
from core.concepts import words as in_words
from core.errors import ConceptError
from dashboard import draft, unsaved
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
    handed = {"shows": shows, "without": without, "name": "fence", "from": "deer predicted as cat"}

    def open_():
        app = open_page("concepts", run=run.id)
        app.session_state[draft.HANDED] = handed
        return app.run()

    return open_


def name_of(app):
    return next(box for box in app.text_input if box.label == "Name")


def test_without_a_concept_the_page_says_how_to_make_one(story, open_page):
    app = open_page("concepts")
    assert "something visible that images share" in words(app)
    assert app.button(key="concept_from_picks").disabled


def test_handed_picks_are_learned_at_once(drafted):
    app = drafted()
    assert not app.exception
    assert r"AUC 1\.00, cross\-validated" in words(app)
    assert "Suggested by deer predicted as cat" in words(app)
    assert "What it does" in words(app)


def test_what_was_not_saved_is_offered_after_a_reload(drafted, open_page):
    drafted()
    app = open_page("concepts")
    app.button(key="concept_left_over").click().run()
    assert name_of(app).value == "fence"
    assert r"AUC 1\.00" in words(app)
    app.button(key="concept_save").click().run()
    app = open_page("concepts")
    assert "concept_left_over" not in [button.key for button in app.button]


@pytest.mark.parametrize("kept", [{}, {"shows": "x"}, {"run_id": "fenced", "name": 3}])
def test_a_damaged_file_of_unsaved_work_is_no_work(story, open_page, kept):
    run = story[0]
    whole = {"run_id": run.id, "shows": [0, 1, 2], "without": [], "name": "fence"}
    unsaved.keep(run.id, draft.DRAFT, whole | kept if kept else kept)
    app = open_page("concepts")
    assert not app.exception
    assert "concept_left_over" not in [button.key for button in app.button]


def test_a_read_only_dashboard_writes_no_unsaved_work(drafted, story, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    drafted()
    assert unsaved.kept(story[0].id, draft.DRAFT) == {}


def test_a_second_concept_from_the_same_confusion_replaces_nothing(drafted, story):
    run = story[0]
    app = drafted()
    app.button(key="concept_save").click().run()
    again = drafted()
    assert name_of(again).value == "fence 2"
    name_of(again).set_value("fence").run()
    assert "fence exists: to save replaces it" in words(again)
    name_of(again).set_value("mesh").run()
    assert "to save replaces it" not in words(again)
    again.button(key="concept_save").click().run()
    assert [kept.name for kept in store.list_concepts(run)] == ["fence", "mesh"]


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
    name_of(app).set_value(" ").run()
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
    name_of(app).set_value("<img src=x onerror=alert(1)>").run()
    app.button(key="concept_save").click().run()
    assert not app.exception
    assert store.list_concepts(story[0])[0].name == "<img src=x onerror=alert(1)>"


@pytest.fixture
def no_library(monkeypatch):
    monkeypatch.setattr(in_words, "find_spec", lambda name: None)


@pytest.fixture
def speaking(story, monkeypatch):
    """A model that knows the fence; it has looked at the images once this list holds a run."""
    _, shows, without = story
    looked = []
    vectors = np.full((planted.SIZES["train"], 2), 0.5, dtype=np.float16)
    vectors[shows, 0], vectors[without, 0] = 1, 0
    monkeypatch.setattr(in_words, "missing", lambda: "")
    monkeypatch.setattr(in_words, "prepare", lambda run, progress: looked.append(run.id))
    monkeypatch.setattr(in_words, "embed", lambda run, progress=None: vectors)
    monkeypatch.setattr(in_words, "describe", lambda phrase: np.array([1, 0], dtype=np.float32))
    return looked


def say(app, phrase):
    """Type a phrase, press the button, and wait for what comes of it."""
    app.text_input(key="words_phrase").set_value(phrase)
    app.button(key="words_ask").click().run()
    for _ in range(50):
        if "_words_asked" not in app.session_state:
            break
        time.sleep(0.05)
        app.run()
    return app


def test_without_the_model_the_page_says_how_to_get_it(story, no_library, open_page):
    app = open_page("concepts")
    assert app.text_input(key="words_off").disabled
    assert app.button(key="words_ask_off").disabled
    assert "The library transformers is not installed" in words(app)
    assert [code.value for code in app.code][:2] == list(in_words.commands())


def test_without_the_model_a_concept_in_work_has_it_beside_it(drafted, no_library):
    app = drafted()
    assert not app.exception
    assert app.button(key="words_ask_off").disabled
    assert len(app.code) == 3


def test_words_become_a_draft(story, speaking, open_page):
    run, shows, without = story
    app = say(open_page("concepts", run=run.id), "chain-link  fence")
    assert not app.exception
    assert speaking == [run.id]
    made = app.session_state[draft.DRAFT]
    assert (sorted(made.shows), sorted(made.without)) == (sorted(shows), sorted(without))
    assert made.name == app.text_input(key=f"concept_name__{made.origin}").value
    assert made.name == "chain-link fence"
    assert r"Suggested by the words “chain\-link fence”: training images ranked by" in words(app)
    assert "Nobody has seen them yet" in words(app)
    assert r"AUC 1\.00, cross\-validated" in words(app)
    assert app.text_input(key="words_phrase") is not None  # beside it, for other words


def test_words_that_find_nothing_say_why(story, speaking, monkeypatch, open_page):
    app = say(open_page("concepts"), "  ")
    assert r"such as chain\-link fence" in words(app)
    assert not speaking

    def too_long(phrase):
        raise ConceptError("The words make 99 tokens.")

    monkeypatch.setattr(in_words, "describe", too_long)
    assert "The words make 99 tokens" in words(say(app, "fence"))
    assert "something visible that images share" in words(app)


def test_a_model_that_fails_says_so_and_is_tried_again(story, speaking, monkeypatch, open_page):
    def broken(run, progress):
        speaking.append(run.id)
        raise ConceptError("The model is broken.")

    monkeypatch.setattr(in_words, "prepare", broken)
    app = say(open_page("concepts"), "fence")
    assert r"The model is broken" in words(app)
    say(app, "fence")
    assert len(speaking) == 2


def test_how_far_it_is_can_be_seen(story, speaking, monkeypatch, open_page):
    go = threading.Event()

    def slow(run, progress):
        progress(5, 10)
        go.wait(10)

    monkeypatch.setattr(in_words, "prepare", slow)
    app = open_page("concepts")
    app.text_input(key="words_phrase").set_value("fence")
    app.button(key="words_ask").click().run()
    app.run()
    assert "5 of 10" in app.get("progress")[0].proto.text
    go.set()


def test_nobody_asks_by_words_when_read_only(story, speaking, monkeypatch, open_page):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    assert open_page("concepts").button(key="words_ask_off").disabled
