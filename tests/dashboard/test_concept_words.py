"""Concepts in words on the page Concepts: with the model and its library, and without."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from core.concepts.words import suggestion as in_words
from core.errors import ConceptError
from dashboard.session import concept_draft
from tests import planted
from tests.dashboard.conftest import words


@pytest.fixture
def no_library(monkeypatch):
    monkeypatch.setattr(in_words, "find_spec", lambda name: None)


@pytest.fixture
def speaking(fence_story, monkeypatch):
    """A model that knows the fence; it has looked at the images once this list holds a run."""
    _, shows, without = fence_story
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


def test_without_the_model_the_page_says_how_to_get_it(fence_story, no_library, open_page):
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


def test_words_become_a_draft(fence_story, speaking, open_page):
    run, shows, without = fence_story
    app = say(open_page("concepts", run=run.id), "chain-link  fence")
    assert not app.exception
    assert speaking == [run.id]
    made = app.session_state[concept_draft.DRAFT]
    assert (sorted(made.shows), sorted(made.without)) == (sorted(shows), sorted(without))
    assert made.name == app.text_input(key=f"concept_name__{made.origin}").value
    assert made.name == "chain-link fence"
    assert r"Suggested by the words “chain\-link fence”: training images ranked by" in words(app)
    assert "Nobody has seen them yet" in words(app)
    assert r"100 times in 100 \(cross\-validated" in words(app)
    assert app.text_input(key="words_phrase") is not None  # beside it, for other words


def test_words_that_find_nothing_say_why(fence_story, speaking, monkeypatch, open_page):
    app = say(open_page("concepts"), "  ")
    assert r"such as chain\-link fence" in words(app)
    assert not speaking

    def too_long(phrase):
        raise ConceptError("The words make 99 tokens.")

    monkeypatch.setattr(in_words, "describe", too_long)
    assert "The words make 99 tokens" in words(say(app, "fence"))
    assert "something visible that images share" in words(app)


def test_a_model_that_fails_says_so_and_is_tried_again(
    fence_story, speaking, monkeypatch, open_page
):
    def broken(run, progress):
        speaking.append(run.id)
        raise ConceptError("The model is broken.")

    monkeypatch.setattr(in_words, "prepare", broken)
    app = say(open_page("concepts"), "fence")
    assert r"The model is broken" in words(app)
    say(app, "fence")
    assert len(speaking) == 2


def test_how_far_it_is_can_be_seen(fence_story, speaking, monkeypatch, open_page):
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


def test_nobody_asks_by_words_when_read_only(fence_story, speaking, monkeypatch, open_page):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    assert open_page("concepts").button(key="words_ask_off").disabled
