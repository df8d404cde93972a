"""What errors share beyond the class they are taken for, word for word, and which picks follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core import explain
from core.errors import ExplainError
from core.explain import shared, suggestion
from core.explain.halves import FEWEST, Half, _parted, halves
from core.explain.properties import candidates
from core.explain.properties.likeness import likeness
from tests import planted

CAT, DEER, SHIP = range(3)
N = planted.SIZES["train"]
LABELS = np.arange(N) % 3


@pytest.fixture
def run(save_tiny):
    return planted.save(save_tiny)[0]


@pytest.fixture
def found(run):
    return explain.explain(run, DEER, CAT)


def test_seven_errors_all_suggest_and_eight_are_parted(found):
    assert FEWEST == 8
    seven = halves(replace(found, rows=found.rows[:7]))
    assert seven.suggests.errors.tolist() == found.rows[:7].tolist()
    assert seven.suggests.right.tolist() == found.reference.tolist()
    assert seven.tests.rows.tolist() == []
    eight = halves(replace(found, rows=found.rows[:8]))
    assert (len(eight.suggests.errors), len(eight.tests.errors)) == (4, 4)
    nine = halves(replace(found, rows=found.rows[:9]))
    assert (len(nine.suggests.errors), len(nine.tests.errors)) == (4, 5)


def test_halves_are_in_order_and_mixed(found):
    parts = halves(found)
    for half in (parts.suggests, parts.tests):
        assert (np.diff(half.errors) > 0).all()
        assert (np.diff(half.right) > 0).all()
        assert half.rows.tolist() == [*half.errors, *half.right]
    assert parts.suggests.errors.max() > parts.tests.errors.min()


def test_another_confusion_is_parted_in_another_way():
    rows = np.arange(20)
    assert _parted(rows, [0, 1, 0])[0].tolist() != _parted(rows, [0, 0, 1])[0].tolist()


def by_hand(run, found, half, freed=True):
    """The direction's docstring, written once more."""
    x = run.features().astype(np.float64)
    weight, _ = run.head()
    toward = weight[found.pred].astype(np.float64) - weight[found.label]
    rows = np.flatnonzero(found.pred != LABELS)
    within = x[rows] - np.array([x[:N][k == LABELS].mean(axis=0) for k in LABELS[rows]])
    along = within @ toward
    slope = within.T @ along / (along @ along) * freed
    values = x - np.outer(x @ toward, slope)
    errors, right = values[half.errors], values[half.right]
    n, m = len(errors), len(right)
    pooled = ((n - 1) * errors.var(axis=0, ddof=1) + (m - 1) * right.var(axis=0, ddof=1)) / (
        n + m - 2
    )
    telling = (errors.mean(axis=0) - right.mean(axis=0)) / pooled
    return telling - toward * (slope @ telling)


@pytest.mark.parametrize("freed", [True, False])
def test_the_direction_word_for_word(run, found, freed):
    half = halves(found).suggests
    made = shared.direction(run, found, half, freed=freed)
    np.testing.assert_allclose(made, by_hand(run, found, half, freed), rtol=1e-3, atol=1e-4)
    assert made.dtype == np.float32
    scores = shared.scores(run, found, half, np.array([3, 1]))
    expected = run.features()[[3, 1]].astype(float) @ by_hand(run, found, half)
    np.testing.assert_allclose(scores, expected, rtol=1e-3, atol=1e-3)


def test_channels_that_hardly_vary_do_not_decide(run, found, save_tiny):
    x = run.features().copy()
    x[:, 10] = 1
    dead, _ = planted.save(save_tiny, run_id="dead", features=x)
    made = shared.direction(dead, found, halves(found).suggests, freed=False)
    assert made[10] == 0
    assert np.isfinite(made).all()


def test_of_many_training_images_some_spread_evenly_are_learned_from(run, found, monkeypatch):
    weight, _ = run.head()
    toward = weight[CAT].astype(np.float64) - weight[DEER]
    monkeypatch.setattr(shared, "LEARNED_FROM", 3)
    rows = np.flatnonzero(LABELS != CAT)[[0, 99, 199]]  # labels 1, 2, 2
    x = run.features()[rows].astype(np.float64)
    x[0] = 0
    x[1:] -= x[1:].mean(axis=0)
    along = x @ toward
    slope = shared._slope(run, toward, CAT)
    assert LABELS[rows].tolist() == [1, 2, 2]
    np.testing.assert_allclose(slope, x.T @ along / (along @ along), rtol=1e-6, atol=1e-9)
    assert shared._slope(run, np.zeros(24), CAT).tolist() == [0] * 24


def test_strongest_first_within_the_class_and_both_directions_count(run, found):
    half = halves(found).suggests
    cats = np.flatnonzero(LABELS == CAT)
    x = run.features()[cats].astype(np.float64)
    free, whole = (x @ by_hand(run, found, half, freed) for freed in (True, False))
    both = (free - free.mean()) / free.std() + (whole - whole.mean()) / whole.std()
    both = (both - both.mean()) / both.std() + likeness(run, half, cats)
    assert explain.strongest_of_class(run, found).tolist() == cats[np.argsort(-both)].tolist()


def test_what_the_pictures_are_like_counts(run, found, monkeypatch):
    monkeypatch.setattr(candidates, "_of_table", lambda *_: iter(()))
    half, cats = halves(found).suggests, np.flatnonzero(LABELS == CAT)
    rows = np.concatenate([half.rows, cats])
    sides = np.repeat([1.0, 0], [len(half.errors), len(half.right)])
    tint, even = (np.concatenate([sides, values]) for values in (cats, np.zeros(100)))
    pictures = pd.DataFrame({"tint": tint, "size of the file": tint, "even": even}, index=rows)
    ranks = np.arange(100) - 49.5
    made = likeness(run, half, cats, pictures)
    np.testing.assert_allclose(made, ranks / ranks.std(), rtol=1e-9)  # its weight is cut to 1
    assert likeness(run, half, cats, pictures.drop(columns="tint")).tolist() == [0] * 100
    unknown = likeness(run, half, cats, pictures.drop(cats[0]))
    assert unknown[0] == 0
    ranked = explain.strongest_of_class(run, found, pictures)
    assert ranked.tolist() != explain.strongest_of_class(run, found).tolist()


def test_picks_are_spread_over_the_top_quarter_and_the_last_third(run, found, monkeypatch):
    ranked = 1000 + np.arange(100)
    monkeypatch.setattr(suggestion, "strongest_of_class", lambda *_: ranked)
    made = suggestion.suggest_picks(run, found)
    top = [0, 2, 4, 6, 8, 10, 13, 15, 17, 19, 21, 24]
    last = [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 34]
    assert made.shows.tolist() == [1000 + at for at in top]
    assert made.without.tolist() == [1099 - at for at in last]
    parts = halves(found)
    assert made.chose.tolist() == parts.suggests.rows.tolist()
    assert made.tests.rows.tolist() == parts.tests.rows.tolist()
    three = suggestion.suggest_picks(run, found, n=3)
    assert three.shows.tolist() == [1000, 1012, 1024]


def test_small_classes_have_fewer_picks_and_the_smallest_none(run, found, monkeypatch):
    for n, picks in ((48, 12), (47, 11), (40, 10)):
        monkeypatch.setattr(suggestion, "strongest_of_class", lambda *_, n=n: 1000 + np.arange(n))
        made = suggestion.suggest_picks(run, found)
        assert len(made.shows) == len(made.without) == picks
    monkeypatch.setattr(suggestion, "strongest_of_class", lambda *_: 1000 + np.arange(39))
    with pytest.raises(ExplainError, match="39 training images of cat are too few to suggest 10"):
        suggestion.suggest_picks(run, found)


def test_a_half_is_its_errors_and_then_its_right_images():
    assert Half(np.array([5, 7]), np.array([1])).rows.tolist() == [5, 7, 1]
