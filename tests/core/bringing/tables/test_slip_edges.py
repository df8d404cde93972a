"""Where exactly a number stops to be taken for what it is said to be."""

from __future__ import annotations

import numpy as np
import pytest

from core.bringing.tables import slips
from core.errors import DatasetError

GOOD = [0.75, 0.25]


def rows(*odd: list[float], n: int = 20, usual: list[float] = GOOD) -> np.ndarray:
    """`n` rows, of which the first are odd."""
    return np.array([*odd, *[usual] * (n - len(odd))])


def refused(refuse, values) -> str:
    """What is said against values whose rows are called 1, 2, 3 ..."""
    values = np.asarray(values, dtype=float)
    try:
        refuse(values, np.arange(len(values)) + 1)
    except DatasetError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (rows(), ""),
        (rows([0.75, 0.2595]), ""),
        (rows([0.75, 0.2605]), "There is 1 row (row 1) whose probabilities sum to 1.01 to 1.01,"),
        (rows([0.75, 0.2385]), "(row 1) whose probabilities sum to 0.98"),
        (
            rows([0.5, 0.4], [0.5, 0.3], n=25),
            "There are 2 rows (rows 1, 2) whose probabilities sum to",
        ),
        (rows([0.9, 0.9], [0.8, 0.8], [0.2, 0.2]), "(rows 1, 2, 3) whose probabilities do not sum"),
        (rows([0.5, 0.4], n=10), "(row 1) whose probabilities sum to 0.9 to 0.9, not to 1"),
        (rows([0.5, 0.4], n=9), "(row 1) whose probabilities do not sum to 1 but to 0.9 to 1,"),
        (rows([1.5, 0.25], n=10), "(row 1) whose probabilities sum to 1.75 to 1.75, not to 1"),
        (rows([1.5, 0.25], n=9), "(row 1) whose numbers are no probabilities but look like logits"),
        (rows([1.5, 0.25]), "(row 1) whose probabilities sum to 1.75 to 1.75, not to 1"),
        (rows([1.0095, 0], [1.0095, 0], [1.0095, 0]), ""),
        (rows(*[[1.5, 0.25]] * 3), "(rows 1, 2, 3) whose numbers are no probabilities but look"),
        (rows([1.5, -0.5], [1.0, 0.0]), "(row 1) whose numbers are no probabilities but look like"),
        (rows([1.0105, -0.0105]), "look like logits, from -0.0105 to 1.01: say --logits"),
        (rows(n=2, usual=[99.0, 2.0]), "are percents, which sum to 100: divide by 100"),
        (rows(n=2, usual=[98.0, 1.0]), "are percents, which sum to 100"),
        (rows(n=2, usual=[99.0, 2.05]), "look like logits, from 2.05 to 99"),
        (rows(n=2, usual=[101.0, -1.0]), "look like logits, from -1 to 101"),
        (rows(n=2, usual=[100.0, 0.0]), "are percents"),
        (rows([90.0, 2.0], n=10, usual=[60.0, 40.0]), "are percents"),
        (rows(*[[90.0, 2.0]] * 3, usual=[60.0, 40.0]), "look like logits, from 2 to 90"),
    ],
)
def test_what_rows_that_are_no_probabilities_seem_to_be(p, said):
    found = refused(slips.refuse_no_probabilities, p)
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("values", "are"),
    [(rows([1.0, 0.0]), False), (rows([0.75, 0.2395]), True), (rows([1.5, -0.5]), True)],
)
def test_what_sums_to_one_and_is_never_below_nought_is_no_logit(values, are):
    assert bool(refused(slips.refuse_logits, values)) is not are


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.0, 0.5, 1.0], ""),
        ([0.0, 1.005], "percents, up to 100"),
        ([0.5, 100.0], "percents, up to 100"),
        ([0.5, 100.5], "There is 1 row (row 2) whose confidence is outside 0 to 1, from 0.5 to"),
        ([0.5, 30.0, -0.005], "There are 2 rows (rows 2, 3) whose confidence is outside 0 to 1"),
    ],
)
def test_a_confidence_lies_between_nought_and_one(values, said):
    found = refused(slips.refuse_confidences, values)
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("values", "named"),
    [([0.5, np.nan, np.inf], "(rows 2, 3)"), ([[0.5, 0.5], [np.nan, 1], [1, 0]], "(row 2)")],
)
def test_rows_without_a_number_are_named(values, named):
    def refuse(found, numbers):
        slips.refuse_missing(found, numbers, "each class")

    assert f"{named} without a finite number for each class" in refused(refuse, values)
    assert refused(refuse, [0.5, 0.25]) == ""


# Of numbers from 0 to 1, softmax of two lies between 1 / (1 + e) and e / (1 + e).
LOW, HIGH = 0.268941, 0.731059


@pytest.mark.parametrize(
    ("p", "twice"),
    [
        (rows(n=50, usual=[LOW, HIGH]), True),
        (rows(n=49, usual=[LOW, HIGH]), False),
        (rows([HIGH + 1e-5, 0.3], n=50, usual=[0.4, 0.6]), False),
        (rows([LOW - 1e-5, 0.7], n=50, usual=[0.4, 0.6]), False),
        (rows(n=50, usual=[0.4, 0.6]), True),
        (rows(n=50, usual=[0.5761, 0.2119, 0.2120]), True),  # of three, up to e / (e + 2)
        (rows(n=50, usual=[0.5762, 0.2119, 0.2119]), False),
        (rows(n=50, usual=[0.5753, 0.1554, 0.2693]), True),  # and from 1 / (1 + 2 e)
        (rows(n=50, usual=[0.5753, 0.1552, 0.2695]), False),
    ],
)
def test_softmax_taken_twice_leaves_its_bounds(p, twice):
    told = slips.twice_told(p)
    assert told.startswith(
        f"No probability is above {p.max():.3g} and none below {p.min():.3g}:" if twice else ""
    )
    assert (told != "") is twice


def test_the_bounds_of_a_second_softmax_are_said():
    assert "which allows 0.269 to 0.731. Conf" in slips.twice_told(rows(n=50, usual=[0.4, 0.6]))


@pytest.mark.parametrize(
    ("last", "told"), [(0.25, ""), (0.25095, ""), (0.25105, "within 0.1%"), (0.244, "within 0.6%")]
)
def test_sums_that_rounding_left_are_told(last, told):
    assert told in slips.rounded_told(rows([0.75, last]))
    assert bool(slips.rounded_told(rows([0.75, last]))) == bool(told)
    assert slips.rounded_told(np.zeros((0, 2))) == ""


def test_a_prediction_that_is_hardly_the_lesser_contradicts_nothing():
    numbers, pred, classes = np.arange(2) + 1, np.array([0, 0]), ("cat", "deer")
    for p, told in (([0.4953, 0.5047], ""), ([0.49475, 0.50525], "There is 1 row (row 1) whose")):
        found = slips.contradiction(rows(p, n=2), pred, numbers, classes)
        assert found.startswith(told)
        assert bool(found) == bool(told)


def test_predictions_that_contradict_more_than_half_are_in_another_order():
    numbers, classes = np.arange(25) + 1, ("cat", "deer")
    few, more = (np.array([0] * (25 - n) + [1] * n) for n in (12, 13))
    assert "12 rows (rows 14, 15," in slips.contradiction(rows(n=25), few, numbers, classes)
    half = slips.contradiction(rows(n=4), np.array([0, 0, 1, 1]), numbers[:4], classes)
    assert "2 rows (rows 3, 4)" in half
    said = r"There are 13 rows \(rows 13, .* in row 13 'deer' is predicted, and 'cat' has 0.75"
    with pytest.raises(DatasetError, match=said):
        slips.contradiction(rows(n=25), more, numbers, classes)
