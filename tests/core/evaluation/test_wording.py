import pandas as pd
import pytest

from core.evaluation import wording
from core.evaluation.comparison import compare
from core.evaluation.paired import change
from core.training.config import TrainConfig
from tests import repaired


def test_one_sentence_says_it_all():
    assert wording.sentence(change(20, 2, 70, 8), "test") == (
        "Better: accuracy on test went from 72.0% to 90.0%, +18.0 points (95% interval +9.3 to "
        "+27.0, exact McNemar p < 0.001, n = 100), with 20 images fixed and 2 broken."
    )


def test_too_few_is_said_first():
    assert wording.sentence(change(3, 0, 5, 2), "val").startswith(
        "Too few to tell: accuracy on val"
    )
    assert wording.sentence(change(6, 5, 70, 8), "test").startswith("No difference shown: ")


@pytest.mark.parametrize(
    ("value", "text"), [(0.013, "+1.3"), (-0.2, "-20.0"), (0.0, "0.0"), (-0.0001, "0.0")]
)
def test_a_difference_has_its_sign_and_nothing_has_none(value, text):
    assert wording.points(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0002, "p < 0.001"), (0.00099, "p < 0.001"), (0.001, "p = 0.001"), (0.00104, "p = 0.001"),
     (0.0213, "p = 0.021"), (0.0994, "p = 0.099"), (0.1, "p = 0.10"), (0.104, "p = 0.10"),
     (0.5, "p = 0.50"), (1.0, "p = 1.00")],
)  # fmt: skip
def test_p_is_never_a_zero_that_is_none(p, text):
    assert wording.p_value(p) == text


def test_a_rate_has_its_n_and_interval():
    assert wording.rate(0.2, 15) == "20.0% of 15 (95% interval 7% to 45%)"


def test_the_source_says_what_chose_on_it(save_tiny):
    run = save_tiny(run_id="before")
    after = repaired.save(run)
    assert "6 images of test: held out" in wording.source(compare(run, after))
    assert "1 images of val: they chose the epoch" in wording.source(compare(run, after, "val"))
    assert "somewhat less" in wording.source(compare(run, after))
    assert "somewhat less" not in wording.source(compare(run, after, "val"))
    trained = repaired.save(run, run_id="trained", extra={})
    assert "somewhat less" not in wording.source(compare(run, trained))
    flattered = save_tiny(TrainConfig(dataset="demo", name="old", select_on="test"))
    assert "they chose the epoch of old" in wording.source(compare(flattered, after))
    assert "epoch of old" not in wording.source(compare(flattered, after, "val"))
    both = wording.source(compare(flattered, flattered))
    assert "6 images of test: they chose the epoch of old and of old, so" in both
    assert wording.source(compare(run, after, "train")).startswith(
        "All figures come from the 1 images of train: the models learned from them"
    )


def test_the_worst_group_is_told_once_where_it_stays_the_same():
    groups = pd.DataFrame({"group": ["a", "b"], "n": 50, "before": [0.2, 0.5], "after": [0.4, 0.9]})
    assert list(wording.worst(groups, 10)) == ["before and after"]
    assert list(wording.worst(groups.assign(after=[0.9, 0.3]), 10)) == ["before", "after"]


def test_the_worst_group_has_as_many_images_as_are_asked_for():
    groups = pd.DataFrame(
        {"group": ["a", "b"], "n": [9, 10], "before": [0.1, 0.5], "after": [0.1, 0.5]}
    )
    assert wording.worst(groups, 10)["before and after"]["group"] == "b"
    assert wording.worst(groups, 9)["before and after"]["group"] == "a"
