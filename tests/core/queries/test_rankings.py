"""What the rankings are called, and which is taken where nobody chose."""

from __future__ import annotations

import pytest

from core.queries.rankings import (
    RANGED,
    RANKINGS,
    Order,
    natural_ranking,
    ranking_help,
    ranking_label,
    rankings,
)
from core.queries.selection import Selection


@pytest.mark.parametrize(
    ("selection", "ranking"),
    [(Selection(), "loss"), (Selection(labels=(1,)), "loss"), (Selection(preds=(1,)), "p_deer"),
     (Selection(preds=(0, 1)), "loss"), (Selection(cells=((0, 1), (2, 1))), "p_deer"),
     (Selection(cells=((0, 1), (1, 0))), "loss"), (Selection(preds=(0,), cells=((0, 1),)), "loss")],
)  # fmt: skip
def test_the_one_predicted_class_ranks_unless_somebody_chose(selection, ranking):
    assert natural_ranking(selection, ("cat", "deer", "ship")) == ranking


@pytest.mark.parametrize(
    ("column", "label", "first"),
    [("p_cat", "P(cat)", "P(cat)"), ("p_p_x", "P(p_x)", "P(p_x)"), ("loss", "Loss", "loss"),
     ("label_prob", "P(true class)", "P(true class)"), ("index", "Index", "index"),
     ("concept:Old fence", "Concept Old fence", "concept old fence")],
)  # fmt: skip
def test_a_ranking_and_its_order_in_words(column, label, first):
    assert ranking_label(column) == label
    assert Order(column).describe() == f"Highest {first} first"
    assert Order(column, descending=False).describe() == f"Lowest {first} first"


def test_every_ranking_says_what_its_ends_mean():
    assert ranking_help("p_cat") == "how probable the model finds that it is cat"
    assert ranking_help("concept:fence") == "how strongly the features show fence"
    assert ranking_help("loss") == RANKINGS["loss"]
    assert rankings(("cat",)) == RANKINGS | {"p_cat": ranking_help("p_cat")}


def test_all_but_the_images_number_can_be_bounded():
    assert {*RANKINGS} - {*RANGED} == {"index"}
