"""Groups of images by hand: where they lie, how many there are, and the concept nearest to one."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain.subgroups import Subgroup, _mixture, _nearest, _points


@pytest.mark.parametrize(("errors", "warned"), [(9, True), (10, False)])
def test_a_group_of_fewer_than_ten_errors_may_be_chance(errors, warned):
    group = Subgroup(np.arange(errors), 20, errors, errors / 20, 0, 1)
    assert group.caution.startswith("Only 9 errors" if warned else "")
    assert bool(group.caution) is warned


@pytest.mark.parametrize(
    ("n", "d", "directions"), [(10, 30, 2), (9, 30, 1), (4, 30, 1), (40, 30, 8), (45, 30, 8),
                               (40, 3, 3)]
)  # fmt: skip
def test_a_fifth_as_many_directions_as_images_eight_at_most(n, d, directions):
    features = np.random.default_rng(0).normal(size=(n, d))
    assert _points(features, np.arange(n) / n).shape == (n, directions + 1)


def test_what_the_model_said_weighs_twice_the_first_direction():
    features = np.random.default_rng(0).normal(size=(40, 5)) * [9, 1, 1, 1, 0.1]
    points = _points(features, np.arange(40) / 40)
    assert points[:, 0].std() == pytest.approx(1)
    assert points[:, -1].std() == pytest.approx(2)
    assert points.mean(axis=0) == pytest.approx(np.zeros(points.shape[1]), abs=1e-9)
    spread = points[:, :-1].std(axis=0)
    assert (np.diff(spread) <= 0).all()
    # Channels count alike, whatever their scale, and one that never varies does not count.
    scaled = np.column_stack([features * [1, 5, 2, 1, 7], np.full(40, 3.0)])
    np.testing.assert_allclose(
        np.abs(_points(scaled, np.arange(40) / 40)[:, :5]), np.abs(points[:, :5])
    )


def test_what_is_said_of_all_alike_tells_no_groups_apart():
    points = _points(np.eye(12), np.full(12, 0.5))
    assert not points[:, -1].any()


def test_there_are_as_many_groups_as_describe_the_images_best():
    rng = np.random.default_rng(0)
    for k in (1, 2, 3):
        centres = np.repeat(np.arange(k) * 20.0, 20)
        member, typical = _mixture(centres[:, None] + rng.normal(size=(20 * k, 2)), 0)
        assert len(np.unique(member)) == k
        assert all(len(np.unique(member[20 * j : 20 * j + 20])) == 1 for j in range(k))
        assert typical.shape == (20 * k,)


@pytest.mark.parametrize(("images", "groups"), [(19, 1), (20, 2), (69, 6), (140, 6)])
def test_a_group_for_every_ten_images_six_at_most(images, groups):
    apart = np.linspace(0, 1000, images)[:, None] ** 2 + np.zeros((images, 2))
    member, _ = _mixture(apart, 0)
    assert len(np.unique(member)) <= groups


def test_the_images_in_the_middle_of_a_group_are_the_most_typical():
    points = np.array([[x, 0.0] for x in range(-7, 8)])
    _, typical = _mixture(points, 0)
    assert typical.argmax() == 7
    assert (np.diff(typical[7:]) < 0).all()


ROWS, CORRECT = np.arange(10), np.arange(10, 30)


def scores(shift: float) -> np.ndarray:
    return np.concatenate([np.linspace(-1, 1, 10) + shift, np.linspace(-1, 1, 20)])


def test_the_concept_that_sets_a_group_most_apart_is_named():
    known = {"fence": scores(1.5), "sea": scores(3), "less": scores(-9), "unclear": scores(0.3)}
    name, effect = _nearest(ROWS, CORRECT, known)
    assert name == "sea"
    pooled = (9 * known["sea"][:10].var(ddof=1) + 19 * known["sea"][10:].var(ddof=1)) / 28
    assert effect == pytest.approx(3 / np.sqrt(pooled))
    assert _nearest(ROWS, CORRECT, {"less": scores(-9)})[0] == ""
    assert _nearest(ROWS, CORRECT, {"unclear": scores(0.3)})[0] == ""
    assert _nearest(ROWS, CORRECT, {})[0] == ""


def test_one_image_alone_shows_no_concept():
    assert _nearest(ROWS[:1], CORRECT, {"sea": scores(3)})[0] == ""
    assert _nearest(ROWS, CORRECT[:1], {"sea": scores(3)})[0] == ""
    assert np.isnan(_nearest(ROWS[:1], CORRECT, {"sea": scores(3)})[1])
    assert _nearest(ROWS[8:], CORRECT[:2], {"sea": scores(30)})[0] == "sea"
