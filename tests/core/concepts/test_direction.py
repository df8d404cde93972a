"""How a concept is learned from picks, on few images: what is left out, drawn, chosen and cut."""

from __future__ import annotations

import numpy as np
import pytest

from core import concepts
from core.concepts.learning import direction, permutation, picking
from core.concepts.learning.space import Space
from core.errors import ConceptError
from tests import planted


def space(points, groups=None):
    points = np.asarray(points, dtype=np.float32)
    n, d = points.shape
    groups = np.zeros(n, dtype=int) if groups is None else np.asarray(groups)
    return Space(points, groups, np.ones(d), np.eye(d), np.zeros(d), np.ones(d))


def noise_auc(seed, without):
    """Of ten random picks, and ten others, where nothing is to be learned."""
    rng = np.random.default_rng(seed)
    x, picks = rng.normal(size=(120, 60)), rng.permutation(120)
    off = picks[10:20] if without else None
    return concepts.learn(x, picks[:10], off, np.zeros(120), name="none", seed=seed).auc


@pytest.mark.parametrize("without", [True, False])
def test_of_nothing_the_auc_is_a_half(without, monkeypatch):
    """Were a pick scored by what it taught, it would be near 1."""
    monkeypatch.setattr(permutation, "RANDOM_DRAWS", 1)
    assert np.mean([noise_auc(seed, without) for seed in range(12)]) == pytest.approx(0.5, abs=0.1)


def test_a_fold_that_is_scored_taught_nothing(monkeypatch):
    """Neither as a pick nor as an image that refining takes to lack the concept."""
    taught = []

    def fit(_space, on, others, off, ridge):
        taught.append((set(on), set(others), off if off is None else set(off), ridge))
        return np.float32([len(taught)])

    monkeypatch.setattr(direction, "_fit", fit)
    one = space(np.ones((20, 1)))
    on, others = np.arange(4), np.arange(10, 16)
    parts = [np.array([0, 1, 0, 1]), np.array([0, 0, 0, 1, 1, 1])]
    for off in (others, None):
        taught.clear()
        high, low = direction._left_out_scores(one, on, others, off, parts, 3.0)
        assert high.tolist() == [1, 2, 1, 2]  # by the fold that scored them
        assert low.tolist() == [1, 1, 1, 2, 2, 2]
        kept = [{13, 14, 15}, {10, 11, 12}]
        assert [t[:2] for t in taught] == [({1, 3}, kept[0]), ({0, 2}, kept[1])]
        assert [t[2] for t in taught] == ([None, None] if off is None else kept)
        assert {t[3] for t in taught} == {3.0}


@pytest.mark.parametrize(("picks", "others"), [(3, 102), (20, 100), (21, 105), (30, 150)])
def test_random_others_are_five_a_pick_and_at_least_a_hundred(picks, others):
    found = direction._random_others(
        space(np.zeros((400, 1))), np.arange(picks), np.random.default_rng(0)
    )
    assert len(set(found)) == len(found) == others
    assert found.min() >= picks
    assert (np.diff(found) > 0).all()


def test_random_others_are_of_the_picks_classes_in_their_proportions():
    groups = np.repeat([0, 1, 2, 3], [200, 200, 200, 12])
    on = np.array([0, 1, 2, 200, 600])
    found = direction._random_others(
        space(np.zeros((612, 1)), groups), on, np.random.default_rng(0)
    )
    assert np.bincount(groups[found], minlength=4).tolist() == [60, 20, 0, 11]  # no more are there
    assert not set(on) & set(found)


def test_three_others_are_enough_and_two_are_not():
    rng = np.random.default_rng(0)
    on = np.arange(7)
    assert direction._random_others(space(np.zeros((10, 1))), on, rng).tolist() == [7, 8, 9]
    with pytest.raises(ConceptError, match="nothing is left to compare with"):
        direction._random_others(space(np.zeros((9, 1))), on, rng)


def test_the_ridge_that_parts_left_out_picks_best_is_taken(monkeypatch):
    left_out = {
        1.0: (np.array([3.0, 5]), np.array([0.0, 2])),
        3.0: (np.array([3.0, 4]), np.array([0.0, 1])),
    }
    asked = []

    def scores(_space, on, others, off, parts, ridge):
        asked.append((ridge, [sorted(part.tolist()) for part in parts]))
        return left_out[ridge]

    monkeypatch.setattr(direction, "_left_out_scores", scores)
    monkeypatch.setattr(direction, "_fit", lambda *given: given[-1])
    some = np.arange(7), np.arange(8), None, np.random.default_rng(0)
    assert direction._best_of_ridges(None, *some)[0] == 3.0
    assert asked[0] == (1.0, [[0, 0, 1, 1, 2, 3, 4], [0, 0, 1, 1, 2, 2, 3, 4]])
    left_out[3.0] = (np.array([2.0, 5]), np.array([0.0, 1]))
    weight, high, _ = direction._best_of_ridges(None, *some)
    assert (weight, high.tolist()) == (1.0, [3, 5])
    asked.clear()
    direction._best_of_ridges(None, np.arange(3), np.arange(8), None, np.random.default_rng(0))
    assert asked[0][1] == [[0, 1, 2], [0, 0, 0, 1, 1, 1, 2, 2]]


def test_how_far_apart_scores_are_by_hand():
    high, low = np.array([3.0, 5]), np.array([0.0, 0, 3, 1])
    assert high.var() == 1
    assert low.var() == 1.5
    assert direction._apart(high, low) == pytest.approx(3 / np.sqrt((2 + 6) / 6))
    assert direction._apart(np.ones(2), np.zeros(2)) == pytest.approx(1e12)


def test_a_fitted_direction_has_unit_length():
    x, labels, shows, _ = planted.features_and_truth()
    made = direction.prepare_space(x, labels)
    on, off = np.flatnonzero(shows)[:10], np.flatnonzero(~shows)[:10]
    assert np.linalg.norm(direction._fit(made, on, off, off, 1.0)) == pytest.approx(1, rel=1e-5)


def test_the_first_and_the_last_image_can_be_picked():
    made = space(np.zeros((10, 1)))
    on, off = direction._checked(made, [9, 0, 4, 4], [])
    assert (on.tolist(), off) == ([0, 4, 9], None)
    assert direction._checked(made, [1, 2, 3], [9, 0, 8])[1].tolist() == [0, 8, 9]
    with pytest.raises(ConceptError, match=r"^Row 10 is not an image of this run, which has 10:"):
        direction._checked(made, [0, 10, 4], None)
    with pytest.raises(ConceptError, match=r"^Row -2 is not"):
        direction._checked(made, [0, 1, 4], [-2, 10, 3])
    with pytest.raises(ConceptError, match=r"^2 of the images .* \(row 3\)"):
        direction._checked(made, [1, 2, 3, 4], [4, 3, 5])


def test_the_cut_of_two_like_curves_is_their_middle():
    at = np.linspace(-2, 2, 401)
    bell = np.repeat(at, np.round(100 * np.exp(-0.5 * (at / 0.5) ** 2)).astype(int))
    scores = np.concatenate([bell, bell + 6])
    assert direction.cut(scores, 0, 6) == pytest.approx(3, abs=0.05)
    assert direction.cut(np.concatenate([bell, bell, bell, bell + 2]), 0, 2) > 1.1


def test_medians_that_are_not_apart_have_their_middle_for_a_cut():
    scores = np.array([1.0, 9])
    assert direction.cut(scores, 4, 2) == 3
    assert direction.cut(scores, 3, 3) == 3
    assert direction.cut(scores, 0, np.inf) == np.inf


def test_likelihood_is_a_normal_curves():
    made = direction._likelihood(
        np.array([1.0, 5]), np.array([1.0, 3]), np.array([0.5, 2]), np.array([0.25, 0.75])
    )
    bell = np.exp(-0.5)
    assert made[0] == pytest.approx([0.25 / 0.5, 0.75 / 2 * bell])
    assert made[1] == pytest.approx([0.25 / 0.5 * np.exp(-32), 0.75 / 2 * bell])
    assert (direction._likelihood(np.array([1e9]), np.zeros(2), np.ones(2), np.ones(2)) > 0).all()


def test_the_threshold_is_cut_among_the_picks_classes(monkeypatch):
    seen = []
    monkeypatch.setattr(direction, "cut", lambda *given: seen.append(given) or 0.5)
    x, labels, shows, splits = planted.features_and_truth()
    cats = (labels == 0) & (splits == "train")
    on, off = np.flatnonzero(cats & shows)[:10], np.flatnonzero(cats & ~shows)[:10]
    made = concepts.learn(x, on, off, labels, name="fence")
    values, low, high = seen[0]
    assert len(values) == (labels == 0).sum()
    assert made.threshold == 0.5
    assert low < np.median(values) < high
    assert made.n_without == 10
    assert concepts.learn(x, on, None, labels, name="fence").n_without == 100
    ground = direction.prepare_space(x, labels)
    assert direction.learn_in(ground, on, off, name="fence").origin["seed"] == 0
    assert concepts.learn(x, on, off, labels, name="fence", seed=3).origin["seed"] == 3
    assert dict(made.origin) == {
        "kind": "picks", "shows": on.tolist(), "without": off.tolist(), "seed": 0
    }  # fmt: skip


@pytest.fixture
def fence(save_tiny):
    run, shows = planted.save(save_tiny)
    return run, np.flatnonzero(shows), np.flatnonzero(~shows)


def test_of_picks_in_train_nothing_else_is_learned_from(fence):
    run, on, off = fence
    n, last = planted.SIZES["train"], sum(planted.SIZES.values())
    assert picking.ground(run).rows.tolist() == list(range(n))
    assert picking.ground(run, True).rows.tolist() == list(range(last))
    assert len(picking.ground(run).space.points) == n
    assert picking.all_in_train(run, [0, n - 1])
    assert not picking.all_in_train(run, [0, n])
    with pytest.raises(ConceptError, match=f"^Row {last} is not an image of run"):
        picking.all_in_train(run, [last + 1, 0, last])
    train = picking.learn_from(run, on[on < n][:10], off[off < n][:10], name="x", seed=2)
    alone = picking.learn_on(picking.ground(run), on[on < n][:10], off[off < n][:10], name="x",
                             seed=2)  # fmt: skip
    np.testing.assert_array_equal(train.direction, alone.direction)
    whole = picking.learn_from(run, on[on >= n][:10], off[off < n][:10], name="x")
    assert whole.origin["shows"] == on[on >= n][:10].tolist()
    assert not np.array_equal(train.direction, whole.direction)


def test_rows_of_the_run_are_told_where_it_does_not_begin_with_train(save_tiny):
    """A ground's positions are not the rows of the table."""
    run, shows = planted.save(save_tiny)
    whole = picking.ground(run, True)
    later = picking.Ground(whole.space, whole.rows + 1000)
    on, off = np.flatnonzero(shows)[:10], np.flatnonzero(~shows)[:10]
    found = picking.learn_on(later, on + 1000, off + 1000, name="x", seed=4)
    plain = picking.learn_on(whole, on, off, name="x", seed=4)
    np.testing.assert_array_equal(found.direction, plain.direction)
    origin = {"kind": "picks", "shows": (on + 1000).tolist(), "without": (off + 1000).tolist()}
    assert dict(found.origin) == origin | {"seed": 4}
    alone = picking.learn_on(whole, on, [], name="x")
    assert (alone.origin["without"], alone.n_without) == (None, 50 + 50)
    assert alone.origin["seed"] == 0


def test_a_run_without_features_has_no_ground(save_tiny):
    with pytest.raises(ConceptError, match="kept no features: train it again"):
        picking.ground(planted.save_without_features(save_tiny))
