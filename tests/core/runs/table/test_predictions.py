import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.errors import RunError
from core.runs.table import predictions, schema
from tests.conftest import CLASSES


def test_derived_columns(tiny_table):
    row = tiny_table.iloc[1]
    p = np.array([0.3, 0.6, 0.1])
    assert (row["pred"], row["correct"]) == (1, False)
    assert row["confidence"] == pytest.approx(0.6)
    assert row["label_prob"] == pytest.approx(0.3)
    assert row["margin"] == pytest.approx(-0.3)
    assert row["loss"] == pytest.approx(-np.log(0.3))
    assert row["entropy"] == pytest.approx(-(p * np.log(p)).sum())


def test_certain_wrong_answer_has_a_finite_loss():
    table = small(np.array([[1.0, 0.0]]), np.array([1]))
    assert np.isfinite(table["loss"]).all()
    assert table.loc[0, "entropy"] == 0


def small(probabilities, label):
    zeros = np.zeros(len(label))
    return predictions.build(
        [f"c{k}" for k in range(probabilities.shape[1])],
        split=["test"] * len(label),
        index=np.arange(len(label)),
        path=[""] * len(label),
        label=label,
        probabilities=probabilities,
        brightness=zeros,
        contrast=zeros,
        sharpness=zeros,
    )


@settings(deadline=None)  # a busy machine is no fault
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 20), st.integers(2, 6)),
        elements=st.floats(0, 30, width=32),
    ),
    st.integers(0, 5),
)
def test_any_softmax_gives_a_valid_table(logits, label):
    p = np.exp(logits - logits.max(axis=1, keepdims=True, initial=0))
    p /= p.sum(axis=1, keepdims=True)
    table = small(p, np.full(len(p), label % p.shape[1]))
    assert (table["margin"] <= table["label_prob"]).all()
    assert (table.loc[~table["correct"], "margin"] <= 0).all()
    assert (table["entropy"] <= np.log(p.shape[1]) + 1e-4).all()


@pytest.mark.parametrize("column", [*schema.REQUIRED, "p_cat"])
def test_a_missing_column_is_named(column):
    table = table_of_eight().drop(columns=column)
    with pytest.raises(RunError, match=column):
        predictions.validate(table, CLASSES)


def table_of_eight() -> pd.DataFrame:
    return small(np.tile([0.5, 0.3, 0.2], (8, 1)), np.zeros(8)).rename(
        columns={f"p_c{k}": f"p_{name}" for k, name in enumerate(CLASSES)}
    )


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("label", 3, "outside 0..2"),
        ("pred", -1, "outside 0..2"),
        ("correct", False, "contradicts"),
        ("split", "holdout", "something other than"),
        ("row", 5, "must count"),
        ("p_cat", np.nan, "not a number"),
        ("p_deer", 0.9, "sum to 1"),
    ],
)
def test_an_impossible_value_is_named(column, value, reason):
    table = table_of_eight()
    table.loc[2, column] = value
    with pytest.raises(RunError, match=reason):
        predictions.validate(table, CLASSES)


def test_wrong_dtype_is_named():
    table = table_of_eight().astype({"loss": "float64"})
    with pytest.raises(RunError, match="'loss' is float64, it must be float32"):
        predictions.validate(table, CLASSES)


def test_parquet_round_trip(tiny_table, tmp_path):
    predictions.write(tiny_table, tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(predictions.read(tmp_path / "t.parquet", CLASSES), tiny_table)


def test_a_row_group_holds_test_or_none(tiny_table, tmp_path):
    predictions.write(tiny_table, tmp_path / "t.parquet")
    file = pq.ParquetFile(tmp_path / "t.parquet")
    groups = [file.read_row_group(k)["split"].to_pylist() for k in range(file.num_row_groups)]
    assert groups == [["test"] * 6, ["train", "val"]]


def test_truncated_parquet_is_a_clear_error(tiny_table, tmp_path):
    path = tmp_path / "t.parquet"
    predictions.write(tiny_table, path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RunError, match="cannot be read"):
        predictions.read(path, CLASSES)


def top_one(tiny_table, **changed):
    """The first image of the tiny table with its predicted class's probability alone."""
    unknown = {"p_deer": np.nan, "p_ship": np.nan} | dict.fromkeys(schema.OF_ALL, np.nan)
    for name, value in (unknown | changed).items():
        tiny_table.loc[0, name] = np.float32(value)
    return tiny_table


def test_one_probability_alone_is_a_table_that_says_no_more(tiny_table):
    assert predictions.validate(top_one(tiny_table), CLASSES) is tiny_table


@pytest.mark.parametrize(
    "changed", [{"loss": 0.2}, {"p_deer": 0.1}, {"p_cat": np.nan}, {"p_cat": 1.2}, {"p_cat": -0.1}]
)
def test_but_nothing_may_be_made_up_for_it(tiny_table, changed):
    with pytest.raises(RunError):
        predictions.validate(top_one(tiny_table, **changed), CLASSES)
