"""What follows from probabilities, by hand; and the edges of a table that contradicts itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import RunError
from core.runs.table import predictions, schema

P = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]], dtype=np.float32)
LABEL, PRED = np.array([0, 0, 1]), np.array([0, 1, 2])
NAMES = ("a", "b", "c")


def table(p=P, label=LABEL, **columns) -> pd.DataFrame:
    n = len(p)
    measures = dict.fromkeys(schema.MEASURES, np.zeros(n))
    given = {"split": ["test"] * n, "index": np.arange(n), "path": [""] * n} | measures
    return predictions.build(NAMES[: p.shape[1]], label=label, probabilities=p, **given | columns)


def test_what_follows_from_probabilities():
    found = schema.derived(P, LABEL, PRED)
    assert found["correct"].tolist() == [True, False, False]
    assert found["confidence"].tolist() == [0.5, 1, 0.5]
    assert found["label_prob"].tolist() == [0.5, 0, 0.25]
    assert found["margin"].tolist() == [0.25, -1, -0.25]
    # A probability of nought has the loss of the least number that is one: no infinity.
    assert found["loss"] == pytest.approx([np.log(2), -np.log(1.17549e-38), np.log(4)], rel=1e-5)
    assert found["entropy"] == pytest.approx([1.5 * np.log(2), 0, 1.5 * np.log(2)], rel=1e-6)


def test_of_the_predicted_class_alone_nothing_else_follows():
    p = np.array([[np.nan, 0.75, np.nan], [0.5, 0.25, 0.25]], dtype=np.float32)
    found = schema.derived(p, np.array([1, 0]), np.array([1, 0]))
    assert found["confidence"].tolist() == [0.75, 0.5]
    assert found["correct"].all()
    for name in schema.OF_ALL:
        assert np.isnan(found[name]).tolist() == [True, False], name


@pytest.mark.parametrize(
    ("p", "pred", "alone"),
    [([np.nan, 0.5, np.nan], 1, True), ([np.nan, 0.5, np.nan], 0, False),
     ([0.25, 0.5, np.nan], 1, False), ([0.25, 0.5, 0.25], 1, False), ([np.nan] * 3, 1, False),
     ([np.nan, 0.5], 1, False)],
)  # fmt: skip
def test_whether_the_predicted_class_is_all_that_is_known(p, pred, alone):
    assert schema.is_top_one(np.array([p]), np.array([pred])).tolist() == [alone]


def test_a_further_column_gets_a_name_that_none_has():
    assert schema.free_name("iso", {"isos"}) == "iso"
    assert schema.free_name("Iso", {"iso"}) == "Iso (table)"
    assert schema.free_name("iso", {"iso", "iso (table)"}) == "iso (table) (table)"
    assert schema.prob_column("a b") == "p_a b"


@pytest.mark.parametrize(
    ("p", "fits"),
    [([0.5, 0.25, 0.2509], True), ([0.5, 0.25, 0.25105], False), ([0.5, 0.25, 0.2491], True),
     ([0.5, 0.25, 0.24895], False), ([1.0005, -0.0005, 0], False), ([np.inf, 0, 0], False)],
)  # fmt: skip
def test_probabilities_sum_to_one_within_a_thousandth(p, fits):
    made = table(P[:1], LABEL[:1])
    made[["p_a", "p_b", "p_c"]] = np.array([p], dtype=np.float32)
    if fits:
        assert predictions.validate(made, NAMES) is made
    else:
        with pytest.raises(RunError, match=r"sum to 1|negative or not"):
            predictions.validate(made, NAMES)


@pytest.mark.parametrize(("above", "fits"), [(5e-7, True), (3e-6, False)])
def test_the_predicted_class_may_be_one_of_equals(above, fits):
    made = table(np.array([[0.5, 0.5]]), np.array([0]))
    made["p_b"] = np.float32(0.5 + above)
    if fits:
        predictions.validate(made, NAMES[:2])
    else:
        with pytest.raises(RunError, match="not the class of the largest probability"):
            predictions.validate(made, NAMES[:2])


@pytest.mark.parametrize("column", ["confidence", "label_prob", "margin", "loss", "entropy"])
def test_a_column_may_be_off_by_rounding_and_no_more(column):
    made = table(P[:1], LABEL[:1])
    for off, fits in ((1e-3, True), (-1e-3, True), (4e-3, False), (np.nan, False)):
        other = made.assign(**{column: (made[column] + off).astype("float32")})
        if fits:
            predictions.validate(other, NAMES)
        elif not (np.isnan(off) and column in schema.OF_ALL):
            with pytest.raises(RunError, match=f"'{column}' contradicts"):
                predictions.validate(other, NAMES)


def test_an_image_is_named_once_a_split():
    assert len(table(index=np.array([0, 1, 0]), split=["test", "test", "val"])) == 3
    with pytest.raises(RunError, match="name one image twice"):
        table(index=np.array([0, 1, 0]), split=["test", "val", "test"])


@pytest.mark.parametrize(
    ("columns", "said"),
    [({"path": ["a", None, "c"]}, "'path' has no value in some row"),
     ({"split": ["test", None, "val"]}, "'split' has no value in some row"),
     ({"split": ["test", "Val", "val"]}, "something other than train, val, test"),
     ({"label": np.array([0, -1, 1])}, r"'label' holds class ids outside 0\.\.2"),
     ({"contrast": np.array([0, np.inf, 1])}, "'contrast' holds a number that is not finite")],
)  # fmt: skip
def test_what_cannot_be_built(columns, said):
    with pytest.raises(RunError, match=said):
        table(**columns)


def test_an_image_may_have_no_measures_and_a_part_begins_anywhere():
    made = table(sharpness=np.array([0, np.nan, 1]), first_row=7)
    assert made["row"].tolist() == [7, 8, 9]
    assert predictions.validate(made, NAMES, first_row=7) is made
    with pytest.raises(RunError, match=r"'row' must count 0, 1, 2 \.\.\."):
        predictions.validate(made, NAMES)


def test_a_table_is_completed_in_order_with_what_it_has_more_at_its_end():
    whole = table(brightness=np.full(3, 0.5))
    bare = whole[["p_c", "p_b", "p_a", *schema.REQUIRED]].assign(iso=[1, 2, 3])
    made = predictions.complete(bare, NAMES, first_row=4)
    assert list(made) == [*schema.COLUMNS, "p_c", "p_b", "p_a", "iso"]
    assert {name: str(made[name].dtype) for name in schema.COLUMNS} == schema.COLUMNS
    assert made["row"].tolist() == [4, 5, 6]
    assert made[list(schema.MEASURES)].isna().all(axis=None)
    same = [name for name in schema.COLUMNS if name not in ("row", *schema.MEASURES)]
    pd.testing.assert_frame_equal(made[same], whole[same])
    assert predictions.complete(whole, NAMES) is whole
