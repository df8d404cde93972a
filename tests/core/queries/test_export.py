"""Whole rows with class names, for a CSV."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core import queries
from core.queries.export import with_further
from core.queries.selection import Selection
from core.runs.columns import TEXT, Column


def test_export_names_the_classes(tiny_run):
    found = queries.export(tiny_run, [2])
    assert found.loc[0, ["label_name", "pred_name"]].tolist() == ["deer", "cat"]


def test_a_whole_selection_is_exported(tiny_run):
    found = queries.export_selection(tiny_run, Selection(correct=False))
    assert found["index"].tolist() == [1, 2, 3]
    assert found["pred_name"].tolist() == ["deer", "cat", "cat"]


def test_an_export_is_in_the_tables_order_and_may_be_empty(tiny_run):
    assert queries.export(tiny_run, [5, 0, 7])["row"].tolist() == [0, 5, 7]
    empty = queries.export(tiny_run, [])
    assert len(empty) == 0
    assert list(empty) == list(queries.export(tiny_run, [1]))


def test_the_names_of_classes_stand_beside_their_numbers(tiny_run):
    names = list(queries.export(tiny_run, [2]))
    at = names.index("label")
    assert names[at : at + 4] == ["label", "pred", "label_name", "pred_name"]
    assert names[-3:] == ["p_cat", "p_deer", "p_ship"]


@pytest.fixture
def gained(tiny_run, tmp_path):
    """The tiny run with two columns that it gained: one of all rows, one of the third alone."""
    pd.DataFrame({"row": range(8), "score": np.arange(8) / 2}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"row": [2], "score": ["fence"]}).to_parquet(tmp_path / "b.parquet")
    half = Column("half", "Half", "x", file=lambda: tmp_path / "a.parquet")
    tag = Column("a tag", "Tag", "x", TEXT, lambda: tmp_path / "b.parquet")
    return replace(tiny_run, columns=(half, tag))


def test_columns_that_a_run_gained_stand_last_under_their_own_names(gained):
    rows = queries.export(gained, [5, 2])
    found = queries.with_columns(gained, rows, ["a tag", "half"])
    assert list(found) == [*rows, "a tag", "half"]
    assert found["half"].tolist() == [1, 2.5]
    assert found["a tag"].tolist()[0] == "fence"
    assert found["a tag"].isna().tolist() == [False, True]
    assert found[list(rows)].equals(rows)


def test_without_columns_or_rows_an_export_stays_as_it_is(gained):
    rows, none = queries.export(gained, [2]), queries.export(gained, [])
    assert queries.with_columns(gained, rows, []) is rows
    assert queries.with_columns(gained, none, ["half"]) is none


def test_a_gained_column_replaces_the_tables_own_of_its_name(gained):
    rows = queries.export(gained, [2]).assign(half=99.0)
    assert queries.with_columns(gained, rows, ["half"])["half"].tolist() == [1]


def test_a_new_table_takes_over_what_the_old_one_has_beside_ours(open_table, tiny_table):
    extra = {"iso": np.arange(8), 'a "tag"': list("abcdefgh"), "here": 1.0}
    run = open_table(tiny_table.assign(**extra))
    new = pd.DataFrame({"loss": np.arange(8.0), "here": 2.0}, index=range(10, 18))
    found = with_further(run, new)
    assert list(found) == ["loss", "here", "iso", 'a "tag"']
    assert found.index.tolist() == list(range(10, 18))
    assert found["iso"].tolist() == list(range(8))
    assert found['a "tag"'].tolist() == list("abcdefgh")
    assert found["here"].tolist() == [2.0] * 8
    assert with_further(open_table(tiny_table), new) is new
