import numpy as np
import pytest
from scipy import stats as reference

from core.evaluation import statistics


@pytest.fixture
def groups():
    rng = np.random.default_rng(0)
    return rng.integers(0, 9, (13, 5)) / 2, rng.integers(1, 10, (21, 5)) / 2


def test_auc_counts_ties_half():
    assert statistics.auc(np.array([1.0, 2, 3]), np.array([2.0])) == 0.5
    assert statistics.auc(np.array([3.0, 4]), np.array([1.0, 2])) == 1
    assert statistics.auc(np.array([1.0, 2, 2, 3]), np.array([2.0, 2, 5])) == pytest.approx(1 / 3)
    assert np.isnan(statistics.auc(np.array([]), np.array([1.0])))
    assert np.isnan(statistics.auc(np.array([1.0]), np.array([])))


def test_mann_whitney_is_scipys_column_by_column(groups):
    first, second = groups
    auc, p = statistics.mann_whitney(first, second)
    for k in range(5):
        found = reference.mannwhitneyu(first[:, k], second[:, k], method="asymptotic")
        assert p[k] == pytest.approx(found.pvalue, abs=1e-6)
        assert auc[k] == pytest.approx(statistics.auc(first[:, k], second[:, k]), abs=1e-9)


def test_a_constant_column_differs_by_nothing():
    auc, p = statistics.mann_whitney(np.ones((4, 1)), np.ones((5, 1)))
    assert (auc[0], p[0]) == (0.5, 1)


def test_small_groups_without_ties_are_tested_by_the_same_approximation():
    first, second = np.array([[1.0], [2], [4]]), np.array([[3.0], [5], [6], [7]])
    _, p = statistics.mann_whitney(first, second)
    assert p[0] == pytest.approx(0.1116, abs=0.0001)  # z = (6 - 1 - 1 / 2) / sqrt(8); exact: 0.114


def test_a_column_that_holds_no_number_is_no_difference():
    first = np.array([[np.nan, 1.0], [np.nan, 2.0]])
    assert statistics.mann_whitney(first, first + 5)[1][0] == 1


def test_false_discovery_by_hand():
    assert statistics.false_discovery(np.array([0.03, 0.01, 0.9, 0.04])) == pytest.approx(
        [0.16 / 3, 0.04, 0.9, 0.16 / 3]
    )


def test_false_discovery_is_scipys():
    p = np.random.default_rng(1).random(50) ** 3
    assert statistics.false_discovery(p) == pytest.approx(
        reference.false_discovery_control(p), abs=1e-6
    )


def test_effect_size_by_hand():
    assert statistics.effect_size(np.array([3.0, 5]), np.array([1.0, 3])) == pytest.approx(2**0.5)
    assert statistics.effect_size(np.ones(3), np.ones(3)) == 0


def test_effect_size_is_that_of_the_t_statistic(groups):
    first, second = groups
    t = reference.ttest_ind(first, second).statistic
    assert statistics.effect_size(first, second) == pytest.approx(
        t * np.sqrt(1 / 13 + 1 / 21), abs=1e-6
    )


def test_effect_interval_covers_the_truth():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(400):
        d = float(statistics.effect_size(rng.normal(0.5, 1, 20), rng.normal(0, 1, 30)))
        low, high = statistics.effect_interval(d, 20, 30)
        hits += low <= 0.5 <= high
    assert 0.92 <= hits / 400 <= 0.98


@pytest.mark.parametrize(
    ("d", "n", "m", "expected"),
    [(0.5747, 10, 10, (-0.3197, 1.4691)),  # V = 20 / 100 + 0.5747 ** 2 / 40 = 0.2083
     (0.5970, 50, 50, (0.1964, 0.9976)),  # V = 100 / 2500 + 0.5970 ** 2 / 200 = 0.0418
     (1.0, 10, 30, (0.2515, 1.7485))],  # V = 40 / 300 + 1 / 80
)  # fmt: skip
def test_effect_interval_by_hand(d, n, m, expected):
    assert statistics.effect_interval(d, n, m) == pytest.approx(expected, abs=0.00005)


def test_odds_ratio_is_scipys():
    rng = np.random.default_rng(3)
    for _ in range(20):
        a, b, c, d = map(int, rng.integers(1, 30, 4))
        found = reference.fisher_exact([[a, b], [c, d]])
        assert statistics.odds_ratio(a, b, c, d) == pytest.approx(tuple(found), abs=1e-6)


@pytest.mark.parametrize(
    "counts", [(2, 2, 2, 5), (3, 1, 4, 1), (1, 3, 1, 4), (0, 2, 3, 4), (2, 3, 4, 0), (5, 5, 5, 5)]
)
def test_odds_ratio_of_counts_alike(counts):
    a, b, c, d = counts
    found = reference.fisher_exact([[a, b], [c, d]])
    assert statistics.odds_ratio(a, b, c, d) == pytest.approx((a * d / (b * c), found.pvalue))


@pytest.mark.parametrize("counts", [(0, 0, 3, 4), (3, 4, 0, 0), (0, 3, 0, 4), (3, 0, 4, 0)])
def test_an_empty_row_or_column_has_no_odds(counts):
    ratio, p = statistics.odds_ratio(*counts)
    assert np.isnan(ratio)
    assert p == 1


@pytest.mark.parametrize("counts", [(3, 0, 2, 4), (3, 2, 0, 4), (3, 0, 0, 4)])
def test_odds_against_none_are_without_end(counts):
    ratio, p = statistics.odds_ratio(*counts)
    assert ratio == np.inf
    assert p == pytest.approx(reference.fisher_exact(np.reshape(counts, (2, 2))).pvalue)


def test_odds_ratio_without_counts():
    assert statistics.odds_ratio(3, 0, 0, 4)[0] == np.inf
    ratio, p = statistics.odds_ratio(0, 0, 3, 4)
    assert np.isnan(ratio)
    assert p == 1
