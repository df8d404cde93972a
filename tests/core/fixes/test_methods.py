"""The methods of core.fixes one by one, on features made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.concepts.presence import presence
from core.errors import RunError
from core.fixes import methods
from core.fixes.imagined.transplant import Move, kept_content, move_of
from core.fixes.material import Cut, Mask, Material
from core.fixes.refit import refit
from tests.fenced import FENCE, Seen, images


def material(x, labels, n_classes=3):
    d = x.shape[1]
    zeros = np.zeros((n_classes, d), dtype=np.float32), np.zeros(n_classes, dtype=np.float32)
    return Material(x, labels, np.ones(len(x)), np.arange(len(x)), *zeros)


def test_after_erasing_no_class_tells_the_concept():
    x, labels, fenced = images(300, 0.5, 0.2, 1)
    z = methods.eraser(x, fenced, labels).apply(x)
    apart = np.zeros(10)
    for c in range(3):
        mine, shown = z[labels == c], fenced[labels == c]
        apart += (mine - mine.mean(axis=0)).T @ (shown - shown.mean())
    np.testing.assert_allclose(apart / len(z), 0, atol=1e-6)


def test_folded_heads_say_what_changed_features_would():
    rng = np.random.default_rng(0)
    z, weight, bias = rng.normal(size=(6, 4)), rng.normal(size=(3, 4)), rng.normal(size=3)
    changes = Cut(*rng.normal(size=(3, 4))), Mask(np.array([1, 0, 0.5, 1]))
    after = changes[1].apply(changes[0].apply(z)) @ weight.T + bias
    start = replace(material(z, np.zeros(6, int)), weight=weight, bias=bias, changes=changes)
    folded, moved = start.folded()
    np.testing.assert_allclose(z @ folded.T + moved, after)


def test_muting_for_one_class_leaves_the_other_logits():
    x, labels, _ = images(300, 0.5, 0.1, 1)
    fitted = refit(material(x, labels), 1e-2)
    muted = methods.mute(fitted, [FENCE], 1.0, 1e-2, classes=[0])
    assert muted.weight[0, FENCE] == 0
    np.testing.assert_array_equal(muted.weight[1:], fitted.weight[1:])
    with pytest.raises(RunError, match="at least one channel"):
        methods.mute(fitted, [10], 1.0, 1e-2)


def test_a_transplant_by_hand():
    nothing = np.zeros((1, 2))
    floor = np.array([0.0, -np.inf])
    move = Move(np.array([1.0, 1.0]), np.array([0.5, 5.0]), floor, nothing, 1.0)
    images = np.array([[3.0, 1.0], [-9.0, 3.0]])
    assert move.put_in(images, 0.5).tolist() == [[1.5, 5], [0, 6]]
    assert move.imagine(images, 0.5).tolist() == [[1.5, 5], [0, 6]]


def test_imagined_images_are_as_various_as_real_ones():
    x, labels, fenced = images(6000, 0.5, 0.0, 1)
    found = replace(presence(Seen(), x[:, FENCE], labels, 3), shows=fenced)
    move = move_of(x, labels, found, np.full(10, -np.inf))
    made = move.imagine(x[(labels == 0) & ~fenced], 0.5)
    real = x[(labels == 0) & fenced]
    assert made.var(axis=0).mean() == pytest.approx(real.var(axis=0).mean(), rel=0.1)


def test_presence_is_judged_within_each_class_and_the_content_kept_is_measured():
    x, labels, fenced = images(6000, 0.5, 0.03, 1)
    x[labels == 1, FENCE] += 2  # plain deer lie beyond the concept's threshold
    found = presence(Seen(), x[:, FENCE], labels, 3)
    assert found.carriers == (0,)
    others = labels != 0
    assert found.shows[fenced & others].mean() > 0.5
    assert found.shows[~fenced & others].mean() < 0.01
    far = np.full(10, -np.inf)
    x, labels, fenced = images(6000, 0.5, 0.05, 2)
    known = replace(found, shows=fenced)
    kept, n = kept_content(x, labels, known, move_of(x, labels, known, far))
    assert n == (fenced & (labels != 0)).sum()
    assert kept == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_refitting_a_fitted_head_changes_nothing(n_classes):
    x, labels, _ = images(300, 0.5, 0.1, 1)
    labels = np.minimum(labels, n_classes - 1)
    once = refit(material(x, labels, n_classes), 1e-2)
    twice = refit(once, 1e-2)
    np.testing.assert_allclose(twice.weight, once.weight, atol=5e-3)


def test_the_balanced_head_ignores_how_many_images_a_group_has():
    x, labels, fenced = images(600, 0.5, 0.5, 1)
    keep = ~(fenced & (labels == 1)) | (np.arange(600) % 7 == 0)
    made = methods.balanced(material(x[keep], labels[keep]), fenced[keep], 1e-1)
    plain = refit(material(x[keep], labels[keep]), 1e-1)
    rate = [((x[fenced & (labels == 1)] @ m.weight.T + m.bias).argmax(axis=1) == 1).mean()
            for m in (made, plain)]  # fmt: skip
    assert rate[0] >= rate[1]
