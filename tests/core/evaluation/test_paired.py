"""The verdict at its edges, the interval of published counts, and the test's exact figures.

Intervals were computed anew by Newcombe's formula from the Wilson intervals that scipy gives.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from core.evaluation.paired import change, mcnemar, paired_interval, together


@pytest.mark.parametrize(
    ("fixed", "broken", "said"),
    [(13, 4, "better"), (4, 13, "worse"),  # p = 0.0490
     (57, 37, "better"),  # p = 0.0495
     (22, 10, "no difference"), (10, 22, "no difference"),  # p = 0.0501
     (16, 6, "no difference")],  # p = 0.0525
)  # fmt: skip
def test_a_difference_is_shown_from_p_below_5_percent(fixed, broken, said):
    assert change(fixed, broken, 70, 8).verdict().kind == said


@pytest.mark.parametrize(
    ("fixed", "broken", "said"),
    [(6, 0, "better"), (0, 6, "worse"), (5, 0, "too few"), (3, 2, "too few"),
     (3, 3, "no difference"), (1, 5, "no difference")],
)  # fmt: skip
def test_six_changed_images_are_enough_to_tell(fixed, broken, said):
    assert change(fixed, broken, 70, 8).verdict().kind == said


@pytest.mark.parametrize(
    ("both", "first", "second", "neither", "expected"),
    [(36, 12, 2, 0, (0.0569, 0.3404)),
     (14, 5, 0, 22, (0.0115, 0.2265)),  # Altman et al. (2000), Table 6.2: R's biostatUZH has it
     (1, 1, 7, 12, (-0.5069, -0.0256)),  # Bentur et al. (2009): R's contingencytables has it
     (59, 6, 16, 80, (-0.1186, -0.0046))],  # Cavo et al. (2012): the same
)  # fmt: skip
def test_the_interval_of_published_counts(both, first, second, neither, expected):
    found = paired_interval(fixed=first, broken=second, right=both, wrong=neither)
    assert found == pytest.approx(expected, abs=0.00005)


def test_the_interval_without_any_change_is_as_wide_below_as_above():
    assert paired_interval(0, 0, 54, 0) == pytest.approx((-0.0664, 0.0664), abs=0.00005)


def test_a_correlation_of_less_than_half_an_image_is_none():
    """A cross product of 1 at 7 images, less than n / 2: the interval is that of no correlation."""
    low, high = paired_interval(fixed=1, broken=2, right=3, wrong=1)
    assert (low, high) == pytest.approx((-0.5229, 0.3036), abs=0.00005)


@pytest.mark.parametrize(
    ("fixed", "broken", "right", "wrong", "expected"),
    [(10, 10, 2, 2, (-0.3391, 0.3391)),  # phi = -96 / 144: one is right where the other is wrong
     (10, 0, 10, 0, (0.2426, 0.7007)),  # no phi, as the first is always right
     (0, 0, 10, 10, (-0.0898, 0.0898)),  # phi = 90 / 100
     (20, 4, 300, 76, (0.0158, 0.0651))],
)  # fmt: skip
def test_the_interval_by_hand(fixed, broken, right, wrong, expected):
    found = paired_interval(fixed, broken, right, wrong)
    assert found == pytest.approx(expected, abs=0.00005)


@pytest.mark.parametrize(
    ("fixed", "broken"), [(0, 0), (1, 0), (5, 5), (6, 0), (9, 4), (13, 4), (2, 40)]
)
def test_mcnemar_is_the_exact_binomial_p(fixed, broken):
    n, least = fixed + broken, min(fixed, broken)
    tail = Fraction(sum(comb(n, k) for k in range(least + 1)), 2**n)
    assert mcnemar(fixed, broken) == pytest.approx(float(min(1, 2 * tail)), rel=1e-12)


def test_a_change_has_both_accuracies_and_their_difference():
    made = change(fixed=5, broken=2, right=10, wrong=3)
    assert (made.n, made.fixed, made.broken) == (20, 5, 2)
    assert (made.before, made.after) == (0.6, 0.75)
    assert made.difference == pytest.approx(0.15)
    assert (made.low, made.high) == paired_interval(5, 2, 10, 3)
    assert made.p == mcnemar(5, 2)


def test_nothing_to_compare_has_no_accuracy():
    made = change(0, 0, 0, 0)
    assert (made.before, made.after, made.low, made.high) == (0, 0, -1, 1)


def test_changes_of_several_groups_are_counted_together():
    some = [change(3, 1, 4, 2), change(0, 0, 0, 0), change(2, 5, 1, 0)]
    assert together(some) == change(5, 6, 5, 2)
