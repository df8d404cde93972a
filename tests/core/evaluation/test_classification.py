import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_fscore_support

from core.evaluation import classification, intervals

COUNTS = np.array([[8, 2, 0], [1, 5, 4], [0, 0, 0]])


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (7819, 8000), (5, 5), (1, 2)])
def test_wilson_equals_scipy(successes, n):
    interval = binomtest(successes, n).proportion_ci(method="wilson")
    assert intervals.wilson(successes, n) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_wilson_of_nothing_is_everything():
    assert intervals.wilson(0, 0) == (0, 1)


@pytest.mark.parametrize("average", [None, "macro", "weighted"])
def test_report_equals_sklearn(average):
    label, pred = np.indices(COUNTS.shape)
    weights = COUNTS.ravel()
    expected = precision_recall_fscore_support(
        label.ravel(), pred.ravel(), sample_weight=weights, average=average, zero_division=0
    )
    rows = classification.report(COUNTS, ["a", "b", "c"]).set_index("class")
    wanted = ["a", "b", "c"] if average is None else f"{average} average"
    for column, values in zip(["precision", "recall", "f1"], expected, strict=False):
        assert np.allclose(rows.loc[wanted, column], values)


def test_report_accuracy():
    rows = classification.report(COUNTS, ["a", "b", "c"]).set_index("class")
    assert rows.loc["accuracy", "f1"] == pytest.approx(13 / 20)
    assert rows.loc["accuracy", "support"] == 20


def test_errors_per_class_most_first():
    rows = classification.errors_per_class(COUNTS, ["a", "b", "c"])
    assert rows[["class", "errors", "n"]].values.tolist() == [
        ["b", 5, 10],
        ["a", 2, 10],
        ["c", 0, 0],
    ]
    assert rows.loc[0, "low"] < rows.loc[0, "rate"] < rows.loc[0, "high"]


def test_classes_of_as_many_errors_keep_the_data_sets_order():
    counts = np.array([[5, 1, 1], [2, 9, 0], [0, 1, 1]])
    rows = classification.errors_per_class(counts, ["a", "b", "c"])
    assert rows["class"].tolist() == ["a", "b", "c"]
    assert rows["label"].tolist() == [0, 1, 2]
    assert rows["rate"].tolist() == pytest.approx([2 / 7, 2 / 11, 1 / 2])


def test_the_rate_of_a_class_has_its_interval():
    rows = classification.errors_per_class(COUNTS, ["a", "b", "c"]).set_index("class")
    assert rows.loc["a", ["low", "high"]].tolist() == pytest.approx(intervals.wilson(2, 10))
    assert rows.loc["c", ["rate", "low", "high"]].tolist() == [0, 0, 1]


def test_most_confused():
    assert classification.most_confused(COUNTS, top=2) == [(1, 2, 4), (0, 1, 2)]
    assert classification.most_confused(np.eye(3, dtype=int), top=2) == []


def test_most_confused_classes():
    assert classification.most_confused_classes(COUNTS, top=2) == [1, 2]


def test_the_matrix_of_many_classes_shows_the_largest_pairs():
    counts = np.zeros((6, 6), dtype=int)
    counts[0, 5] = 9  # a pair by itself
    counts[1, [2, 3, 4]] = 4  # 1 has more errors than 0 or 5, in three directions
    assert classification.most_confused_classes(counts, top=2) == [0, 5]
    assert classification.most_confused_classes(counts, top=4) == [0, 1, 2, 5]
    assert classification.most_confused_classes(np.eye(4, dtype=int), top=2) == [0, 1]


def test_what_is_left_is_filled_up_by_errors_not_by_right_answers():
    counts = np.diag([90, 1, 1, 1, 1])  # most images are of class 0, and none of them an error
    counts[1, 2], counts[3, 4] = 5, 4
    assert classification.most_confused_classes(counts, top=3) == [1, 2, 3]
    assert classification.most_confused_classes(counts, top=4) == [1, 2, 3, 4]
    counts[4, 0] = 1  # 4 has more errors than 3 now, and both do not fit
    assert classification.most_confused_classes(counts, top=3) == [1, 2, 4]


def test_a_rate_is_never_rounded_to_none_or_all():
    assert intervals.percent(7999 / 8000, 1) == ">99.9%"
    assert intervals.percent(1 / 8000, 1) == "<0.1%"
    assert [intervals.percent(rate, 1) for rate in (0, 0.5, 0.999, 1)] == [
        "0.0%", "50.0%", "99.9%", "100.0%",
    ]  # fmt: skip
    assert intervals.span(0.001, 0.5) == "<1% to 50%"
