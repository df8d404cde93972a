from collections import Counter, OrderedDict
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.errors import RunError
from core.fixes.imagined import kept, moves, overlay
from core.fixes.told import Told
from tests import drawn
from tests.core.inference.test_network import weights


@pytest.fixture
def run(artifacts_root, tmp_path):
    dataset = drawn.draw(tmp_path / "photos")
    return drawn.save(dataset, state=weights(), model="small", weights="none", size=32)


def training(run, n_shows=5):
    """Rows, labels and who shows it, of the eighteen training and validation images."""
    rows = np.arange(3 * drawn.TEST, 3 * (drawn.TEST + drawn.TRAIN))
    return rows, np.repeat([0, 1, 2], drawn.TRAIN), np.arange(len(rows)) < n_shows


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(kept, "_kept", OrderedDict())


def laid(run, n_shows=5, seed=0, told=None):
    rows, labels, shows = training(run, n_shows)
    features = np.random.default_rng(0).random((len(rows), 256))
    return overlay.Overlaid(run, features, rows, labels, shows, seed, told)


def test_every_class_gets_as_many_and_the_seed_decides(run):
    look = laid(run)
    made = look.overlays(12)
    assert made.features.shape == (12, 256)
    labels = dict(zip(*training(run)[:2], strict=True))
    assert np.bincount([labels[row] for row in made.rows]).tolist() == [4, 4, 4]
    np.testing.assert_array_equal(look.overlays(12).features, made.features)
    other = laid(run, seed=1).overlays(12)
    assert (other.rows != made.rows).any() or (other.features != made.features).any()


def test_every_move_is_tried_and_the_likest_comes_first(run):
    tried = laid(run).tried
    assert {"fine", "broad", "colour", "place", "tone", "sharpness"} < {t.move for t in tried}
    assert [t.score for t in tried] == sorted((t.score for t in tried), reverse=True)


def test_every_image_that_the_network_is_shown_is_told_of(run):
    said = []
    told = Told(lambda *at: said.append(at))
    told.begin("Looking", total=overlay.MOVES * 13 + 9)
    laid(run, told=told).overlays(9)
    assert said[-1] == (126, 126)  # of the eighteen, thirteen lack it and are tried on


def test_what_was_seen_before_a_stop_is_not_looked_at_again(run, monkeypatch):
    def stop_at(enough):
        def progress(done, total):
            if done >= enough:
                raise KeyboardInterrupt

        return Told(progress)

    shown = []
    seen = overlay._Looker.seen
    monkeypatch.setattr(
        overlay._Looker, "seen", lambda self, p: shown.append(len(p)) or seen(self, p)
    )
    with pytest.raises(KeyboardInterrupt):
        laid(run, told=stop_at(39))
    made = laid(run).overlays(9).features
    assert sum(shown) == 126
    monkeypatch.setattr(kept, "_kept", OrderedDict())
    np.testing.assert_array_equal(laid(run).overlays(9).features, made)


def test_another_cue_is_looked_at_anew(run):
    rows, labels, shows = training(run)
    features = np.random.default_rng(0).random((len(rows), 256))
    for showing in (shows, np.roll(shows, 1)):
        overlay.Overlaid(run, features, rows, labels, showing)
    assert len(kept._kept) == 2 * overlay.MOVES


def test_what_was_asked_for_longest_ago_makes_room(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 20)
    for name in (b"a", b"b"):
        kept.keep(name, np.zeros(2, dtype=np.float32))
    assert kept.recall(b"a") is not None
    kept.keep(b"c", np.zeros(2, dtype=np.float32))
    assert kept.recall(b"b") is None
    assert kept.recall(b"a") is not None


def test_too_few_that_show_it(run):
    with pytest.raises(RunError, match="4 training images show the concept"):
        laid(run, n_shows=4)


def test_targets_lack_it_and_come_twice_only_where_there_are_too_few():
    labels, shows = np.repeat([0, 1], [10, 4]), np.arange(14) < 5
    targets = overlay._targets(labels, shows, 10, seed=0)
    assert not shows[targets].any()
    assert (np.diff(targets) >= 0).all()
    counts = np.bincount(targets, minlength=14)
    assert counts[5:10].tolist() == [1] * 5
    assert sorted(counts[10:]) == [1, 1, 1, 2]


def test_only_of_a_small_network_are_many_images_made(run):
    look = laid(run)  # 32 pixels, as `small` as it comes
    weights = sum(each.numel() for each in look._look._network.backbone.parameters())
    assert look._look.work == weights * 32**2
    look._look = SimpleNamespace(work=overlay.QUICK / 5000)
    assert [look.affordable(n) for n in (900, 4999, 6000)] == [900, 4999, 5000]
    look._look.work = overlay.QUICK / 100
    assert [look.affordable(n) for n in (900, 6000)] == [900, overlay.MADE]


def test_of_a_network_that_hides_its_weights_no_more_are_made(run):
    look = laid(run)
    look._look._network = SimpleNamespace(backbone=torch.nn.Identity())
    assert look.affordable(10**6) == overlay.MADE


def test_every_donor_serves_as_often(run, monkeypatch):
    look, given = laid(run), []

    def kept(move, own, donors, where, light):
        given.extend(donors.flatten(1).sum(dim=1).tolist())
        return own.to(torch.uint8)

    monkeypatch.setattr(moves, "moved", kept)
    rows = training(run)[0]
    look.on(np.repeat(rows, 2)[:20], seed=3)
    assert sorted(Counter(given).values()) == [4] * 5
