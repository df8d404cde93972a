"""The steps of learning a direction, each by hand, and what they come to."""

from __future__ import annotations

import numpy as np
import pytest

from core.concepts.learning import permutation, refinement
from core.concepts.learning.space import Space, prepare
from tests import planted


def space(points, groups, variances=None):
    points = np.asarray(points, dtype=np.float32)
    d = points.shape[1]
    variances = np.ones(d) if variances is None else np.asarray(variances)
    return Space(points, np.asarray(groups), variances, np.eye(d), np.zeros(d), np.ones(d))


def test_the_direction_of_picks_by_hand():
    made = space([[0, 0], [4, 0], [0, 2], [100, 2], [104, 8]], [0, 0, 0, 1, 1], [2, 6])
    residuals = made.residuals()
    np.testing.assert_allclose(residuals[3:], [[-2, -3], [2, 3]], atol=1e-5)
    found = permutation.direction_of_picks(made, np.array([1, 4]), np.array([0, 3]))
    assert found == pytest.approx([4 / 12, 3 / 16])
    assert found.dtype == np.float32


def test_how_much_picks_have_in_common_by_hand():
    points = np.array([[1.0, 0], [0, 1], [1, 0], [-1, 0]])
    alike = permutation._alike
    assert alike(points[[0, 2]]) == 1
    assert alike(points[[0, 3]]) == -1
    assert alike(points[:3]) == pytest.approx(1 / 3)
    assert permutation._in_common(points, np.array([0, 2]), None) == 1
    # Each list alike, and the two as unlike as can be: 1 + 1 - 2 x (-1).
    assert permutation._in_common(points, np.array([0, 2]), np.array([3, 3])) == 4
    assert permutation._in_common(points, np.array([0, 1]), np.array([0, 2])) == pytest.approx(0)


def test_random_picks_are_as_many_of_each_class():
    groups = np.array([0] * 8 + [1] * 8 + [2] * 8)
    on, off = np.array([0, 1, 8]), np.array([2, 9, 10, 11])
    rng = np.random.default_rng(0)
    drawn = [permutation._like(groups, on, off, rng) for _ in range(50)]
    for shows, without in drawn:
        assert np.bincount(groups[shows], minlength=3).tolist() == [2, 1, 0]
        assert np.bincount(groups[without], minlength=3).tolist() == [1, 3, 0]
        assert len({*shows, *without}) == 7
    assert len({tuple(shows) for shows, _ in drawn}) > 10
    shows, without = permutation._like(groups, on, None, rng)
    assert (np.bincount(groups[shows]).tolist(), without) == ([2, 1], None)


def test_p_is_the_share_of_random_picks_that_reach_the_picks(monkeypatch):
    """Of unit vectors, the picks' mean cosine is 0; three draws reach it, one but for rounding."""
    reached = iter([0.0, 1.0, -1e-10, -1e-3, -1.0])
    monkeypatch.setattr(permutation, "RANDOM_DRAWS", 5)
    monkeypatch.setattr(permutation, "_like", lambda *_: ("drawn", None))
    monkeypatch.setattr(
        permutation,
        "_in_common",
        lambda points, on, off: next(reached) if on == "drawn" else 0.0,
    )
    one = space(np.eye(3), [0, 0, 0])
    assert permutation.random_picks_p(one, [0, 1], None, None) == pytest.approx(4 / 6)


def test_p_word_for_word():
    """Pairs of images, one by one, of features scaled and cut to unit length; 199 draws."""
    rng, groups = np.random.default_rng(0), np.array([0] * 9 + [1] * 6)
    made = space(rng.normal(size=(15, 3)) * [1, 9, 4] + groups[:, None], groups, [1, 81, 16])
    plain = made.points - np.array([made.points[groups == g].mean(axis=0) for g in groups])
    unit = [row / np.linalg.norm(row) for row in plain / np.sqrt([11, 91, 26])]

    def alike(rows, others):
        return np.mean([unit[a] @ unit[b] for a in rows for b in others if a != b])

    def in_common(on, off):
        return alike(on, on) + alike(off, off) - 2 * alike(on, off)

    picks = np.array([0, 3, 5, 9]), np.array([1, 2, 10, 12])
    same, draws = np.random.default_rng(1), []
    for _ in range(199):
        draws.append(in_common(*permutation._like(groups, *picks, same)))
    reached = sum(draw > in_common(*picks) - 1e-6 for draw in draws)
    assert 20 < reached < 180
    p = permutation.random_picks_p(made, *picks, np.random.default_rng(1))
    assert p == pytest.approx((1 + reached) / 200)


def test_picks_are_known_and_others_are_not():
    picked, known = refinement._picks(5, np.array([1]), np.array([3, 4]))
    assert picked.tolist() == [False, True, False, True, True]
    assert known.tolist() == [0, 1, 0, 0, 0]
    assert refinement._picks(3, np.array([1]), None)[0].tolist() == [False, True, False]


def test_moments_and_prevalence_by_hand():
    scores = np.array([2.0, 4, 0, 1])
    on, off = np.array([1.0, 1, 0, 0]), np.array([0.0, 0, 3, 1])
    high, low, spread = refinement._moments(scores, on, off)
    assert (high, low) == (3, 0.25)
    assert spread == pytest.approx((1 + 1 + 3 * 0.0625 + 0.5625) / 6)
    made = space(np.zeros((4, 1)), [0, 0, 1, 1])
    found = refinement._prevalence(made, np.array([1, 0.5, 0, 0]), np.array([30.0, 2, 1, 1]))
    assert found == pytest.approx([(31 + 1) / (32 + 10), 1 / 12])


def test_belief_by_hand():
    """Half-way between the means 1 and 3 nothing is known; two steps up the odds are e to 1."""
    made = space(np.zeros((4, 1)), [0, 0, 1, 1])
    found = refinement._belief(
        np.array([2.0, 4, 2, 999]), 3.0, 1.0, 4.0, np.array([0.5, 0.2]), made
    )
    assert found[:3] == pytest.approx([0.5, 1 / (1 + np.exp(-1)), 0.2])
    assert np.log(1 - found[3]) == pytest.approx(-30, abs=0.01)
    low = refinement._belief(np.array([-999.0]), 3.0, 1.0, 4.0, np.array([0.5]), space([[0]], [0]))
    assert np.log(low) == pytest.approx([-30])
    flat = refinement._belief(np.array([3.0]), 3.0, 1.0, 0.0, np.array([0.5]), space([[0]], [0]))
    assert flat == pytest.approx([1])


def test_the_spread_of_groups_counts_each_as_often_as_it_has_images():
    means, groups = np.array([[0.0, 0], [4, 2]]), np.array([0, 0, 0, 1])
    found = refinement._between(means, groups)
    np.testing.assert_allclose(found, [[3, 1.5], [1.5, 0.75]])


def test_a_discriminant_word_for_word():
    """Weighted regression of the points on the belief within groups, by least squares."""
    rng = np.random.default_rng(0)
    groups = np.array([0] * 12 + [1] * 8)
    belief, weights = rng.random(20).astype(np.float32), (1 + rng.random(20)).astype(np.float32)
    made = space(rng.normal(size=(20, 3)) + groups[:, None], groups)
    found, scores = refinement._discriminant(made, belief, weights, 0.5)
    design = np.column_stack([belief, groups == 0, groups == 1])
    root = np.sqrt(weights)[:, None]
    fit = np.linalg.lstsq(design * root, made.points * root, rcond=None)[0]
    residual = made.points - design @ fit
    covariance = (weights[:, None] * residual).T @ residual / weights.sum()
    between = np.cov((design[:, 1:] @ fit[1:]).T, bias=True)
    total = covariance + between + 0.5 * np.eye(3)
    expected = np.linalg.solve(total, fit[0])
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)
    plain = made.points - design[:, 1:] @ fit[1:]
    np.testing.assert_allclose(scores, plain @ expected, rtol=1e-3, atol=1e-4)
    assert (found.dtype, scores.dtype) == (np.float32, np.float32)


@pytest.fixture(scope="module")
def refined():
    """The planted fence, refined from ten picks of each kind, and the images."""
    x, labels, shows, splits = planted.features_and_truth()
    train = splits == "train"
    made, shows = prepare(x[train], labels[train]), shows[train]
    cats = labels[train] == 0
    return made, shows, np.flatnonzero(cats & shows)[:10], np.flatnonzero(cats & ~shows)[:10]


def test_refining_by_hand_step_by_step(refined):
    """What the docstring says, written once more: picks stay what they are in every step."""
    made, _, on, off = refined
    start = permutation.direction_of_picks(made, on, off)
    scores = made.residuals() @ start
    weights = np.ones(len(scores), np.float32)
    weights[[*on, *off]] = 30
    belief = refinement._belief(
        scores, scores[on].mean(), np.median(scores), scores.var(), np.full(3, 0.1), made
    )
    for _ in range(6):
        belief[on], belief[off] = 1, 0
        belief = belief.astype(np.float32)
        direction, scores = refinement._discriminant(made, belief, weights, 1.0)
        moments = refinement._moments(scores, belief * weights, (1 - belief) * weights)
        common = refinement._prevalence(made, belief, weights)
        belief = refinement._belief(scores, *moments, common, made)
    np.testing.assert_allclose(refinement.refine(made, start, on, off, 1.0), direction, rtol=1e-6)


def test_picks_that_are_taken_to_lack_it_change_what_is_learned(refined):
    made, _, on, off = refined
    start = permutation.direction_of_picks(made, on, off)
    with_off = refinement.refine(made, start, on, off, 1.0)
    assert np.abs(with_off - refinement.refine(made, start, on, None, 1.0)).max() > 1e-4
    assert np.abs(with_off - refinement.refine(made, start, on, off[:5], 1.0)).max() > 1e-4
