"""Figures: what they draw, and how names and numbers are written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import figures
from dashboard.text import measure, probability, short, width

CLASSES = ("cat", "<b>deer</b>", "ship")


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
    figure = figures.probabilities([0.1, 0.7, 0.2], CLASSES, 1)
    assert "<b>deer</b>" not in figure.to_json().replace("\\u003c", "<")
    assert "&lt;b&gt;deer" in figure.to_json()


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


@pytest.mark.parametrize(
    ("name", "cut"),
    [("airplane", "airplane"), ("class 000123", "class …0123"), ("猫" * 14, "猫猫猫…猫")],
)
def test_a_long_name_is_cut_in_its_middle_and_wide_letters_count_twice(name, cut):
    assert short(name) == cut
    assert width(cut) <= 11
