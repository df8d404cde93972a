"""What the rankings are called, and which is taken where nobody chose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import RunError
from core.queries.rankings import RANKINGS, Order, measures, natural_ranking, ranking, rankings
from core.queries.selection import Selection
from core.runs.columns import TEXT, Column

FENCE = Column("concept:Old fence", "Concept Old fence", "how strongly it shows")


@pytest.mark.parametrize(
    ("selection", "ranking"),
    [(Selection(), "loss"), (Selection(labels=(1,)), "loss"), (Selection(preds=(1,)), "p_deer"),
     (Selection(preds=(0, 1)), "loss"), (Selection(cells=((0, 1), (2, 1))), "p_deer"),
     (Selection(cells=((0, 1), (1, 0))), "loss"), (Selection(preds=(0,), cells=((0, 1),)), "loss")],
)  # fmt: skip
def test_the_one_predicted_class_ranks_unless_somebody_chose(tiny_run, selection, ranking):
    assert natural_ranking(selection, tiny_run) == ranking


@pytest.mark.parametrize(
    ("column", "label", "first"),
    [("p_cat", "P(cat)", "P(cat)"), ("loss", "Loss", "loss"), ("index", "Index", "index"),
     ("label_prob", "P(true class)", "P(true class)"),
     ("concept:Old fence", "Concept Old fence", "Concept Old fence")],
)  # fmt: skip
def test_a_ranking_and_its_order_in_words(tiny_run, column, label, first):
    run = replace(tiny_run, columns=(FENCE,))
    assert ranking(run, column).label == label
    assert Order(column).describe(run) == f"Highest {first} first"
    assert Order(column, descending=False).describe(run) == f"Lowest {first} first"


def test_what_a_run_lacks_is_no_ranking(tiny_run):
    with pytest.raises(RunError, match="no ranking 'p_dog'"):
        ranking(tiny_run, "p_dog")


def test_a_ranking_says_what_its_ends_mean(tiny_run):
    assert "high where the model is most wrong" in ranking(tiny_run, "loss").help
    assert "low where the model is most wrong" in ranking(tiny_run, "label_prob").help


def test_what_a_run_gained_ranks_first_and_its_classes_last(tiny_run):
    run = replace(tiny_run, columns=(FENCE, Column("note", "Note", "what was written", TEXT)))
    known = [name for name in RANKINGS if name != "index"]
    assert list(rankings(run)) == [FENCE.name, *known, "index", "p_cat", "p_deer", "p_ship"]
    assert [column.name for column in measures(run)] == [FENCE.name, *known]


def test_every_ranking_is_of_the_table_a_class_or_gained(tiny_run):
    note = Column("note", "Note", "what somebody wrote", TEXT)
    found = rankings(replace(tiny_run, columns=(FENCE, note)))
    classes = {f"p_{name}" for name in tiny_run.classes}
    assert {*found} == {*RANKINGS, *classes, FENCE.name}
    assert found["loss"] == RANKINGS["loss"]
    assert found["p_cat"].help == "how probable the model finds that it is cat"


def test_what_is_gained_under_the_name_of_another_ranking_is_not_offered_twice(tiny_run):
    run = replace(tiny_run, columns=(Column("loss", "Mine", "x"), Column("p_cat", "Mine", "x")))
    assert [column.name for column in measures(run)] == [n for n in RANKINGS if n != "index"]
    assert ranking(run, "loss") == RANKINGS["loss"]


def test_all_but_the_images_number_and_the_classes_can_be_bounded(tiny_run):
    assert {column.name for column in measures(tiny_run)} == {*RANKINGS} - {"index"}
