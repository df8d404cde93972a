"""Picks suggested by a phrase, by hand-made vectors; and why words may be missing."""

from __future__ import annotations

import numpy as np
import pytest

from core import concepts
from core.concepts.words import suggestion
from core.errors import ConceptError
from core.evaluation.statistics import auc
from tests import planted

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def no_model(monkeypatch, tmp_path):
    """The library is there, no model is: neither named nor downloaded."""
    monkeypatch.setattr(suggestion, "find_spec", lambda name: object())
    monkeypatch.delenv("FENCEPOST_CLIP", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture
def fake(save_tiny, monkeypatch):
    """A run with a planted fence, and vectors whose first coordinate is how fenced an image is."""
    run, shows = planted.save(save_tiny)
    train = np.arange(planted.SIZES["train"])
    rng = np.random.default_rng(0)
    likeness = 0.2 * shows[train] + 0.1 * rng.random(len(train))
    vectors = np.stack([likeness, np.sqrt(1 - likeness**2)], axis=1).astype(np.float16)
    monkeypatch.setattr(suggestion, "embed", lambda run, progress=None: vectors)
    monkeypatch.setattr(suggestion, "describe", lambda phrase: np.array([1, 0], dtype=np.float32))
    return run, shows, vectors


def test_a_phrase_suggests_what_shows_it_and_what_lacks_it(fake):
    run, fenced, vectors = fake
    shows, without = suggestion.suggest(run, "chain-link fence")
    assert fenced[shows].all()
    assert not fenced[without].any()
    assert len({*shows, *without}) == 20
    likeness = vectors[:, 0].astype(np.float32)
    assert shows.tolist() == np.argsort(-likeness, kind="stable")[:10].tolist()


def test_both_lists_are_of_the_same_classes(fake):
    run, _, vectors = fake
    vectors[1::3, 0] += 0.15  # deer look like it to the model too
    shows, without = suggestion.suggest(run, "fence", n=30)
    assert len(set(shows % 3)) == 2
    assert np.array_equal(np.bincount(shows % 3), np.bincount(without % 3))


def test_what_is_learned_of_the_picks_finds_it_in_test(fake):
    run, fenced, _ = fake
    shows, without = suggestion.suggest(run, "fence")
    concept = concepts.learn_from(run, shows.tolist(), without.tolist(), name="fence")
    scores = concept.scores(run.features())
    test = np.arange(planted.SIZES["train"], len(scores))
    assert concept.real
    assert auc(scores[test][fenced[test]], scores[test][~fenced[test]]) > 0.98


def test_an_image_that_cannot_be_read_is_not_suggested(fake):
    run, _, vectors = fake
    best = int(np.argmax(vectors[:, 0]))
    vectors[best] = np.nan
    assert best not in np.concatenate(suggestion.suggest(run, "fence"))


def test_no_words_or_no_images_say_so(fake, monkeypatch):
    run = fake[0]
    with pytest.raises(ConceptError, match="There are no words"):
        suggestion.suggest(run, "  ")
    fake[2][5:] = np.nan
    with pytest.raises(ConceptError, match=r"Only 5 of the training images .* choose a run"):
        suggestion.suggest(run, "fence")


def test_without_the_library_it_says_so(no_model, monkeypatch):
    monkeypatch.setattr(suggestion, "find_spec", lambda name: None)
    assert suggestion.missing() == "The library transformers is not installed."


def test_without_the_model_it_says_so(no_model, monkeypatch):
    assert suggestion.missing() == f"The model {suggestion.MODEL} is not downloaded."
    monkeypatch.setenv("FENCEPOST_CLIP", "/no/such/folder")
    assert "names /no/such/folder, and there is no such folder" in suggestion.missing()
    assert suggestion.MODEL in suggestion.commands()[1]


def test_pickled_weights_are_refused(no_model, monkeypatch, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    monkeypatch.setenv("FENCEPOST_CLIP", str(tmp_path))
    assert "has no model.safetensors, the only weights that are read" in suggestion.missing()
    (tmp_path / "model.safetensors").touch()
    assert suggestion.missing() == ""
    (tmp_path / "config.json").unlink()
    assert "has no config.json" in suggestion.missing()


@pytest.mark.parametrize("name", [suggestion.MODEL, "someone/another-clip"])
def test_a_download_is_found_where_the_hub_keeps_it(no_model, monkeypatch, tmp_path, name):
    monkeypatch.setenv("FENCEPOST_CLIP", name)
    kept = tmp_path / "hub" / f"models--{name.replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text(f"{SHA}\n")
    assert f"{name} is not downloaded" in suggestion.missing()
    (kept / "snapshots" / SHA).mkdir(parents=True)
    for file in ("config.json", "model.safetensors"):
        (kept / "snapshots" / SHA / file).touch()
    assert suggestion.missing() == ""
    assert suggestion.folder() == kept / "snapshots" / SHA
    assert name in suggestion.commands()[1]


@pytest.mark.parametrize("revision", ["../../elsewhere", "", "\x00", "é"])
def test_a_hostile_revision_leads_nowhere(no_model, tmp_path, revision):
    kept = tmp_path / "hub" / f"models--{suggestion.MODEL.replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "snapshots").mkdir()
    (kept / "refs" / "main").write_text(revision)
    assert "is not downloaded" in suggestion.missing()
