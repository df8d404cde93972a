from dataclasses import replace

import pytest

from core.evaluation.cells import ANY, cell_changes, cell_images, line_changes
from core.evaluation.comparison import compare
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
