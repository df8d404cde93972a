"""Figures: what they draw and what a click on them says."""

from __future__ import annotations

import re
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from core.evaluation import classification
from dashboard.charts import cell_grid, figures, matrix
from dashboard.text import measure, probability, short, width

CLASSES = ("cat", "<b>deer</b>", "ship")
COUNTS = np.array([[8, 1, 1], [6, 4, 0], [0, 0, 5]])


def cells(figure) -> np.ndarray:
    return np.array(figure.data[0].z, dtype=float)


def test_the_matrix_leaves_the_diagonal_and_empty_cells_out():
    shown = cells(matrix.confusion(COUNTS, CLASSES))
    assert np.isnan(np.diag(shown)).all()
    assert np.isnan(shown[1, 2])
    assert (shown[0, 1], shown[1, 0]) == (1, 6)
    assert matrix.confusion(COUNTS, CLASSES).data[0].zmax == 6


def test_the_diagonal_on_request():
    figure = matrix.confusion(COUNTS, CLASSES, errors_only=False)
    assert cells(figure)[0, 0] == 8
    assert figure.data[0].zmax == 8


@pytest.mark.parametrize(("mode", "value"), [("Row %", 60.0), ("Column %", 100 * 6 / 14)])
def test_percentages(mode, value):
    figure = matrix.confusion(COUNTS, CLASSES, mode=mode)
    assert cells(figure)[1, 0] == pytest.approx(value)
    assert figure.data[0].text[1][0] == f"{value:.0f}"


def test_percentages_of_a_part_are_of_all_images():
    figure = matrix.confusion(COUNTS, CLASSES, shown=[0, 1], mode="Row %")
    assert cells(figure)[0, 1] == pytest.approx(10.0)


def test_a_click_gives_label_and_pred_and_a_name_gives_a_whole_row_or_column():
    figure = matrix.confusion(COUNTS, CLASSES, shown=[1, 2])
    cells, labels, preds = (trace for trace in figure.data if trace.customdata)
    assert cells.customdata == ([1, 1], [1, 2], [2, 1], [2, 2])
    assert labels.customdata == ([1, -1], [2, -1])
    assert preds.customdata == ([-1, 1], [-1, 2])


@pytest.mark.parametrize("k", [2, 10, 25])
def test_the_nearest_marker_is_that_of_the_cell_under_the_mouse(k):
    figure = matrix.confusion(np.ones((k, k), dtype=int), [f"class {i}" for i in range(k)])
    cells, labels, preds = (trace for trace in figure.data if trace.customdata)
    assert {trace.marker.size for trace in (cells, labels, preds)} == {2}
    assert figure.layout.xaxis.range[0] < labels.x[0] < -0.5
    assert figure.layout.yaxis.range[1] < preds.y[0] < -0.5


def test_marked_cells_are_framed_over_the_figure_which_stays_as_it_is():
    figure = matrix.confusion(COUNTS, CLASSES)
    before = figure.to_json()
    style = unquote(cell_grid.frames(figure, "matrix", [0, 1, 2], [(1, 0), (9, 9)]))
    assert figure.to_json() == before
    [(x, y)] = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)"', style)
    assert float(x) == pytest.approx(-0.47 - figure.layout.xaxis.range[0], abs=1e-3)
    assert float(y) == pytest.approx(0.53 - figure.layout.yaxis.range[1], abs=1e-3)
    assert style.count(".st-key-matrix::after") == 1
    assert ".st-key-matrix .main-svg:has(.hoverlayer) {z-index: 1}" in style
    assert "inset: 8px 8px 8px 8px" in style or "inset: 8px 36px 8px 8px" in style


def test_names_keep_their_colour_when_a_cell_is_chosen():
    figure = matrix.confusion(COUNTS, CLASSES, dark=True)
    texts = list(figure.select_traces({"type": "scatter", "mode": "text"}))
    assert len(texts) > 0
    for trace in texts:
        assert trace.unselected.textfont.color == trace.textfont.color == cell_grid.DARK_NAME


CHANGED = pd.DataFrame(
    [(1, 0, 6, 2, 0, 4), (1, 1, 4, 8, 4, 0), (0, 1, 1, 1, 1, 1)],
    columns=["label", "pred", "before", "after", "entered", "left"],
)
LINES = pd.DataFrame([(1, -1, 6, 2, 0, 4), (-1, 0, 7, 3, 0, 4)], columns=CHANGED.columns)


def test_the_difference_is_a_gain_beside_the_diagonal_where_images_left():
    figure = matrix.difference(CHANGED, LINES, CLASSES, shown=[0, 1, 2])
    shown = cells(figure)
    assert (shown[1, 0], shown[1, 1], shown[0, 1]) == (4, 4, 0)
    assert np.isnan(shown[2, 2])
    assert (figure.data[0].text[1][0], figure.data[0].text[0][1]) == ("-4", "±0")
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-4, 4)
    assert "6 images before, 2 after: 4 gone, 0 new" in figure.data[1].hovertext[3]
    assert figure.data[1].customdata[3] == [1, 0]
    _, rows, columns = (trace for trace in figure.data if trace.customdata)
    assert "6 images before, 2 after: 4 gone, 0 new" in rows.hovertext[1]
    assert "7 images before, 3 after: 4 gone, 0 new" in columns.hovertext[0]
    assert "no image came or went" in columns.hovertext[1]


def test_the_difference_of_a_part_of_the_classes():
    figure = matrix.difference(CHANGED, LINES, CLASSES, shown=[1, 2])
    assert cells(figure)[0, 0] == 4
    assert figure.data[1].customdata[0] == [1, 1]


def test_a_gain_a_loss_and_what_is_unclear_have_their_colours():
    rows = pd.DataFrame(
        {
            "n": 50, "fixed": 9, "broken": 1, "before": 0.5, "after": 0.6,
            "difference": [0.1, -0.1, 0.0], "low": -0.2, "high": 0.3,
            "verdict": ["better", "worse", "too few"],
            "words": ["better", "worse", "too few to tell: 1 of 50 images changed"],
        }
    )  # fmt: skip
    figure = figures.differences(["a", "b", "<i>"], rows)
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [dot.marker.color for dot in dots] == [figures.MUTED, figures.WRONG, figures.RIGHT]
    assert [dot.x[0] for dot in dots] == [0.0, -10.0, 10.0]
    assert list(figure.layout.yaxis.ticktext) == ["&lt;i&gt;", "b", "a"]
    assert dots[0].hovertext[0].endswith("<br>too few to tell: 1 of 50 images changed")


def test_names_are_escaped():
    rows = classification.errors_per_class(COUNTS, CLASSES)
    curves = figures.probabilities([0.1, 0.7, 0.2], CLASSES, 1)
    change = matrix.difference(CHANGED, LINES, CLASSES, shown=[0, 1, 2])
    for figure in (
        matrix.confusion(COUNTS, CLASSES), figures.errors_per_class(rows), curves, change
    ):  # fmt: skip
        assert "<b>deer</b>" not in figure.to_json().replace("\\u003c", "<")
        assert "&lt;b&gt;deer" in figure.to_json()


def test_a_bar_a_class_most_errors_on_top():
    figure = figures.errors_per_class(classification.errors_per_class(COUNTS, CLASSES))
    behind, bars = figure.data
    assert list(bars.x) == [0, 2, 6]
    assert bars.customdata == ([2], [0], [1])
    assert behind.customdata == bars.customdata
    assert min(behind.x) > 6


def test_two_long_names_that_are_cut_alike_stay_two_bars():
    names = ("a" * 40 + "1", "a" * 40 + "2")
    rows = classification.errors_per_class(np.array([[1, 1], [1, 1]]), names)
    assert len(set(figures.errors_per_class(rows).data[1].y)) == 2


def test_the_ten_most_probable_with_the_true_class_marked():
    names = [f"class {k}" for k in range(12)]
    figure = figures.probabilities([k / 66 for k in range(12)], names, 11)
    assert len(figure.data[0].x) == 10
    assert figure.layout.yaxis.ticktext[-1] == "class 11 (true)"
    assert figure.data[0].marker.color[-1] == figures.RIGHT


def test_the_running_value_of_train_breaks_between_epochs():
    history = pd.DataFrame(
        {
            "split": ["train", "train", "val", "train"],
            "epoch": [1, 1, 1, 2],
            "at": [0.5, 1.0, 1.0, 1.5],
            "accuracy": [0.2, 0.3, 0.4, 0.5],
        }
    )
    train, val = figures.training_curves(history).data
    assert np.isnan(train.y[2])
    assert (train.name, val.name) == ("train, running", "val, after each epoch")
    assert list(val.y) == [0.4]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.500"), (0.0, "0.000"), (1.0, "1.000"), (0.0001, "<0.001"), (0.9999, ">0.999"),
     (-0.9999, "<-0.999"), (-0.25, "-0.250")],
)  # fmt: skip
def test_a_probability_is_never_a_0_or_1_that_is_none(value, text):
    assert probability(value) == text
    assert measure("margin", value) == measure("p_cat", value) == text


@pytest.mark.parametrize(
    ("ranking", "value", "text"),
    [("loss", 20.0, "20.000"), ("loss", 0.9999, "1.000"), ("entropy", 0.0001, "<0.001"),
     ("index", 12, "12")],
)  # fmt: skip
def test_a_ranking_has_the_same_digits_for_every_image(ranking, value, text):
    assert measure(ranking, value) == text


def test_an_axis_of_few_errors_has_whole_numbers():
    few = classification.errors_per_class(np.array([[1, 2], [0, 1]]), ("a", "b"))
    many = classification.errors_per_class(np.array([[1, 20], [0, 1]]), ("a", "b"))
    assert figures.errors_per_class(few).layout.xaxis.dtick == 1
    assert figures.errors_per_class(many).layout.xaxis.dtick is None


@pytest.mark.parametrize("dark", [False, True])
def test_a_cell_without_a_number_is_tinted(dark):
    for figure in (
        matrix.confusion(COUNTS, CLASSES, dark=dark),
        matrix.difference(CHANGED, LINES, CLASSES, shown=[0, 1, 2], dark=dark),
    ):
        numbers, empty = (np.array(m.z, dtype=float) for m in figure.data if m.type == "heatmap")
        assert (np.isnan(numbers) != np.isnan(empty)).all()


@pytest.mark.parametrize(
    ("name", "cut"),
    [("airplane", "airplane"), ("class 000123", "class …0123"), ("猫" * 14, "猫猫猫…猫")],
)
def test_a_long_name_is_cut_in_its_middle_and_wide_letters_count_twice(name, cut):
    assert short(name) == cut
    assert width(cut) <= 11
