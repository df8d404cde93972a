"""A selection in words, and the one confusion that it names."""

from __future__ import annotations

import pytest

from core.queries.selection import Selection, cell_in_force, within

CLASSES = ("cat", "deer", "ship", "bird")


@pytest.mark.parametrize(
    ("selection", "words"),
    [(Selection(), "all images in test"),
     (Selection(split="val", correct=True), "all images, right in val"),
     (Selection(labels=(0, 1)), "cat or deer in test"),
     (Selection(preds=(2,)), "any class predicted as ship in test"),
     (Selection(labels=(1,), preds=(0, 2), correct=False),
      "deer predicted as cat or ship, errors in test"),
     (Selection(cells=((0, 1), (1, 0)), labels=(3,)),
      "cat predicted as deer, deer predicted as cat, bird in test"),
     (Selection(ranges=(("loss", 0.12345, 2.0), ("p_cat", 0, 1))),
      "all images, loss 0.123 to 2, p_cat 0 to 1 in test"),
     (Selection(values=(("sky", ("grey", "blue")),)), "all images, sky grey or blue in test")],
)  # fmt: skip
def test_a_selection_in_words(selection, words):
    assert selection.describe(CLASSES) == words


def test_three_cells_are_named_and_four_are_counted():
    cells = ((0, 1), (1, 0), (2, 0), (2, 1))
    assert Selection(cells=cells[:3]).describe(CLASSES) == (
        "cat predicted as deer, deer predicted as cat, ship predicted as cat in test"
    )
    assert Selection(cells=cells).describe(CLASSES) == "4 cells in test"


@pytest.mark.parametrize(
    ("selection", "cell"),
    [(Selection(labels=(1,), preds=(0,)), (1, 0)), (Selection(cells=((2, 1),)), (2, 1)),
     (Selection(labels=(1,), preds=(1,)), None), (Selection(cells=((1, 1),)), None),
     (Selection(labels=(1,)), None), (Selection(preds=(1,)), None), (Selection(), None),
     (Selection(labels=(1, 2), preds=(0,)), None), (Selection(labels=(1,), preds=(0, 2)), None),
     (Selection(labels=(1, 2), preds=(0, 3)), None), (Selection(cells=((0, 1), (1, 0))), None),
     (Selection(labels=(1,), preds=(0,), cells=((2, 1),)), (2, 1))],
)  # fmt: skip
def test_the_one_confusion_that_is_named(selection, cell):
    assert cell_in_force(selection) == cell


@pytest.mark.parametrize(
    ("selection", "allowed"),
    [(Selection(), [(0, 1), (1, 0), (2, 1)]), (Selection(labels=(0, 2)), [(0, 1), (2, 1)]),
     (Selection(preds=(0,)), [(1, 0)]), (Selection(labels=(0,), preds=(0,)), []),
     (Selection(cells=((1, 0), (3, 0))), [(1, 0)]),
     (Selection(cells=((1, 0), (2, 1)), labels=(2,)), [(2, 1)])],
)  # fmt: skip
def test_the_confusions_that_a_selection_allows(selection, allowed):
    assert within(selection, [(0, 1), (1, 0), (2, 1)]) == allowed


@pytest.mark.parametrize(
    ("selection", "decided"),
    [(Selection(correct=True), True), (Selection(preds=(1,)), False),
     (Selection(labels=(1,), preds=(1,)), True), (Selection(labels=(1, 2), preds=(1, 2)), False),
     (Selection(cells=((1, 1), (2, 2))), True),
     (Selection(cells=((1, 0),), labels=(1,), preds=(1,)), True)],
)  # fmt: skip
def test_whether_a_selection_leaves_open_which_images_are_errors(selection, decided):
    assert selection.decides() is decided
