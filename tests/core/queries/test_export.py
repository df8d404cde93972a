"""Whole rows with class names, for a CSV."""

from __future__ import annotations

from core import queries
from core.queries.selection import Selection


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
