"""The methods of core.fixes one by one, on features made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.concepts.presence import Presence
from core.errors import RunError
from core.fixes import methods
from core.fixes.imagined.transplant import Move
from core.fixes.material import Cut, Mask, Material
from core.fixes.refit import refit
from tests.fenced import FENCE, images


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


@pytest.fixture
def unfitted(monkeypatch):
    """Fixes give the images and weights that the head would be fitted to, and the penalty."""
    asked = []
    monkeypatch.setattr(methods, "refit", lambda made, penalty: asked.append(penalty) or made)
    return asked


def test_weights_of_mistakes_by_hand_where_classes_are_unequal(unfitted):
    start = material(np.zeros((4, 1), np.float32), np.array([0, 0, 0, 1]), n_classes=2)
    start = replace(start, bias=np.log([1.0, 3.0]), weights=np.array([1.0, 1, 2, 1]))
    made = methods.mistakes(start, 2.0, 0.1)
    often = np.exp(-2 * 0.25) / 3
    assert made.weights == pytest.approx([often, often, 2 * often, np.exp(-2 * 0.75)])
    assert unfitted == [0.1]


def test_only_real_plain_images_of_other_classes_are_transplanted(unfitted):
    z = np.arange(5, dtype=np.float32)[:, None]
    start = material(z, np.array([0, 1, 1, 1, 2]))
    start = replace(start, rows=np.array([3, 0, 2, -1, 4]))
    found = Presence(np.array([False, False, True, False, False]), (0,), np.zeros(3))
    nothing = np.zeros((1, 1))
    move = Move(np.array([0.0]), np.array([10.0]), np.array([-np.inf]), nothing, 0.0)
    made = methods.transplant(start, found, move, 0.5, 0.1)
    assert made.z[5:].ravel().tolist() == [10.5, 12]
    assert made.labels[5:].tolist() == [1, 2]
    assert made.weights[5:].tolist() == [1, 1]
    assert unfitted == [0.1]


def test_part_of_a_concept_is_erased(unfitted):
    x, labels, fenced = images(300, 0.5, 0.2, 1)
    whole = methods.erase(material(x, labels), fenced, 1.0, 0.1).z
    half = methods.erase(material(x, labels), fenced, 0.5, 0.1).z
    np.testing.assert_allclose(whole, methods.eraser(x, fenced, labels).apply(x), atol=1e-5)
    np.testing.assert_allclose(half, (x + whole) / 2, atol=1e-5)


def test_erasing_leaves_the_mean_where_it_is(unfitted):
    x, labels, fenced = images(300, 0.5, 0.2, 1)
    made = methods.erase(material(x, labels), fenced, 1.0, 0.1)
    np.testing.assert_allclose(made.z.mean(axis=0), x.mean(axis=0), atol=1e-5)


def test_muting_for_all_classes_by_hand(unfitted):
    start = material(np.ones((2, 3), np.float32), np.array([0, 1]), 2)
    made = methods.mute(start, [2, 0], 0.75, 0.1)
    assert made.z.tolist() == [[0.25, 1, 0.25]] * 2
    assert unfitted == [0.1]
    assert methods.mute(start, [0], 1.0, 0.1, again=False).z[0].tolist() == [0, 1, 1]
    assert unfitted == [0.1]
    assert made.z.dtype == np.float32
    ones = replace(start, weight=np.ones((2, 3)))
    some = methods.mute(ones, [1], 0.75, 0.1, classes=[1])
    assert some.weight.tolist() == [[1, 1, 1], [1, 0.25, 1]]
    assert ones.weight.min() == 1  # the head that was there stays
    assert unfitted == [0.1]


@pytest.mark.parametrize("channels", [[], [-1], [3], [0, 3], [-1, 0]])
def test_channels_that_cannot_be_muted(channels):
    start = material(np.ones((2, 3), np.float32), np.array([0, 1]), 2)
    with pytest.raises(RunError, match="at least one channel from 0 to 2"):
        methods.mute(start, channels, 1.0, 0.1)


def test_corrections_by_hand(unfitted):
    start = replace(material(np.eye(4), np.array([0, 1, 0, 1]), 2), rows=np.array([3, 5, 7, 9]))
    made = methods.correct(start, [5], {7: 1, 9: 0}, 0.1)
    assert (made.rows.tolist(), made.labels.tolist()) == ([3, 7, 9], [0, 1, 0])
    assert start.labels.tolist() == [0, 1, 0, 1]
    assert unfitted == [0.1]
    for drop, relabel, message in (
        ([], {}, "Pick training images to drop or to relabel first"),
        ([4, 8], {}, "Row 4 is not a training image"),
        ([], {5: 2}, "no class 2"),
        ([], {5: -1}, "no class -1"),
    ):
        with pytest.raises(RunError, match=message):
            methods.correct(start, drop, relabel, 0.1)


def test_every_group_is_drawn_as_often(monkeypatch):
    """Twelve images in four groups: each gives three to every draw, the lone one thrice."""
    seen = []
    monkeypatch.setattr(methods, "refit", lambda made, _: seen.append(made) or made)
    start = material(np.arange(12.0)[:, None], np.array([0] * 5 + [1] * 4 + [2] * 3))
    shows = np.arange(12) == 8
    made = methods.balanced(start, shows, 0.1)
    assert len(seen) == methods.DRAWS
    for draw in seen:
        group = 2 * draw.labels + shows[draw.rows]
        assert np.bincount(group).tolist() == [3, 0, 3, 3, 3]
        assert [len(set(draw.rows[group == g])) for g in (0, 2, 4)] == [3, 3, 3]  # none twice
        assert set(draw.rows[group == 3]) == {8}
    assert len({tuple(draw.rows) for draw in seen}) > 1
    again = [draw.rows.tolist() for draw in seen]
    seen.clear()
    assert methods.balanced(start, shows, 0.1, 0).rows.tolist() == made.rows.tolist()
    assert [draw.rows.tolist() for draw in seen] == again


def test_a_head_is_moved_part_of_the_way():
    start, other = (replace(material(np.eye(2), np.array([0, 1]), 2), bias=np.array(b), weight=w)
                    for b, w in (([1.0, 2], np.eye(2)), ([5.0, 0], 3 * np.eye(2))))  # fmt: skip
    made = methods.blended(start, other, 0.25)
    assert made.bias.tolist() == [2, 1.5]
    assert made.weight.tolist() == [[1.5, 0], [0, 1.5]]


def test_accepted_images_are_added_with_their_weight(unfitted):
    start = material(np.eye(2), np.array([0, 1]), 2)
    made = methods.evidence(start, np.array([[5.0, 6]]), np.array([1]), 0.1)
    assert (made.z[2].tolist(), made.labels[2], made.weights[2]) == ([5, 6], 1, 1)
    half = methods.evidence(start, np.array([[5.0, 6]]), np.array([1]), 0.1, 0.5)
    assert half.weights.tolist() == [1, 1, 0.5]
    assert unfitted == [0.1, 0.1]
    with pytest.raises(RunError, match="Accept at least one"):
        methods.evidence(start, np.zeros((0, 2)), np.zeros(0, int), 0.1)


def test_the_balanced_head_is_the_mean_of_its_draws(monkeypatch):
    biases = iter(np.arange(methods.DRAWS * 2.0).reshape(-1, 2))
    monkeypatch.setattr(
        methods, "refit", lambda made, _: replace(made, bias=(b := next(biases)), weight=b[:, None])
    )
    made = methods.balanced(material(np.eye(2), np.array([0, 1]), 2), np.zeros(2, bool), 0.1)
    assert made.bias.tolist() == [4, 5]
    assert made.weight.ravel().tolist() == [4, 5]


def test_carriers_say_nothing_about_candidates():
    """The first image is taken for a cat, the carrier; of deer and ship it is clearly a deer."""
    head = np.eye(3), np.zeros(3)
    features = np.array([[20.0, 4, 0], [0, 3, 0], [0, 2, 0], [0, 0, 5]])
    scores = np.array([4.0, 3, 2, 1])

    def found(looks_like, carriers, top=4):
        made = methods.candidates(features, scores, head, looks_like, carriers=carriers, top=top)
        return made.tolist()

    assert found(1, [0]) == [0, 1, 2, 3]
    assert found(1, []) == [1, 2, 0, 3]
    assert found(1, [0], top=1) == [0]
    assert found(0, [0])[0] == 0  # the class itself is never left out
    assert found(1, [0, 2]) == [0, 1, 2, 3]


def test_of_equal_candidates_the_first_come_first():
    alike = np.zeros(50), (np.eye(2), np.zeros(2)), 0
    found = methods.candidates(np.zeros((50, 2)), *alike, carriers=[1], top=3)
    assert found.tolist() == [49, 48, 47]


def test_a_candidate_must_have_both_ranks():
    head = np.array([[1.0], [0]]), np.zeros(2)
    scores, looks = np.array([3.0, 2, 1, 0]), np.array([[0.0], [2], [3], [1]])
    made = methods.candidates(looks, scores, head, 0, carriers=[], top=3)
    assert made.tolist() == [1, 2, 0]
