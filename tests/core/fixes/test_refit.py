"""What a refit weighs, real images and those made up, and which penalty is the weakest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.fixes import refit
from core.fixes.material import Material


def material(z, labels, weights, rows, n_classes=2):
    z = np.asarray(z, dtype=np.float32)
    head = np.zeros((n_classes, z.shape[1]), np.float32), np.zeros(n_classes, np.float32)
    return Material(z, np.array(labels), np.array(weights, float), np.array(rows), *head)


Z, LABELS = [[-1], [0.5], [1], [-0.5]], [0, 1, 1, 0]


def test_images_that_were_made_up_weaken_no_penalty():
    """Two real images and the same two made up twice weigh what the real ones would alone."""
    two = refit.refit(material(Z[:2], LABELS[:2], [1, 1], [0, 1]), 1.0)
    made_up = material(Z[:2] * 3, LABELS[:2] * 3, [1] * 6, [0, 1, -1, -1, -1, -1])
    np.testing.assert_allclose(refit.refit(made_up, 1.0).weight, two.weight, rtol=1e-3)
    real = replace(made_up, rows=np.arange(6))
    assert refit.refit(real, 1.0).weight[1, 0] > 1.2 * two.weight[1, 0]


def test_of_images_that_were_all_made_up_each_counts_as_one():
    made_up = refit.refit(material(Z, LABELS, [3] * 4, [-1] * 4), 1.0)
    real = refit.refit(material(Z, LABELS, [1] * 4, range(4)), 1.0)
    np.testing.assert_allclose(made_up.weight, real.weight, rtol=1e-3)


def test_a_refit_keeps_all_but_the_head():
    before = material(Z, LABELS, [1, 2, 1, 1], [7, 3, 2, -1])
    after = refit.refit(before, 0.1)
    for name in ("z", "labels", "weights", "rows"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    np.testing.assert_allclose(after.weight[0], -after.weight[1])
    np.testing.assert_allclose(after.bias[0], -after.bias[1])
    assert not before.weight.any()


@pytest.mark.parametrize(("losses", "best"), [((2.0, 2.04), 2), ((2.0, 2.0402), 1)])
def test_two_in_a_hundred_more_loss_is_about_as_good(monkeypatch, losses, best):
    given = iter(losses)
    monkeypatch.setattr(refit, "PENALTIES", (1, 2))
    monkeypatch.setattr(refit, "refit", lambda made, strength: made)
    monkeypatch.setattr(refit, "held_loss", lambda *_: next(given))
    assert refit.choose_penalty(material(Z, LABELS, [1] * 4, range(4)), None, None) == best


@pytest.mark.parametrize(("second", "tried"), [(2.1, 3), (2.1002, 2)])
def test_five_in_a_hundred_more_loss_is_past_the_least(monkeypatch, second, tried):
    given, asked = iter((2.0, second, 4.0)), []
    monkeypatch.setattr(refit, "PENALTIES", (1, 2, 3))
    monkeypatch.setattr(refit, "refit", lambda made, strength: asked.append(strength) or made)
    monkeypatch.setattr(refit, "held_loss", lambda *_: next(given))
    refit.choose_penalty(material(Z, LABELS, [1] * 4, range(4)), None, None)
    assert len(asked) == tried


def test_penalties_grow_weaker_up_to_one(monkeypatch):
    """Without validation none can be chosen: a middle one is taken."""
    monkeypatch.setattr(refit, "refit", lambda made, strength: made)
    monkeypatch.setattr(refit, "held_loss", lambda *_: 1.0)
    assert refit.choose_penalty(material(Z, LABELS, [1] * 4, range(4)), None, None) == 1
    assert list(refit.PENALTIES) == sorted(refit.PENALTIES)
    assert refit.WITHOUT_VALIDATION == 0.01


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_fit_begins_at_the_head_that_is_there_and_may_be_cut_short(monkeypatch, n_classes):
    rng = np.random.default_rng(0)
    labels = np.arange(30) % n_classes
    z = rng.normal(size=(30, 3)) + 2 * np.eye(3)[labels]
    start = material(z, labels, [1] * 30, range(30), n_classes)
    whole = refit.refit(start, 0.1)
    monkeypatch.setattr(refit, "MAX_ITERATIONS", 1)
    cut, again = refit.refit(start, 0.1), refit.refit(whole, 0.1)
    assert not np.allclose(cut.weight, whole.weight, atol=0.01)
    np.testing.assert_allclose(again.weight, whole.weight, atol=2e-3)
    np.testing.assert_allclose(again.bias, whole.bias, atol=2e-3)
