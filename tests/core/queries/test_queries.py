import numpy as np
import pandas as pd
import pytest

from core import queries
from core.errors import RunError
from core.queries.rankings import RANKINGS, ranking, rankings
from core.queries.selection import Selection
from core.runs.table import schema


def indices(found: pd.DataFrame) -> list[int]:
    return found["index"].tolist()


def ranked(run, ranking, *, descending=False, limit=10, offset=0, **selection):
    chosen = Selection(**selection)
    return queries.ranked(run, chosen, ranking, descending=descending, limit=limit, offset=offset)


def test_errors_of_a_class_least_probable_label_first(tiny_run):
    assert indices(ranked(tiny_run, "label_prob", labels=(1,), correct=False)) == [2, 3]


def test_errors_of_a_class_by_the_probability_of_another(tiny_run):
    found = ranked(tiny_run, "p_cat", descending=True, labels=(1,), correct=False)
    assert indices(found) == [2, 3]
    assert found["score"].tolist() == pytest.approx([0.9, 0.7])


def test_images_got_right_by_the_probability_of_any_class(tiny_run):
    assert indices(ranked(tiny_run, "p_cat", descending=True, correct=True)) == [0, 4, 5]


def test_cells_add_up(tiny_run):
    assert indices(ranked(tiny_run, "index", cells=((0, 1), (2, 2)))) == [1, 5]


def test_cells_are_no_rectangle_of_their_classes(tiny_run):
    assert indices(ranked(tiny_run, "index", cells=((0, 1), (1, 0)))) == [1, 2, 3]
    assert indices(ranked(tiny_run, "index", cells=((1, 0),))) == [2, 3]
    assert indices(ranked(tiny_run, "index", cells=((0, 1), (1, 0)), preds=(1,))) == [1]


def test_cells_of_one_class_and_of_one_prediction(tiny_run):
    assert indices(ranked(tiny_run, "index", cells=((1, 0), (1, 1)))) == [2, 3, 4]
    assert indices(ranked(tiny_run, "index", cells=((0, 1), (1, 1)))) == [1, 4]


def test_every_filter_narrows_the_selection(tiny_run):
    assert indices(ranked(tiny_run, "index", labels=(0, 2))) == [0, 1, 5]
    assert indices(ranked(tiny_run, "index", preds=(0, 1))) == [0, 1, 2, 3, 4]
    assert indices(ranked(tiny_run, "index", labels=(0, 1), preds=(1,))) == [1, 4]
    assert indices(ranked(tiny_run, "index", correct=False, preds=(0,))) == [2, 3]
    near = (("p_cat", 0.1, 0.8), ("p_deer", 0.0, 0.5))
    assert indices(ranked(tiny_run, "index", ranges=near)) == [0, 3]
    assert indices(ranked(tiny_run, "index", split="train")) == [0]


def test_ranges_include_both_ends(tiny_run):
    assert indices(ranked(tiny_run, "index", ranges=(("p_deer", 0.15, 0.6),))) == [0, 1, 3]


def test_pages_do_not_overlap(tiny_run):
    pages = [indices(ranked(tiny_run, "loss", limit=2, offset=k)) for k in (0, 2, 4)]
    assert sorted(index for page in pages for index in page) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("descending", "first"), [(True, [5, 1, 3, 4]), (False, [0, 2, 1, 3])])
def test_images_of_one_value_stand_in_the_tables_order(tiny_run, descending, first):
    found = ranked(tiny_run, "p_ship", descending=descending)
    assert indices(found)[:4] == first
    assert found["score"].tolist() == pytest.approx(sorted(found["score"], reverse=descending))


def test_a_page_has_what_a_tile_shows(tiny_run):
    [tile] = ranked(tiny_run, "p_cat", descending=True, limit=1).to_dict("records")
    assert tile == {
        "row": 2, "index": 2, "path": "", "label": 1, "pred": 0, "correct": False,
        "confidence": pytest.approx(0.9), "label_prob": pytest.approx(0.05),
        "score": pytest.approx(0.9),
    }  # fmt: skip


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("ranking", ["p_ship", "label_prob", "index"])  # p_ship has ties
@pytest.mark.parametrize(("limit", "offset"), [(2, 0), (2, 3), (4, 4), (9, 0), (3, 6)])
def test_a_page_far_down_is_the_page_that_sorting_gives(
    tiny_run, monkeypatch, ranking, descending, limit, offset
):
    options = {"descending": descending, "limit": limit, "offset": offset}
    expected = ranked(tiny_run, ranking, **options)
    assert len(expected) == max(0, min(limit, 6 - offset))
    monkeypatch.setattr("core.queries.listing.NEAR", 0)
    pd.testing.assert_frame_equal(ranked(tiny_run, ranking, **options), expected)


@pytest.mark.parametrize("name", [*RANKINGS, "p_ship"])
def test_every_ranking_ranks_and_has_help(tiny_run, name):
    found = ranked(tiny_run, name, descending=True)
    assert found["score"].is_monotonic_decreasing
    assert rankings(tiny_run)[name] == ranking(tiny_run, name)
    assert ranking(tiny_run, name).label
    assert ranking(tiny_run, name).help


def test_unknown_ranking_is_refused(tiny_run):
    with pytest.raises(RunError, match="no ranking 'p_dog'"):
        ranked(tiny_run, "p_dog")


def test_count(tiny_run):
    assert queries.count(tiny_run, Selection()) == (6, 3)
    assert queries.count(tiny_run, Selection(split="val")) == (1, 0)


def test_place_gives_position_and_neighbours(tiny_run):
    def place(row):
        return queries.place(tiny_run, Selection(), "label_prob", descending=False, row=row)

    assert place(2) == (0, None, 3)
    assert place(3) == (1, 2, 1)
    assert place(5) == (5, 4, None)
    assert place(6) is None


def test_place_among_images_of_one_value(tiny_run):
    """p_ship by rows: .05 .1 .05 .1 .1 .9, so 5, 1, 3, 4, 0, 2 from above."""

    def places(descending):
        options = {"descending": descending}
        return [queries.place(tiny_run, Selection(), "p_ship", row=k, **options) for k in range(6)]

    assert places(True) == [(4, 4, 2), (1, 5, 3), (5, 0, None), (2, 1, 4), (3, 3, 0), (0, None, 1)]
    assert places(False) == [(0, None, 2), (2, 2, 3), (1, 0, 1), (3, 1, 4), (4, 3, 5), (5, 4, None)]


def test_the_only_image_of_a_selection_has_no_neighbours(tiny_run):
    alone = Selection(labels=(2,))
    assert queries.place(tiny_run, alone, "loss", descending=True, row=5) == (0, None, None)


def test_random_images_repeat_with_the_seed(tiny_run):
    def draw(seed):
        return indices(queries.random_per_class(tiny_run, Selection(), per_class=1, seed=seed))

    assert draw(3) == draw(3)
    assert len({tuple(draw(seed)) for seed in range(20)}) > 1
    assert len(draw(3)) == 3


def test_random_images_stand_in_the_order_of_their_classes(save_tiny, tiny_table):
    turned = tiny_table[::-1].assign(row=np.arange(8, dtype=np.int32))
    found = queries.random_per_class(save_tiny(table=turned), Selection(), per_class=2, seed=0)
    assert found["label"].tolist() == [0, 0, 1, 1, 2]


def test_a_seed_gives_the_same_images_in_every_release(save_tiny, tiny_table):
    many = pd.concat([tiny_table[tiny_table["split"] == "test"]] * 100, ignore_index=True)
    many = many.assign(index=np.arange(600, dtype=np.int32), row=np.arange(600, dtype=np.int32))
    run = save_tiny(table=many, features=np.eye(600, 4))

    def draw(per_class, seed, **selection):
        chosen = Selection(**selection)
        return indices(queries.random_per_class(run, chosen, per_class=per_class, seed=seed))

    assert draw(2, 0) == [0, 366, 183, 92, 431, 11]
    assert draw(2, 7) == [415, 564, 346, 327, 359, 113]
    assert draw(3, 2**31 - 1, labels=(1,)) == [68, 243, 538]


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1, 1806910327])
def test_a_seed_may_be_any_whole_number(tiny_run, seed):
    draws = [queries.random_per_class(tiny_run, Selection(), per_class=1, seed=seed + wide)
             for wide in (0, 2**32, -(2**32), 2**64, 10**30 * 2**32)]  # fmt: skip
    assert {tuple(indices(draw)) for draw in draws} == {tuple(indices(draws[0]))}


def test_random_images_of_chosen_classes(tiny_run):
    found = queries.random_per_class(tiny_run, Selection(labels=(1,)), per_class=9, seed=0)
    assert sorted(indices(found)) == [2, 3, 4]
    wrong = Selection(labels=(1,), correct=False)
    assert not queries.random_per_class(tiny_run, wrong, per_class=9, seed=0)["correct"].any()


def test_rows_keep_the_order_asked_for(tiny_run):
    assert queries.rows(tiny_run, [5, 0, 7])["row"].tolist() == [5, 0, 7]


def test_image_and_find(tiny_run):
    assert queries.image(tiny_run, 2)["p_cat"] == pytest.approx(0.9)
    assert queries.find(tiny_run, "val", 1) == 7
    assert queries.find(tiny_run, "val", 2) is None
    with pytest.raises(RunError, match="no image in row 99"):
        queries.image(tiny_run, 99)


def test_class_names_are_data(save_tiny, tiny_table):
    names = ('a" FROM run OR 1=1 --', "Cat", "cat")
    renamed = dict(zip(["p_cat", "p_deer", "p_ship"], map(schema.prob_column, names), strict=True))
    run = save_tiny(classes=names, table=tiny_table.rename(columns=renamed))
    for old, new in renamed.items():
        found = ranked(run, new)["score"].to_numpy()
        expected = np.sort(tiny_table.query("split == 'test'")[old].to_numpy())
        assert np.array_equal(found, expected)
    written = queries.export(run, [0])
    assert [column for column in written if column in renamed.values()] == list(renamed.values())


def test_selection_in_words():
    chosen = Selection(labels=(1,), preds=(0,), correct=False)
    assert chosen.describe(("cat", "deer")) == "deer predicted as cat, errors in test"
    assert Selection().describe(()) == "all images in test"
    assert Selection(cells=((0, 1),)).describe(("a", "b")) == "a predicted as b in test"


@pytest.mark.parametrize(
    ("selection", "decided"),
    [(Selection(), False), (Selection(labels=(1,)), False), (Selection(correct=False), True),
     (Selection(cells=((1, 0), (2, 0))), True), (Selection(cells=((1, 0), (1, 1))), False),
     (Selection(labels=(1,), preds=(0, 2)), True), (Selection(labels=(1,), preds=(0, 1)), False)],
)  # fmt: skip
def test_a_selection_may_say_itself_which_images_are_errors(selection, decided):
    assert selection.decides() is decided
