"""Words through a real, tiny model: pictures and texts in one space, damaged models refused."""

from __future__ import annotations

import json
import shutil
import socket

import numpy as np
import pytest

from core import artifacts, queries
from core.concepts.words import suggestion
from core.errors import ConceptError, DatasetError
from core.inference import cache
from tests import drawn, tiny_clip


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    pytest.importorskip("transformers")
    return tiny_clip.save(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def real(model, artifacts_root, tmp_path, monkeypatch):
    """A run on drawn pictures, with the tiny model named, and the network out of reach."""

    def refused(*args):
        raise AssertionError("Something was asked of the network.")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setenv("FENCEPOST_CLIP", str(model))
    return drawn.save(drawn.draw(tmp_path / "photos"))


def test_every_training_image_is_embedded_once(real, monkeypatch):
    from core.concepts.words import clip

    seen = []
    vectors = suggestion.embed(real, lambda done, total: seen.append((done, total)))
    assert vectors.shape == (15, tiny_clip.WIDTH)
    assert seen == [(15, 15)]
    assert np.allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1, atol=1e-2)
    assert len(np.unique(vectors, axis=0)) == 15  # no two pictures are alike
    monkeypatch.setattr(clip, "open_towers", None)
    assert np.array_equal(suggestion.embed(real), vectors)


def test_it_goes_on_where_it_was_stopped(real, monkeypatch):
    from core.concepts.words import clip

    whole = np.array(suggestion.embed(real))
    for cached in artifacts.features_dir().iterdir():
        cache.forget(cached.name)
    monkeypatch.setattr(clip, "BATCH", 4)
    monkeypatch.setattr(cache, "FLUSH_EVERY", 4)
    steps = []

    def stopped(done, total):
        steps.append(done)
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        suggestion.embed(real, stopped)
    assert np.allclose(
        suggestion.embed(real, lambda done, total: steps.append(done)), whole, atol=2e-3
    )
    assert steps == [4, 8, 12, 15]


def test_other_weights_are_another_cache(real, monkeypatch, tmp_path):
    first = np.array(suggestion.embed(real))
    monkeypatch.setenv("FENCEPOST_CLIP", str(tiny_clip.save(tmp_path / "other", seed=1)))
    assert not np.allclose(suggestion.embed(real), first, atol=0.1)


def test_words_through_the_model(real):
    suggestion.prepare(real)
    shows, without = suggestion.suggest(real, "fence", n=2)
    table = queries.rows(real, [*shows, *without])
    assert set(table["split"]) == {"train"}
    assert len({*shows, *without}) == 4
    assert sorted(table["label"][:2]) == sorted(table["label"][2:])
    assert np.linalg.norm(suggestion.describe("fence")) == pytest.approx(1, abs=1e-5)
    assert not np.allclose(suggestion.describe("fence"), suggestion.describe("cage"), atol=1e-3)


def test_a_phrase_longer_than_the_model_reads_says_so(real):
    with pytest.raises(ConceptError, match=f"the model reads {tiny_clip.READS}: use fewer words"):
        suggestion.suggest(real, "fence " * 20)


def test_images_that_are_gone(real, tmp_path):
    train = tmp_path / "photos" / "train"
    (train / "cat" / "003.png").unlink()
    (train / "cat" / "004.png").write_bytes(b"no picture")
    vectors = suggestion.embed(real)
    assert np.isnan(vectors).all(axis=1).sum() == 2
    shutil.rmtree(tmp_path / "photos")
    for cached in artifacts.features_dir().iterdir():
        cache.forget(cached.name)
    with pytest.raises(DatasetError, match="There is no folder"):
        suggestion.embed(real)


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
        suggestion.embed(real)
