"""Features, weights and heads of training images, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import RunError
from core.fixes import refit
from core.fixes.material import Cut, Mask, Material, scale_of


def material(z, labels, weights=None, n_classes=2):
    z, labels = np.asarray(z, dtype=np.float32), np.asarray(labels)
    weights = np.ones(len(z)) if weights is None else np.asarray(weights, dtype=float)
    nothing = np.zeros((n_classes, z.shape[1]), np.float32), np.zeros(n_classes, np.float32)
    return Material(z, labels, weights, np.arange(len(z)), *nothing)


def test_features_are_standardised_and_what_follows_a_relu_has_a_floor():
    scale = scale_of(np.array([[0, 5.0], [4, 5]]))
    assert (scale.mean.tolist(), scale.std[0]) == ([2, 5], 2)
    assert scale.std[1] == pytest.approx(1e-6)  # a dead channel
    assert scale.standardise([[6, 5]]).tolist() == [[2, 0]]
    assert scale.standardise([[6, 5]]).dtype == np.float32
    assert scale.floor[0] == -1
    assert scale_of(np.array([[-0.1, 5], [4, 6]])).floor.tolist() == [-np.inf, -np.inf]
    with pytest.raises(RunError):
        scale_of(np.array([[np.inf, 1], [0, 1]]))


def test_the_scale_of_half_precision_is_that_of_single():
    half = np.array([[0, 1e4], [300, -1e4], [-300, 5e3]], dtype=np.float16)
    scale, single = scale_of(half), scale_of(half.astype(np.float32))
    for name in ("mean", "std", "floor"):
        assert np.array_equal(getattr(scale, name), getattr(single, name))
        assert getattr(scale, name).dtype == np.float32


def test_a_head_says_the_same_of_raw_and_of_standardised_features():
    x = np.array([[0, 5.0], [4, 9], [2, 1]])
    weight, bias = np.array([[1, 2.0], [-1, 3], [0, 1]]), np.array([0.5, 0, -1])
    scale = scale_of(x)
    inner = scale.head_in(weight, bias)
    np.testing.assert_allclose(
        scale.standardise(x) @ inner[0].T + inner[1], x @ weight.T + bias, atol=1e-5
    )
    outer = scale.head_out(*inner)
    np.testing.assert_allclose(outer[0], weight, atol=1e-5)
    np.testing.assert_allclose(outer[1], bias, atol=1e-5)
    assert [part.dtype for part in outer] == [np.float32, np.float32]
    assert outer[0].flags.c_contiguous


def test_changes_by_hand_are_done_in_order_and_folded_backwards():
    cut = Cut(np.array([1.0, 0]), np.array([0.0, 2]), np.array([0.0, 1]))
    assert cut.apply(np.array([[5.0, 3]])).tolist() == [[1, 3]]  # 2 x (3 - 1) less
    start = material([[5, 3], [0, 0]], [0, 1])
    done = start.changed(cut).changed(Mask(np.array([0.5, 1])))
    assert done.z.tolist() == [[0.5, 3], [1, 0]]
    assert [type(change) for change in done.changes] == [Cut, Mask]
    done.weight[:], done.bias[:] = [[1, 2], [3, 4]], [5, 6]
    weight, bias = done.folded()
    np.testing.assert_allclose(start.z @ weight.T + bias, [[11.5, 19.5], [6, 9]])
    assert (weight.tolist(), bias.tolist()) == ([[0.5, 1], [1.5, 1]], [6, 9])


def test_added_images_have_no_row_and_their_own_weight():
    made = material([[1, 2]], [0]).added(np.array([[3.0, 4]]), np.array([1]), 0.4)
    assert made.z.dtype == np.float32
    assert made.z.tolist() == [[1, 2], [3, 4]]
    found = made.labels.tolist(), made.weights.tolist(), made.rows.tolist()
    assert found == ([0, 1], [1, 0.4], [0, -1])
    assert material([[1, 2]], [0]).added(np.array([[3.0, 4]]), np.array([1])).weights[-1] == 1
    second = made.taken([1])
    found = second.labels.tolist(), second.weights.tolist(), second.rows.tolist()
    assert (second.z.tolist(), *found) == ([[3, 4]], [1], [0.4], [-1])


def test_own_probability_is_that_of_the_label():
    made = material([[1], [1]], [0, 1])
    made.bias[:] = np.log([1, 3])
    np.testing.assert_allclose(made.own_probabilities(), [0.25, 0.75], rtol=1e-6)
    made.weight[:] = np.log([[3], [1]])
    np.testing.assert_allclose(made.own_probabilities(), [0.5, 0.5], rtol=1e-6)


def gradient(made, penalty):
    """Of the mean loss with its penalty at the head, which is 0 where it fits best."""
    p = made.z @ made.weight.T + made.bias
    p = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)
    share = made.weights / made.weights.sum()
    apart = share[:, None] * (p - np.eye(made.n_classes)[made.labels])
    # Of two classes, the difference of rows is what is fitted, and penalised.
    size = 2 if made.n_classes == 2 else 1
    return apart.T @ made.z + size * made.weight / (penalty * len(made.z)), apart.sum(axis=0)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_refitted_head_has_the_least_weighted_loss(n_classes):
    rng = np.random.default_rng(0)
    labels = np.arange(60) % n_classes
    z = rng.normal(size=(60, 3)) + np.eye(3)[labels]
    for penalty in (0.01, 1.0):
        made = refit.refit(material(z, labels, rng.random(60) * 8, n_classes), penalty)
        for part in gradient(made, penalty):
            np.testing.assert_allclose(part, 0, atol=2e-3)
        assert (made.weight.dtype, made.bias.dtype) == (np.float32, np.float32)
        np.testing.assert_allclose(made.bias.sum(), 0, atol=1e-4)


def test_only_the_proportions_of_weights_count():
    z, labels = [[0], [1], [2], [3]], [0, 1, 0, 1]
    one = refit.refit(material(z, labels, [1, 1, 2, 1]), 1.0)
    ten = refit.refit(material(z, labels, [10, 10, 20, 10]), 1.0)
    np.testing.assert_allclose(one.weight, ten.weight, rtol=1e-4)


def test_a_class_without_images_cannot_be_fitted():
    with pytest.raises(RunError, match="no training image left"):
        refit.refit(material([[0], [1]], [1, 1]), 1.0)


def test_the_loss_of_held_out_images_by_hand():
    made = material([[1]], [0])
    made.weight[:], made.bias[:] = [[0], [np.log(2)]], np.log([1, 3])
    loss = refit.held_loss(made, np.array([[1.0], [2]]), np.array([0, 1]))
    assert loss == pytest.approx(-np.log([1 / 7, 12 / 13]).mean())


def test_the_penalty_is_the_weakest_about_as_good_as_any(monkeypatch):
    asked, losses, unfitted = [], {}, material([[0]], [0])

    def fitted(made, strength):
        asked.append(strength)
        assert made is unfitted  # each from the head as it was, as fixes are fitted
        return replace(made)

    monkeypatch.setattr(refit, "refit", fitted)
    monkeypatch.setattr(refit, "held_loss", lambda made, *_: losses[asked[-1]])
    monkeypatch.setattr(refit, "PENALTIES", (1, 2, 3, 4))
    for values, best, tried in (
        ((4, 3, 2, 1), 4, 4),
        ((4, 1, 1.04, 0.5), 4, 4),  # hardly past the least: it may fall again
        ((4, 1, 1.06, 0.5), 2, 3),
        ((1, 4, 0, 0), 1, 2),
        ((1, 1.01, 1.03, 1.019), 4, 4),  # where the loss is flat, the weakest
    ):
        asked.clear()
        losses.update(zip((1, 2, 3, 4), values, strict=True))
        assert refit.choose_penalty(unfitted, None, None) == best
        assert len(asked) == tried
