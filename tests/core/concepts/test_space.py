"""Features made ready for concepts: standardised, in the directions that vary within classes."""

from __future__ import annotations

import numpy as np
import pytest

from core.concepts.learning import space as spaces
from core.concepts.learning.space import Space, group_means, prepare
from core.errors import ConceptError


def test_weighted_means_of_groups_by_hand():
    points = np.array([[1.0, 0], [3, 4], [9, 9]], dtype=np.float32)
    groups = np.array([0, 0, 2])
    assert group_means(points, groups).tolist() == [[2, 2], [0, 0], [9, 9]]
    weighted = group_means(points, groups, np.array([3.0, 1, 0]))
    assert weighted.tolist() == [[1.5, 1], [0, 0], [0, 0]]


def test_a_direction_is_unfolded_to_unit_length_on_standardised_features():
    made = Space(
        np.zeros((1, 2)), np.zeros(1, int), np.ones(2), np.eye(3, 2), np.array([1.0, 2, 3]),
        np.array([2.0, 4, 1]),
    )  # fmt: skip
    found, offset = made.unfold(np.array([3.0, 4]))
    assert found == pytest.approx([0.6 / 2, 0.8 / 4, 0])
    assert offset == pytest.approx(-(0.3 + 0.4))
    assert found.dtype == np.float32
    assert made.unfold(np.zeros(2))[0].tolist() == [0, 0, 0]


def test_the_space_has_the_directions_that_vary_and_no_others(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 2)) @ rng.normal(size=(2, 5))
    labels = np.array(["b", "a"] * 25)
    made = prepare(x, labels)
    assert made.points.shape == (50, 2)
    assert made.groups.tolist() == [1, 0] * 25
    again = made.points @ made.basis.T * made.std + made.mean
    np.testing.assert_allclose(again, x, atol=1e-4)
    monkeypatch.setattr(spaces, "MAX_DIRECTIONS", 1)
    first = prepare(x, labels)
    assert first.points.shape == (50, 1)
    assert first.variances == pytest.approx(made.variances[:1], rel=1e-4)
    assert prepare(np.ones((4, 3)), np.zeros(4)).points.tolist() == [[0]] * 4
    with pytest.raises(ConceptError):
        prepare(np.array([[np.nan, 1], [0, 1]]), np.zeros(2))


def test_of_many_images_directions_are_learned_from_some(monkeypatch):
    """Every third of nine alone: the others vary along another channel, which is not seen."""
    monkeypatch.setattr(spaces, "BASIS_ROWS", 4)
    x = np.zeros((9, 2))
    x[::3, 0], x[1::3, 1] = (-1, 0, 1), (-1, 0, 1)
    made = prepare(x, np.zeros(9))
    assert np.abs(made.basis).tolist() == [[1], [0]]
    assert len(made.points) == 9
    monkeypatch.setattr(spaces, "BASIS_ROWS", 9)
    assert prepare(x, np.zeros(9)).basis.shape == (2, 2)


def test_the_space_keeps_what_varies_within_classes():
    rng = np.random.default_rng(0)
    labels = np.arange(400) % 2
    x = rng.normal(size=(400, 3)) * [1, 2, 3] + labels[:, None] * 50
    space = prepare(x, labels)
    assert space.basis.T @ space.basis == pytest.approx(np.eye(3), abs=1e-4)
    within = space.residuals()
    assert within[labels == 0].mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-3)
    assert within.var(axis=0) == pytest.approx(space.variances, rel=1e-2)


def test_every_channel_is_standardised_by_itself():
    x = np.array([[0.0, 7, -3], [2, 7, 5], [4, 7, -3], [2, 7, 9]])
    made = prepare(x, np.zeros(4))
    assert made.mean.tolist() == [2, 7, 2]
    assert made.std == pytest.approx([2**0.5, 1, 27**0.5])  # 1 where nothing varies
    assert np.abs(made.basis[1]).max() < 1e-6
    assert made.points @ made.basis.T == pytest.approx((x - made.mean) / made.std, abs=1e-5)


@pytest.mark.parametrize(("apart", "directions"), [(1.9e-4, 1), (2.1e-4, 2)])
def test_a_direction_with_less_than_a_ten_thousandth_of_the_first_is_none(apart, directions):
    """Two channels that differ by so much: the second direction has half of it."""
    x, other = np.array([1.0, 1, -1, -1] * 50), np.array([1.0, -1, 1, -1] * 50)
    made = prepare(np.column_stack([x, x + apart * other]), np.zeros(200))
    assert len(made.variances) == directions


def test_a_seed_gives_the_same_space_again(monkeypatch):
    monkeypatch.setattr(spaces, "MAX_DIRECTIONS", 2)
    x = np.random.default_rng(0).normal(size=(40, 30))
    first, again, seeded, other = (
        prepare(x, np.zeros(40), **options) for options in ({}, {}, {"seed": 0}, {"seed": 1})
    )
    assert np.array_equal(first.points, again.points)
    assert np.array_equal(first.points, seeded.points)
    assert not np.array_equal(first.points, other.points)


def test_features_of_half_precision_are_made_ready_in_single():
    half = (np.random.default_rng(0).normal(size=(40, 3)) * 1e4).astype(np.float16)
    made, single = prepare(half, np.zeros(40)), prepare(half.astype(np.float32), np.zeros(40))
    assert np.array_equal(made.points, single.points)
    assert made.points.dtype == np.float32


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_features_that_are_no_numbers_are_refused(value):
    with pytest.raises(ConceptError):
        prepare(np.array([[value, 1], [0, 1]]), np.zeros(2))


def test_the_directions_are_no_more_than_128():
    x = np.random.default_rng(0).normal(size=(140, 132))
    assert prepare(x, np.zeros(140)).basis.shape == (132, 128)
