from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from core import concepts
from core.concepts import store
from core.concepts.effects.compared import shown
from core.concepts.presence import shown_in
from core.errors import ConceptError, RunError
from core.evaluation import wording
from core.evaluation.comparison import (
    compare,
    per_class,
    per_class_and_concept,
    worst_first,
    worst_group,
)
from core.evaluation.paired import Kind, change, mcnemar, paired_interval
from core.runs.table import predictions
from tests import planted


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
    assert whole.verdict().words == "too few to tell: 2 of 6 images changed"


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


def test_the_largest_change_of_the_true_class_comes_first(comparison):
    gains = comparison.rows["gain"].round(6).tolist()
    assert gains == pytest.approx([-0.7, 0, 0.75, 0, 0, 0], abs=1e-5)
    assert comparison.most_changed(comparison.rows["label"].to_numpy() < 2).tolist()[:2] == [2, 0]


def test_the_worst_group_may_have_to_be_of_some_size(comparison):
    groups = per_class(comparison)  # cat 1 of 2, deer 1 of 3, ship 1 of 1 right before
    assert worst_group(groups, least=3)["after"]["class"] == "deer"
    assert worst_group(groups, least=99)["before"]["class"] == "deer"


def test_groups_with_the_concept_and_most_errors_come_first(comparison):
    groups = worst_first(per_class_and_concept(comparison, [1, 0, 1, 1, 0, 0], "fence"))
    named = (groups["class"] + " " + groups["concept"]).tolist()
    assert named == [
        "deer with fence", "cat with fence", "cat without fence", "deer without fence",
        "ship without fence",
    ]  # fmt: skip
    assert worst_first(per_class(comparison))["class"].tolist() == ["deer", "cat", "ship"]


def test_what_a_group_says(comparison):
    groups = per_class(comparison)
    assert list(groups)[:5] == ["class", "label", "n", "fixed", "broken"]
    assert {*groups} - {"class", "label"} == {
        "n", "fixed", "broken", "before", "after", "low", "high", "p", "difference", "verdict",
        "words",
    }  # fmt: skip
    assert groups["n"].tolist() == [2, 3, 1]
    assert groups["difference"].tolist() == pytest.approx([-0.5, 1 / 3, 0])
    with_concept = per_class_and_concept(comparison, [0, 0, 1, 1, 0, 0], "fence")
    assert with_concept["concept"].tolist() == [
        "without fence",
        "with fence",
        *["without fence"] * 2,
    ]


def test_of_images_that_did_not_change_nothing_is_said_to_have(tiny_run):
    whole = compare(tiny_run, tiny_run).overall()
    assert (whole.n, whole.fixed, whole.broken, whole.before) == (6, 0, 0, 0.5)


def groups(**columns):
    return pd.DataFrame({"n": 10, "after": columns["before"]} | columns)


def test_most_errors_of_the_worse_run_come_first():
    found = groups(
        name=["a", "b", "c", "d"], n=[10, 100, 10, 20],
        before=[0.5, 0.9, 0.8, 0.9], after=[0.9, 1.0, 0.4, 0.9],
    )  # fmt: skip
    assert worst_first(found)["name"].tolist() == ["b", "c", "a", "d"]  # 10, 6, 5 and 2 errors
    assert list(worst_first(found).index) == [0, 1, 2, 3]
    assert list(worst_first(found)) == list(found)


def test_of_as_many_errors_the_larger_group_comes_first():
    found = groups(name=["a", "b", "c"], n=[10, 30, 10], before=[0.7, 0.9, 0.7])
    assert worst_first(found)["name"].tolist() == ["b", "a", "c"]  # 0.1 of 30 is rounded to 3


def test_groups_with_the_concept_come_before_those_without():
    found = groups(
        concept=["without a", "with a", "with a"], before=[0.1, 0.8, 0.7], n=[90, 10, 10]
    )
    assert worst_first(found)["before"].tolist() == [0.7, 0.8, 0.1]


def test_groups_alike_keep_their_order():
    found = groups(name=range(40), before=[0.5, 0.2] * 20)
    assert worst_first(found)["name"].tolist() == [*range(1, 40, 2), *range(0, 40, 2)]


def test_a_single_image_may_be_the_worst_group_unless_more_are_asked_for():
    found = groups(name=["a", "b"], n=[1, 10], before=[0.0, 0.5], after=[1.0, 0.5])
    assert {when: row["name"] for when, row in worst_group(found).items()} == {
        "before": "a",
        "after": "b",
    }
    assert worst_group(found, least=10)["before"]["name"] == "b"
    assert worst_group(found, least=11)["before"]["name"] == "a"


def test_gains_alike_keep_the_tables_order(comparison):
    rows = pd.DataFrame({"row": range(40), "gain": [0.1, -0.5, 0.5, -0.1] * 10})
    changed = replace(comparison, rows=rows).most_changed(np.arange(40) > 2).tolist()
    large = [row for row in range(3, 40) if row % 4 in (1, 2)]
    assert changed == [*large, *(row for row in range(3, 40) if row not in large)]


def test_a_concept_is_seen_by_the_run_whose_features_it_fits(save_tiny):
    old, _ = planted.save(save_tiny)
    labels = planted.features_and_truth()[1]
    concept = concepts.learn(old.features(), [0, 3, 6, 9], [12, 15, 18], labels, name="fence")
    stored = store.save(old, concept)
    new, _ = planted.save(save_tiny, run_id="new", features=old.features()[:, ::-1])
    found = compare(new, old)
    expected = shown_in(old, concept, concept.scores(old.features()))
    assert np.array_equal(shown(found, stored), expected[found.rows["row"]])
    with pytest.raises(ConceptError, match="those of run tiny differ"):
        shown(compare(new, new), stored)


def test_only_the_same_images_compare(save_tiny, tiny_table):
    before = save_tiny(run_id="before")
    with pytest.raises(RunError, match="different data"):
        compare(before, save_tiny(run_id="other", fingerprint="1" * 16))
    named = dict(zip(["p_cat", "p_deer", "p_ship"], ["p_a", "p_b", "p_c"], strict=True))
    table = tiny_table.rename(columns=named)
    renamed = save_tiny(run_id="named", classes=("a", "b", "c"), table=table)
    with pytest.raises(RunError, match="different data"):
        compare(before, renamed)
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
    assert change(20, 2, 70, 8).verdict() == ("better", "better")
    assert change(2, 20, 70, 8).verdict() == ("worse", "worse")
    assert change(5, 0, 70, 8).verdict() == ("too few", "too few to tell: 5 of 83 images changed")
    assert change(6, 5, 70, 8).verdict() == (
        "no difference",
        "no difference shown: 6 fixed, 5 broken",
    )


def test_each_kind_of_verdict_has_its_words():
    assert set(wording.VERDICTS) == set(get_args(Kind))


def test_nothing_to_compare_is_no_change():
    made = change(0, 0, 0, 0)
    assert (made.n, made.difference, made.p) == (0, 0.0, 1.0)
    assert (made.low, made.high) == (-1, 1)
