"""Picks suggested by a phrase: by hand-made vectors, and through a real, tiny model."""

from __future__ import annotations

import json
import shutil
import socket

import numpy as np
import pytest

from core import artifacts, concepts, features, queries
from core.concepts import words
from core.errors import ConceptError, DatasetError
from core.stats import auc
from tests import clip, drawn, planted

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def no_model(monkeypatch, tmp_path):
    """The library is there, no model is: neither named nor downloaded."""
    monkeypatch.setattr(words, "find_spec", lambda name: object())
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
    monkeypatch.setattr(words, "embed", lambda run, progress=None: vectors)
    monkeypatch.setattr(words, "describe", lambda phrase: np.array([1, 0], dtype=np.float32))
    return run, shows, vectors


def test_a_phrase_suggests_what_shows_it_and_what_lacks_it(fake):
    run, fenced, vectors = fake
    shows, without = words.suggest(run, "chain-link fence")
    assert fenced[shows].all()
    assert not fenced[without].any()
    assert len({*shows, *without}) == 20
    likeness = vectors[:, 0].astype(np.float32)
    assert shows.tolist() == np.argsort(-likeness, kind="stable")[:10].tolist()


def test_both_lists_are_of_the_same_classes(fake):
    run, _, vectors = fake
    vectors[1::3, 0] += 0.15  # deer look like it to the model too
    shows, without = words.suggest(run, "fence", n=30)
    assert len(set(shows % 3)) == 2
    assert np.array_equal(np.bincount(shows % 3), np.bincount(without % 3))


def test_what_is_learned_of_the_picks_finds_it_in_test(fake):
    run, fenced, _ = fake
    shows, without = words.suggest(run, "fence")
    concept = concepts.learn_from(run, shows.tolist(), without.tolist(), name="fence")
    scores = concept.scores(run.features())
    test = np.arange(planted.SIZES["train"], len(scores))
    assert concept.real
    assert auc(scores[test][fenced[test]], scores[test][~fenced[test]]) > 0.98


def test_an_image_that_cannot_be_read_is_not_suggested(fake):
    run, _, vectors = fake
    best = int(np.argmax(vectors[:, 0]))
    vectors[best] = np.nan
    assert best not in np.concatenate(words.suggest(run, "fence"))


def test_no_words_or_no_images_say_so(fake, monkeypatch):
    run = fake[0]
    with pytest.raises(ConceptError, match="There are no words"):
        words.suggest(run, "  ")
    fake[2][5:] = np.nan
    with pytest.raises(ConceptError, match=r"5 training images .* are too few"):
        words.suggest(run, "fence")


def test_without_the_library_it_says_so(no_model, monkeypatch):
    monkeypatch.setattr(words, "find_spec", lambda name: None)
    assert words.missing() == "The library transformers is not installed."


def test_without_the_model_it_says_so(no_model, monkeypatch):
    assert words.missing() == f"The model {words.MODEL} is not downloaded."
    monkeypatch.setenv("FENCEPOST_CLIP", "/no/such/folder")
    assert "names /no/such/folder, and there is no such folder" in words.missing()
    assert words.MODEL in words.commands()[1]


def test_pickled_weights_are_refused(no_model, monkeypatch, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    monkeypatch.setenv("FENCEPOST_CLIP", str(tmp_path))
    assert "has no model.safetensors, the only weights that are read" in words.missing()
    (tmp_path / "model.safetensors").touch()
    assert words.missing() == ""
    (tmp_path / "config.json").unlink()
    assert "has no config.json" in words.missing()


@pytest.mark.parametrize("name", [words.MODEL, "someone/another-clip"])
def test_a_download_is_found_where_the_hub_keeps_it(no_model, monkeypatch, tmp_path, name):
    monkeypatch.setenv("FENCEPOST_CLIP", name)
    kept = tmp_path / "hub" / f"models--{name.replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text(f"{SHA}\n")
    assert f"{name} is not downloaded" in words.missing()
    (kept / "snapshots" / SHA).mkdir(parents=True)
    for file in ("config.json", "model.safetensors"):
        (kept / "snapshots" / SHA / file).touch()
    assert words.missing() == ""
    assert words.folder() == kept / "snapshots" / SHA
    assert name in words.commands()[1]


@pytest.mark.parametrize("revision", ["../../elsewhere", "", "\x00", "é"])
def test_a_hostile_revision_leads_nowhere(no_model, tmp_path, revision):
    kept = tmp_path / "hub" / f"models--{words.MODEL.replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "snapshots").mkdir()
    (kept / "refs" / "main").write_text(revision)
    assert "is not downloaded" in words.missing()


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    pytest.importorskip("transformers")
    return clip.save(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def real(model, artifacts_root, tmp_path, monkeypatch):
    """A run on drawn pictures, with the tiny model named, and the network out of reach."""

    def refused(*args):
        raise AssertionError("Something was asked of the network.")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setenv("FENCEPOST_CLIP", str(model))
    return drawn.save(drawn.draw(tmp_path / "photos"))


def test_every_training_image_is_embedded_once(real, monkeypatch):
    from core.concepts import towers

    seen = []
    vectors = words.embed(real, lambda done, total: seen.append((done, total)))
    assert vectors.shape == (15, clip.WIDTH)
    assert seen == [(15, 15)]
    assert np.allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1, atol=1e-2)
    assert len(np.unique(vectors, axis=0)) == 15  # no two pictures are alike
    monkeypatch.setattr(towers, "open_towers", None)
    assert np.array_equal(words.embed(real), vectors)


def test_it_goes_on_where_it_was_stopped(real, monkeypatch):
    from core.concepts import towers

    whole = np.array(words.embed(real))
    for cached in artifacts.features_dir().iterdir():
        features.forget(cached.name)
    monkeypatch.setattr(towers, "BATCH", 4)
    monkeypatch.setattr(features, "FLUSH_EVERY", 4)
    steps = []

    def stopped(done, total):
        steps.append(done)
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        words.embed(real, stopped)
    assert np.allclose(words.embed(real, lambda done, total: steps.append(done)), whole, atol=2e-3)
    assert steps == [4, 8, 12, 15]


def test_other_weights_are_another_cache(real, monkeypatch, tmp_path):
    first = np.array(words.embed(real))
    monkeypatch.setenv("FENCEPOST_CLIP", str(clip.save(tmp_path / "other", seed=1)))
    assert not np.allclose(words.embed(real), first, atol=0.1)


def test_words_through_the_model(real):
    words.prepare(real)
    shows, without = words.suggest(real, "fence", n=2)
    table = queries.rows(real, [*shows, *without])
    assert set(table["split"]) == {"train"}
    assert len({*shows, *without}) == 4
    assert sorted(table["label"][:2]) == sorted(table["label"][2:])
    assert np.linalg.norm(words.describe("fence")) == pytest.approx(1, abs=1e-5)
    assert not np.allclose(words.describe("fence"), words.describe("cage"), atol=1e-3)


def test_a_phrase_longer_than_the_model_reads_says_so(real):
    with pytest.raises(ConceptError, match=f"the model reads {clip.READS}: use fewer words"):
        words.suggest(real, "fence " * 20)


def test_images_that_are_gone(real, tmp_path):
    train = tmp_path / "photos" / "train"
    (train / "cat" / "003.png").unlink()
    (train / "cat" / "004.png").write_bytes(b"no picture")
    vectors = words.embed(real)
    assert np.isnan(vectors).all(axis=1).sum() == 2
    shutil.rmtree(tmp_path / "photos")
    for cached in artifacts.features_dir().iterdir():
        features.forget(cached.name)
    with pytest.raises(DatasetError, match="There is no folder"):
        words.embed(real)


def halved(folder):
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])


def of_another_kind(folder):
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))


def of_own_code(folder):
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "mine",
        "auto_map": {k: "evil.Evil" for k in ("AutoConfig", "AutoModel")},
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text("raise SystemExit('code was run')")


def without_a_tower(folder):
    from safetensors.numpy import load_file, save_file

    kept = load_file(folder / "model.safetensors")
    save_file({k: v for k, v in kept.items() if "text" not in k}, folder / "model.safetensors")


@pytest.mark.parametrize("damage", [halved, of_another_kind, of_own_code, without_a_tower])
def test_a_broken_model_is_one_sentence(real, model, monkeypatch, tmp_path, damage):
    broken = shutil.copytree(model, tmp_path / "broken")
    damage(broken)
    monkeypatch.setenv("FENCEPOST_CLIP", str(broken))
    with pytest.raises(ConceptError, match=r"cannot be opened \(.*\): download it again, or name"):
        words.embed(real)
