"""Counts over a whole split, and the ends of columns."""

from __future__ import annotations

import numpy as np
import pytest

from core import queries


def test_confusion(tiny_run):
    found = queries.confusion(tiny_run, "test")
    assert found.tolist() == [[1, 1, 0], [2, 1, 0], [0, 0, 1]]
    assert np.issubdtype(found.dtype, np.integer)


def test_cells_stand_in_the_order_of_their_classes(save_tiny, tiny_table):
    run = save_tiny(table=tiny_table[::-1].assign(row=np.arange(8, dtype=np.int32)))
    found = queries.confusion_cells(run, "test").to_numpy().tolist()
    assert found == [[0, 0, 1], [0, 1, 1], [1, 0, 2], [1, 1, 1], [2, 2, 1]]


def test_the_ends_of_several_columns(tiny_run):
    found = queries.extent(tiny_run, "test", ["p_ship", "brightness"])
    assert list(found) == ["p_ship", "brightness"]
    assert found["p_ship"] == pytest.approx((0.05, 0.9))
    assert found["brightness"] == pytest.approx((0, 0.5))


def test_splits_that_are_there_test_first(tiny_run, save_tiny, tiny_table):
    assert queries.splits(tiny_run) == ["test", "val", "train"]
    without_val = tiny_table[:7]
    assert queries.splits(save_tiny(table=without_val, features=np.eye(7, 4))) == ["test", "train"]
