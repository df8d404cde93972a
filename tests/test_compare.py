import numpy as np
import pytest
from scipy.stats import binom

from core import predictions
from core.compare import (
    change,
    compare,
    confusion_difference,
    mcnemar,
    paired_interval,
    per_class,
    per_class_and_concept,
    worst_group,
)
from core.errors import RunError


def repredicted(table, preds):
    """The table with other predictions, row -> class id."""
    p = table[["p_cat", "p_deer", "p_ship"]].to_numpy().copy()
    for row, pred in preds.items():
        p[row] = 0.1
        p[row, pred] = 0.8
    kept = ("split", "index", "path", "label", "brightness", "contrast", "sharpness")
    columns = {name: table[name].to_numpy() for name in kept}
    return predictions.build(("cat", "deer", "ship"), probabilities=p, **columns)


@pytest.fixture
def comparison(save_tiny, tiny_table):
    """Of six test images one deer is fixed (row 2), one cat broken (row 0)."""
    before = save_tiny(run_id="before")
    after = save_tiny(run_id="after", table=repredicted(tiny_table, {2: 1, 0: 2}))
    return compare(before, after)


def test_every_image_has_its_outcome(comparison):
    assert comparison.of("fixed").tolist() == [2]
    assert comparison.of("broken").tolist() == [0]
    assert comparison.of("unchanged right").tolist() == [4, 5]
    assert comparison.of("unchanged wrong").tolist() == [1, 3]
    whole = comparison.overall()
    assert (whole.n, whole.before, whole.after, whole.p) == (6, 0.5, 0.5, 1.0)
    assert whole.verdict() == "too few to tell: 2 of 6 images changed"


def test_per_class_and_concept(comparison):
    assert per_class(comparison)["fixed"].tolist() == [0, 1, 0]
    groups = per_class_and_concept(comparison, [0, 0, 1, 1, 0, 0], "fence")
    deer = groups[(groups["class"] == "deer") & (groups["concept"] == "with fence")].iloc[0]
    assert (deer["n"], deer["before"], deer["after"]) == (2, 0.0, 0.5)
    worst = worst_group(groups)
    assert worst["before"]["class"] == "deer"
    assert worst["after"]["class"] == "cat"
    with pytest.raises(RunError, match="other images"):
        per_class_and_concept(comparison, [True], "fence")


def test_confusion_difference_sums_to_nothing(comparison):
    assert confusion_difference(comparison).tolist() == [[-1, 0, 1], [-1, 1, 0], [0, 0, 0]]


def test_only_the_same_images_compare(save_tiny, tiny_table):
    before = save_tiny(run_id="before")
    with pytest.raises(RunError, match="different data"):
        compare(before, save_tiny(run_id="other", fingerprint="1" * 16))
    other = tiny_table.assign(index=tiny_table["index"] + np.int32(1))
    with pytest.raises(RunError, match="image by image"):
        compare(before, save_tiny(run_id="moved", table=other))
    only_train = tiny_table[tiny_table["split"] != "val"].reset_index(drop=True)
    run = save_tiny(run_id="short", table=only_train, features=np.eye(7, 4))
    with pytest.raises(RunError, match="no val images"):
        compare(run, run, "val")


@pytest.mark.parametrize("fixed", [0, 1, 7, 30])
@pytest.mark.parametrize("broken", [0, 2, 7, 12])
def test_mcnemar_is_the_two_sided_binomial(fixed, broken):
    tail = 2 * binom.cdf(min(fixed, broken), fixed + broken, 0.5)
    assert mcnemar(fixed, broken) == pytest.approx(min(1, tail), abs=1e-6)


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    shares, n = (0.12, 0.04, 0.7, 0.14), 80
    draws = rng.multinomial(n, shares, size=2000)
    inside = [low <= 0.08 <= high for low, high in (paired_interval(*map(int, d)) for d in draws)]
    assert 0.93 <= np.mean(inside) <= 0.98


def test_the_interval_turns_round_with_the_runs():
    low, high = paired_interval(12, 2, 36, 10)
    assert paired_interval(2, 12, 36, 10) == pytest.approx((-high, -low))
    assert low < 10 / 60 < high
    assert paired_interval(0, 0, 0, 0) == (-1, 1)


def test_verdicts():
    assert change(20, 2, 70, 8).verdict() == "better"
    assert change(2, 20, 70, 8).verdict() == "worse"
    assert change(5, 0, 70, 8).verdict().startswith("too few to tell")
    assert change(6, 5, 70, 8).verdict() == "no difference shown: 6 fixed, 5 broken"


def test_nothing_to_compare_is_no_change():
    made = change(0, 0, 0, 0)
    assert (made.n, made.difference, made.p) == (0, 0.0, 1.0)
    assert (made.low, made.high) == (-1, 1)
