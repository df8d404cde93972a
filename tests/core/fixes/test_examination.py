"""By what a fix is judged, and what is said of its gain and of plain images."""

from __future__ import annotations

import numpy as np
import pytest

from core.fixes.validation import objective
from core.fixes.validation.examination import BOTH, LAID, MOVED, Examination


def head(cut):
    """Class 1 from above `cut` on."""
    return np.array([[0.0], [1.0]]), np.array([cut, 0.0])


def column(*values):
    return np.array(values, dtype=float)[:, None]


@pytest.fixture
def judge():
    """Ten of each class, plain; of class 1 ten are imagined at 0.3, or at 0.6."""
    z, labels = column(*[0.0] * 10, *[1.0] * 10), np.repeat([0, 1], 10)
    shows = np.zeros(20, dtype=bool)
    by = {
        way: objective.held_of(z, labels, head(0.5), shows, laid=np.full((20, 1), where))
        for way, where in ((MOVED, 0.3), (LAID, 0.6), (BOTH, 0.3))
    }
    return Examination(by, shows, (0,), ())


def test_no_fix_is_judged_by_its_own_move(judge):
    assert judge.of("overlay") is judge.by[MOVED]
    assert judge.of("transplant") is judge.by[LAID]
    assert judge.of("erase") is judge.by[BOTH]
    moved = Examination({MOVED: judge.by[MOVED], BOTH: judge.by[BOTH]}, judge.shows, (0,), ())
    assert moved.of("transplant") is moved.by[BOTH]


def test_each_way_to_imagine_is_a_judge_of_its_own(judge):
    gained = judge.gained(head(0.7), head(0.5))
    assert {way: (one.fixed, one.broken, one.n) for way, one in gained.items()} == {
        MOVED: (0, 0, 10),
        LAID: (10, 0, 10),
    }


def test_plain_images_are_counted_by_themselves(judge):
    lost = judge.lost(head(0.5), head(-1))
    assert (lost.fixed, lost.broken, lost.n) == (0, 10, 20)


def test_without_a_concept_nothing_is_gained_with_it(judge):
    plain = objective.held_of(column(0, 1), np.array([0, 1]), head(0.5))
    assert Examination({BOTH: plain}, None, (), ()).gained(head(0.5), head(2)) == {}
