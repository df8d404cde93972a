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


def test_a_report_of_no_image_and_of_one():
    empty = classification.report(np.zeros((2, 2), dtype=int), ["a", "b"])
    assert empty["support"].tolist() == [0] * 5
    assert empty["f1"].tolist() == [0] * 5
    one = classification.report(np.array([[1, 0], [0, 0]]), ["a", "b"]).set_index("class")
    assert one.loc["a", ["precision", "recall", "f1"]].tolist() == [1, 1, 1]
    assert one["f1"].tolist() == [1, 0, 1, 0.5, 1]


def test_a_reports_averages_come_last_and_its_rows_are_numbered():
    rows = classification.report(COUNTS, ["a", "b", "c"])
    assert rows["class"].tolist() == ["a", "b", "c", "accuracy", "macro average",
                                      "weighted average"]  # fmt: skip
    assert list(rows.index) == [0, 1, 2, 3, 4, 5]
    assert rows["support"].tolist() == [10, 10, 0, 20, 20, 20]
    assert rows.loc[3, ["precision", "recall"]].isna().all()


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
    assert list(rows.index) == [0, 1, 2]
    assert rows.loc[0, "low"] < rows.loc[0, "rate"] < rows.loc[0, "high"]


def test_classes_of_as_many_errors_keep_the_data_sets_order():
    counts = np.array([[5, 1, 1], [2, 9, 0], [0, 1, 1]])
    rows = classification.errors_per_class(counts, ["a", "b", "c"])
    assert rows["class"].tolist() == ["a", "b", "c"]
    assert rows["label"].tolist() == list(rows.index) == [0, 1, 2]
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


def test_confusions_of_one_size_stand_in_the_order_of_the_classes():
    counts = 1 + np.indices((8, 8)).sum(axis=0) % 2
    pairs = [(a, b, 2 - k) for k in (0, 1) for a in range(8) for b in range(8)
             if a != b and (a + b) % 2 == 1 - k]  # fmt: skip
    assert classification.most_confused(counts, top=56) == pairs
    some = np.diag(range(40))
    some[0, 1:39:2] = 1  # pairs that are too many to fit, and their classes alike
    assert classification.most_confused_classes(some, top=1) == [0]
    assert classification.most_confused_classes(some - np.diag(np.diag(some)), top=1) == [0]


def test_a_pair_that_does_not_fit_makes_room_for_a_smaller_one_that_does():
    counts = np.zeros((6, 6), dtype=int)
    counts[0, 1], counts[1, 0], counts[2, 3], counts[4, 0] = 9, 8, 7, 6
    assert classification.most_confused_classes(counts, top=3) == [0, 1, 4]


def test_what_is_left_is_filled_up_by_errors_not_by_right_answers():
    counts = np.diag([90, 1, 1, 50, 1])  # most images are of class 0, and none of them an error
    counts[1, 2], counts[3, 4] = 5, 4
    assert classification.most_confused_classes(counts, top=3) == [1, 2, 3]
    assert classification.most_confused_classes(counts, top=4) == [1, 2, 3, 4]
    counts[4, 0] = 1  # 4 has more errors than 3 now, and both do not fit
    assert classification.most_confused_classes(counts, top=3) == [1, 2, 4]
    lone = np.zeros((5, 5), dtype=int)
    lone[3, 4] = 9
    assert classification.most_confused_classes(lone, top=4) == [0, 1, 3, 4]


@pytest.mark.parametrize("n", [1, 3, 10, 49, 365, 1000, 7919])
def test_an_interval_ends_at_none_and_at_all(n):
    assert intervals.wilson(0, n)[0] == 0
    assert intervals.wilson(n, n)[1] == 1
    assert intervals.span(*intervals.wilson(0, n)).startswith("0% to ")
    assert intervals.span(*intervals.wilson(n, n)).endswith(" to 100%")


@pytest.mark.parametrize(
    ("rate", "digits", "text"),
    [(0.5, 0, "50%"), (0.0049, 0, "<1%"), (0.005, 0, "<1%"), (0.0051, 0, "1%"), (0.9949, 0, "99%"),
     (0.995, 0, ">99%"), (0.9951, 0, ">99%"), (1.0, 0, "100%"), (0.0, 0, "0%"),
     (0.00049, 1, "<0.1%"), (0.00051, 1, "0.1%"), (0.99949, 1, "99.9%"), (0.99951, 1, ">99.9%"),
     (0.123456, 2, "12.35%")],
)  # fmt: skip
def test_a_rate_in_percent(rate, digits, text):
    assert intervals.percent(rate, digits) == text


def test_a_rate_has_no_decimals_unless_it_is_asked_to():
    assert intervals.percent(0.123) == "12%"
    assert intervals.span(0.123, 0.456) == "12% to 46%"
    assert intervals.span(0.123, 0.456, 1) == "12.3% to 45.6%"


def test_a_rate_is_never_rounded_to_none_or_all():
    assert intervals.percent(7999 / 8000, 1) == ">99.9%"
    assert intervals.percent(1 / 8000, 1) == "<0.1%"
    assert [intervals.percent(rate, 1) for rate in (0, 0.5, 0.999, 1)] == [
        "0.0%", "50.0%", "99.9%", "100.0%",
    ]  # fmt: skip
    assert intervals.span(0.001, 0.5) == "<1% to 50%"


def test_a_confusion_stands_out_where_chance_makes_none_so_large():
    counts = np.array([[80, 20, 1], [1, 99, 1], [2, 1, 98]])
    assert classification.stands_out(counts) == (0, 1, 20)
    # Of two classes that have as many images, one has nearly all errors.
    assert classification.stands_out(np.array([[70, 30], [10, 90]])) == (0, 1, 30)


@pytest.mark.parametrize("counts", [[[9, 0], [0, 9]], [[94, 3, 3], [3, 94, 3], [3, 4, 93]]])
def test_spread_errors_stand_out_nowhere(counts):
    assert classification.stands_out(np.array(counts)) is None


def test_of_errors_by_chance_one_run_in_twenty_has_a_confusion_that_stands_out():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(400):
        cells = rng.multinomial(60, np.full(56, 1 / 56))
        counts = np.diag(np.full(8, 500))
        counts[~np.eye(8, dtype=bool)] = cells
        found += classification.stands_out(counts) is not None
    assert found / 400 <= 0.05


def test_a_class_of_many_images_may_have_more_errors():
    by_size = np.array([[900, 30, 30], [1, 99, 1], [1, 1, 99]])  # 60 of 64 errors, 83 % of images
    assert classification.stands_out(by_size) is None
