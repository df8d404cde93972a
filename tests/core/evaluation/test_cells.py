from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from core.evaluation.cells import ANY, cell_changes, cell_images, line_changes
from core.evaluation.comparison import Comparison, compare
from tests import repaired


@pytest.fixture
def comparison(save_tiny):
    """Row 2, a deer predicted as cat, is fixed; row 0, a cat, is now predicted as deer."""
    run = save_tiny(run_id="before")
    return compare(run, repaired.save(run, fixed=[2], broken=[0]))


def test_every_cell_that_an_image_entered_or_left(comparison):
    cells = cell_changes(comparison).set_index(["label", "pred"])
    assert cells.loc[(1, 0)].tolist() == [2, 1, 0, 1]  # before, after, entered, left
    assert cells.loc[(1, 1)].tolist() == [1, 2, 1, 0]
    assert cells.loc[(0, 0)].tolist() == [1, 0, 0, 1]
    assert cells.loc[(0, 1)].tolist() == [1, 2, 1, 0]
    assert len(cells) == 4


def test_the_images_of_a_cell(comparison):
    masks = cell_images(comparison, 1, 0)
    assert comparison.rows["row"][masks["left"]].tolist() == [2]
    assert not masks["entered"].any()
    masks = cell_images(comparison, 0, 1)
    assert comparison.rows["row"][masks["entered"]].tolist() == [0]


def test_a_row_or_column_holds_the_errors_of_its_class(comparison):
    lines = line_changes(comparison).set_index(["label", "pred"])
    rows = comparison.rows
    for cell, line in lines.iterrows():
        of_class = rows["label" if cell[0] != ANY else "pred_after"] == max(cell)
        wrong = rows["label"] != rows["pred_after"]
        assert line["after"] == (of_class & wrong).sum()
        assert line["after"] - line["before"] == line["entered"] - line["left"]
        masks = cell_images(comparison, *cell)
        assert {side: mask.sum() for side, mask in masks.items()} == dict(line[["left", "entered"]])
    assert rows["row"][cell_images(comparison, 1, ANY)["left"]].tolist() == [2]
    assert rows["row"][cell_images(comparison, ANY, 1)["entered"]].tolist() == [0]
    assert set(lines.index) == {(0, ANY), (1, ANY), (ANY, 0), (ANY, 1)}


def test_an_error_that_changes_its_class_moves_between_columns_only(comparison):
    rows = comparison.rows.assign(label=0, pred_before=1, pred_after=2).head(1)
    lines = line_changes(replace(comparison, rows=rows)).set_index(["label", "pred"])
    assert lines.loc[(ANY, 1)].tolist() == [1, 0, 0, 1]  # before, after, entered, left
    assert lines.loc[(ANY, 2)].tolist() == [0, 1, 1, 0]
    assert len(lines) == 2


def test_as_many_came_as_went_is_a_change_all_the_same(save_tiny):
    run = save_tiny(run_id="before")
    swapped = compare(run, repaired.save(run, fixed=[1], broken=[0]))
    cells = cell_changes(swapped).set_index(["label", "pred"])
    assert cells.loc[(0, 0)].tolist() == [1, 1, 1, 1]


def test_nothing_changed(tiny_run):
    assert cell_changes(compare(tiny_run, tiny_run)).empty


def compared(*images, classes=("cat", "deer", "ship")):
    """A comparison of images given as (label, prediction before, prediction after)."""
    rows = pd.DataFrame(images, columns=["label", "pred_before", "pred_after"])
    run = SimpleNamespace(classes=classes)
    return Comparison(run, run, "test", rows.assign(row=rows.index))


@pytest.fixture
def moved():
    return compared(
        (0, 1, 0), (0, 1, 0), (0, 1, 0),  # three errors of cat fixed, two of them made
        (0, 0, 1), (0, 2, 1),
        (1, 1, 0), (2, 0, 0), (2, 2, 2),  # one of deer made, one of ship kept
    )  # fmt: skip


def test_what_moved_most_comes_first(moved):
    cells = cell_changes(moved)[["label", "pred", "before", "after", "entered", "left"]]
    assert cells.to_numpy().tolist() == [
        [0, 1, 3, 2, 2, 3],
        [0, 0, 1, 3, 3, 1],
        [0, 2, 1, 0, 0, 1],
        [1, 0, 0, 1, 1, 0],
        [1, 1, 1, 0, 0, 1],
    ]
    lines = line_changes(moved)
    assert lines.to_numpy().tolist() == [
        [ANY, 1, 3, 2, 2, 3],
        [0, ANY, 4, 2, 1, 3],
        [1, ANY, 0, 1, 1, 0],
        [ANY, 0, 1, 2, 1, 0],
        [ANY, 2, 1, 0, 0, 1],
    ]
    assert list(lines.index) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("cell", "entered", "left"),
    [((0, 1), [3, 4], [0, 1, 2]), ((0, ANY), [3], [0, 1, 2]), ((ANY, 1), [3, 4], [0, 1, 2]),
     ((ANY, 0), [5], []), ((ANY, 2), [], [4]), ((2, ANY), [], []), ((0, 0), [0, 1, 2], [3]),
     ((1, 1), [], [5])],
)  # fmt: skip
def test_the_images_that_entered_and_left(moved, cell, entered, left):
    masks = cell_images(moved, *cell)
    rows = moved.rows["row"]
    assert (rows[masks["entered"]].tolist(), rows[masks["left"]].tolist()) == (entered, left)


def test_what_moved_as_much_stands_in_the_order_of_the_classes():
    """Of 40 classes, every other one lost two images to class 40, and the others one."""
    many = compared(*((k, k, 40) for k in range(40) for _ in range(2 - k % 2)), classes=range(41))
    cells = cell_changes(many)[["label", "pred"]].to_numpy().tolist()
    in_order = [*range(0, 40, 2), *range(1, 40, 2)]
    assert cells == [[k, pred] for k in in_order for pred in (k, 40)]
    assert line_changes(many)["label"].tolist() == [ANY, *in_order]
