"""Probabilities from columns, lists, logits, or a confidence alone, by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from core.bringing.tables import answers
from core.errors import DatasetError

NUMBERS = np.array([10, 20, 30, 40])


def chunked(*parts, kind=None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(part, kind) for part in parts])


def test_a_column_a_class_in_the_order_given():
    found = answers.matrix([chunked([0.25, 1]), chunked(["0.75", ""])], NUMBERS[:2])
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[0.25, 0.75], [1, np.nan]])


@pytest.mark.parametrize(
    "column",
    [
        chunked([[0.25, 0.75]], [None], [[1.0, 0.0]], kind=pa.list_(pa.float64())),
        chunked([[0.25, 0.75], None, [1, 0]], kind=pa.list_(pa.float64(), 2)),
        chunked(["[0.25, 0.75]", ""], ["(1 0)"]),
        chunked(["[0.25 0.75 ]", None, "1,0"], kind=pa.large_string()),
    ],
)
def test_lists_however_they_are_kept(column):
    found = answers.matrix([column], NUMBERS[:3])
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[0.25, 0.75], [np.nan, np.nan], [1, 0]])


def test_lists_of_another_length_are_named_by_their_rows():
    column = chunked([[1, 2, 3], [1, 2], [1, 2, 3, 4], [3, 2, 1]])
    with pytest.raises(DatasetError, match=r"3 numbers in most rows, and not in rows 20, 30:"):
        answers.lists(column, NUMBERS)
    with pytest.raises(DatasetError, match=r"2 numbers in most rows, and not in row 10:"):
        answers.lists(chunked(["[a b]", "[1 2]", None, "[1 2]"]), NUMBERS)
    with pytest.raises(DatasetError, match=r"not in rows 10, 30:"):  # as they stand in the file
        answers.lists(chunked([[1], [1, 2], [1], [1, 2], [1, 2]]), np.array([30, 1, 10, 2, 3]))


def test_a_column_of_no_list_is_refused():
    with pytest.raises(DatasetError, match="The column of lists is empty"):
        answers.lists(chunked([None, None], kind=pa.list_(pa.float32())), NUMBERS[:2])


def test_softmax_is_taken_of_logits_part_by_part(monkeypatch):
    logits = np.log([[1, 3], [3, 1], [1, 1], [7, 1], [1, 0.25]]).astype(np.float32)
    logits += np.array([[0], [100], [-100], [0], [5]], dtype=np.float32)
    monkeypatch.setattr(answers, "PART", 2)
    found = answers.probabilities(logits.copy(), np.arange(5), are_logits=True)
    expected = [[0.25, 0.75], [0.75, 0.25], [0.5, 0.5], [0.875, 0.125], [0.8, 0.2]]
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert found.dtype == np.float32


def test_no_logit_is_too_large():
    logits = np.array([[0, 1000], [1000, 1001], [-1000, -999]], dtype=np.float32)
    found = answers.probabilities(logits, np.arange(3), are_logits=True)
    np.testing.assert_allclose(found, [[0, 1], [0.26894, 0.73106], [0.26894, 0.73106]], atol=1e-5)


def test_rounded_probabilities_are_divided_by_their_sum():
    p = np.array([[0.5, 0.505], [1, 0]], dtype=np.float32)
    found = answers.probabilities(p, NUMBERS[:2], are_logits=False)
    np.testing.assert_allclose(found, [[100 / 201, 101 / 201], [1, 0]], rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "are_logits", "said"),
    [([[0.5, np.nan]], False, r"\(row 10\) without a finite number for each class"),
     ([[0.5, np.inf]], True, r"\(row 10\) without a finite number for each class"),
     ([[0.5, 0.5]], True, "probabilities already"), ([[3, -1]], False, "look like logits")],
)  # fmt: skip
def test_what_is_neither_is_refused(values, are_logits, said):
    with pytest.raises(DatasetError, match=said):
        answers.probabilities(np.array(values), NUMBERS[:1], are_logits=are_logits)


def test_of_a_confidence_alone_nothing_is_made_up():
    pred, confidence = np.array([2, 0]), np.array([0.75, 0.5])
    found = answers.top_one(pred, confidence, 3)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[np.nan, np.nan, 0.75], [0.5, np.nan, np.nan]])


def test_of_two_classes_the_other_has_the_rest():
    found = answers.top_one(np.array([1, 0]), np.array([0.75, 0.625]), 2)
    np.testing.assert_array_equal(found, [[0.25, 0.75], [0.625, 0.375]])
