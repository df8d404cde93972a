"""A concept put into images that lack it: its move, what is kept of their own, and its variety."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.concepts.presence import Presence, presence
from core.fixes.imagined.transplant import Move, kept_content, move_of
from tests.fenced import FENCE, Seen, images


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


def test_the_concepts_move_by_hand():
    """Measured in the carriers, between their images with it and without."""
    z = np.array([[0.0], [2], [10], [14], [99], [50]])
    labels, shows = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1, 0], dtype=bool)
    move = move_of(z, labels, Presence(shows, (0,), np.zeros(2)), np.array([-1.0]))
    assert (move.without.tolist(), move.shown.tolist()) == ([1], [12])
    assert (move.spread.ravel().tolist(), move.plain_spread) == ([-2, 2], 1)
    assert move.floor.tolist() == [-1]


def kept_of(slope, n):
    """Kept content where `n` images of class 1 that show it keep exactly this share."""
    own, shown = 4.0, 10.0  # what a plain image of class 1 is beyond those of class 0; the move
    z = 7 + np.array([0.0, 0, shown, shown, own, own] + [shown + slope * own] * n)[:, None]
    labels = np.array([0] * 4 + [1] * (2 + n))
    shows = np.array([0, 0, 1, 1, 0, 0] + [1] * n, dtype=bool)
    found = Presence(shows, (0,), np.zeros(2))
    return kept_content(z, labels, found, move_of(z, labels, found, np.array([-np.inf])))


@pytest.mark.parametrize(
    ("slope", "n", "kept"),
    [(0.9, 0, 0.45), (0.9, 10, (0.9 + 0.45) / 2), (0.9, 30, (30 * 0.9 + 4.5) / 40)],
)
def test_few_counter_examples_are_drawn_towards_the_usual_share(slope, n, kept):
    assert kept_of(slope, n) == (pytest.approx(kept), n)


def test_the_share_that_is_kept_has_bounds():
    assert kept_of(9.0, 100) == (1, 100)
    assert kept_of(-9.0, 100) == (0.2, 100)


def test_imagined_images_have_what_real_ones_have_of_their_own():
    """A quarter of the plain spread is kept, and the donors give the rest."""
    spread = np.array([[4.0], [-2], [-2]])
    move = Move(np.array([0.0]), np.array([10.0]), np.array([-np.inf]), spread, 8.0)
    made = move.imagine(np.zeros((50, 1)), 0.5)
    share = np.sqrt((8 - 0.25 * 8) / 8)
    assert np.unique(made) == pytest.approx([10 - 2 * share, 10 + 4 * share])
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, move.imagine(np.zeros((50, 1)), 0.5))
    assert (made != move.imagine(np.zeros((50, 1)), 0.5, seed=1)).any()
    wide = replace(move, plain_spread=99.0)
    assert set(wide.imagine(np.zeros((50, 1)), 0.5).ravel()) == {10}  # none is left to give
