"""The matrix: what stands in its cells, and what it hears of a choice."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from core.evaluation.cells import ANY
from dashboard.charts import matrix
from dashboard.components.matrix import cells_of, steps

CLASSES = ("cat", "<b>deer</b>", "ship")
COUNTS = np.array([[8, 1, 1], [6, 4, 0], [0, 0, 5]])


def at(drawn: matrix.Matrix) -> dict[tuple[int, int], matrix.Cell]:
    return {(cell.row, cell.column): cell for cell in drawn["cells"]}


def test_the_matrix_leaves_the_diagonal_without_text_and_says_nothing_of_empty_cells():
    drawn = matrix.confusion(COUNTS, CLASSES)
    cells = at(drawn)
    assert (cells[0, 1].text, cells[1, 0].text) == ("1", "6")
    assert (cells[0, 0].text, cells[0, 0].note) == ("", "8 images")
    assert (1, 2) not in cells
    assert drawn["still"] == "0 images"


def test_few_is_paler_than_many_and_none_is_as_pale_as_nothing():
    cells = at(matrix.confusion(COUNTS, CLASSES))
    assert cells[1, 0].tone == 1
    assert cells[0, 1].tone == pytest.approx(0.1 + 0.9 / 6, abs=1e-3)


def test_the_diagonal_on_request_has_a_colour_of_its_own_and_drowns_no_error():
    cells = at(matrix.confusion(COUNTS, CLASSES, errors_only=False))
    assert (cells[0, 0].text, cells[0, 0].right, cells[0, 0].tone) == ("8", True, 1)
    assert (cells[1, 0].right, cells[1, 0].tone) == (False, 1)


@pytest.mark.parametrize(("mode", "value"), [("Row %", 60.0), ("Column %", 100 * 6 / 14)])
def test_percentages(mode, value):
    cell = at(matrix.confusion(COUNTS, CLASSES, mode=mode))[1, 0]
    assert cell.text == f"{value:.0f}"
    assert cell.note == f"6 images ({value:.1f}%)"


def test_percentages_of_a_part_are_of_all_images():
    drawn = matrix.confusion(COUNTS, CLASSES, shown=[0, 1], mode="Row %")
    assert at(drawn)[0, 1].text == "10"


def test_a_few_errors_in_thousands_stay_pale():
    drawn = matrix.confusion(np.array([[999, 1], [0, 1000]]), ("a", "b"), mode="Row %")
    assert at(drawn)[0, 1].text == "0.1"
    assert at(drawn)[0, 1].tone < 0.15


def test_a_name_stands_for_the_errors_of_its_row_or_column():
    drawn = matrix.confusion(COUNTS, CLASSES, shown=[1, 2])
    assert (drawn["ids"], drawn["classes"]) == ([1, 2], ["<b>deer</b>", "ship"])
    assert drawn["rows"] == ["6 errors of <b>deer</b>", "0 errors of ship"]
    assert drawn["columns"] == ["1 error predicted as <b>deer</b>", "1 error predicted as ship"]


CHANGED = pd.DataFrame(
    [(1, 0, 6, 2, 0, 4), (1, 1, 4, 8, 4, 0), (0, 1, 1, 1, 1, 1), (0, 2, 1, 2, 1, 0)],
    columns=["label", "pred", "before", "after", "entered", "left"],
)
LINES = pd.DataFrame([(1, -1, 6, 2, 0, 4), (-1, 0, 7, 3, 0, 4)], columns=CHANGED.columns)


def test_the_difference_is_a_gain_beside_the_diagonal_where_images_left():
    drawn = matrix.difference(CHANGED, LINES, CLASSES, shown=[0, 1, 2])
    cells = at(drawn)
    assert [cells[k].text for k in ((1, 0), (1, 1), (0, 1), (0, 2))] == ["-4", "+4", "±0", "+1"]
    assert [cells[k].right for k in ((1, 0), (1, 1), (0, 2))] == [True, True, False]
    assert [cells[k].tone for k in ((1, 0), (1, 1), (0, 1), (0, 2))] == [1, 1, 0, 0.25]
    assert cells[1, 0].note == "6 images before, 2 after: 4 gone, 0 new"
    assert (2, 2) not in cells
    assert drawn["still"] == "no image came or went"


def test_a_name_of_the_difference_says_what_moved_in_its_row_or_column():
    drawn = matrix.difference(CHANGED, LINES, CLASSES, shown=[0, 1, 2])
    assert drawn["rows"][1] == "Errors of <b>deer</b>: 6 images before, 2 after: 4 gone, 0 new"
    assert drawn["columns"][0] == (
        "Errors predicted as cat: 7 images before, 3 after: 4 gone, 0 new"
    )
    assert drawn["columns"][1] == "Errors predicted as <b>deer</b>: no image came or went"


def test_the_difference_of_a_part_of_the_classes():
    drawn = matrix.difference(CHANGED, LINES, CLASSES, shown=[1, 2])
    assert [(c.row, c.column, c.text) for c in drawn["cells"]] == [(0, 0, "+4")]
    assert matrix.difference(CHANGED, LINES, CLASSES, shown=[2])["cells"] == []


def test_all_of_it_can_be_sent():
    for drawn in (
        matrix.confusion(COUNTS, CLASSES),
        matrix.difference(CHANGED, LINES, CLASSES, shown=[0, 1, 2]),
    ):
        assert json.loads(json.dumps(drawn))["cells"][0][:2] == list(drawn["cells"][0][:2])


@pytest.fixture
def hear(monkeypatch):
    """A function that gives the steps of a message from the browser."""

    def hear_(message):
        monkeypatch.setattr(st, "session_state", {"m": {"chosen": message}})
        return steps("m", 3)

    return hear_


def test_what_the_browser_says(hear):
    assert hear({"seq": 1, "steps": [[1, 0, 1], [2, -1, 1], [2, 0, 0]]}) == [
        ((1, 0), True),
        ((2, ANY), True),
        ((2, 0), False),
    ]
    assert hear({"seq": 2, "steps": []}) == []


@pytest.mark.parametrize(
    "message",
    [None, 3, {}, {"steps": 1}, {"steps": [1]}, {"steps": [[0, 1]]}, {"steps": [["0", 1, 1]]},
     {"steps": [[3, 0, 1]]}, {"steps": [[-1, -1, 1]]}, {"steps": [[-2, 0, 1]]},
     {"steps": [[0.5, 1, 1]]}, {"steps": [[float("nan"), 1, 1]]}],
)  # fmt: skip
def test_nonsense_from_the_browser_chooses_nothing(hear, message):
    assert hear(message) == []


def test_steps_add_cells_and_take_them_away():
    row = [(2, 0), (2, 1)]
    taken = [((1, 0), True), ((2, ANY), True), ((2, 0), False), ((1, 0), True), ((0, 2), False)]
    assert cells_of(taken, lambda a, b: row if b == ANY else [(a, b)]) == [(1, 0), (2, 1)]
