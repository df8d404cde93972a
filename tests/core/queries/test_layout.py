"""Columns are found by their exact names, wherever they stand, and derived where they are not."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import queries, runs
from core.errors import RunError
from core.queries.layout import kind
from core.queries.rankings import measures, ranking, rankings
from core.queries.selection import Selection
from core.runs.columns import NUMBER, OTHER, TEXT, Column
from core.runs.table import predictions, schema

PROBABILITIES = ["p_cat", "p_deer", "p_ship"]
DERIVED = ["row", "correct", "confidence", "label_prob", "margin", "loss", "entropy"]
EXTRA = pd.DataFrame(
    {
        "iso": np.array([100, 210, 150, 50, 250, 25, 3, 4], dtype=np.uint8),
        "exposure": [0.5, np.inf, 0.1, np.nan, 0.3, 0.2, 0.9, 0.8],
        "weather": ["rain", "sun", None, "sun", "snow", "sun", "rain", "sun"],
        "indoor": [True, False, False, True, False, False, True, True],
        "boxes": [[1], [], [2, 3], [], [], [], [], []],
    }
)


def first(run, name, **selection) -> list[int]:
    chosen = Selection(**selection)
    return queries.ranked(run, chosen, name, descending=True, limit=9)["index"].tolist()


def orders(table):
    """The table with its columns in other orders, and with others among them."""
    extra = EXTRA.drop(columns="boxes")
    p, rest = table[PROBABILITIES], table.drop(columns=PROBABILITIES)
    yield pd.concat([extra, table], axis=1)
    yield pd.concat([rest, extra, p], axis=1)
    yield pd.concat([table, extra], axis=1)
    yield pd.concat([p[["p_ship", "p_cat", "p_deer"]], rest], axis=1)
    yield table[[*reversed(table.columns)]]
    clashing = {"LABEL": np.int16(9), "P_cat": 7.0, "Loss": -1.0, "row_1": 5}
    yield pd.concat([pd.DataFrame(clashing, index=table.index), table], axis=1)
    yield table.assign(**clashing)


@pytest.mark.parametrize("order", range(7))
def test_every_answer_is_right_whatever_the_order(open_table, tiny_table, order):
    table = list(orders(tiny_table))[order]
    run = open_table(table)
    assert first(run, "p_cat") == [2, 0, 3, 1, 4, 5]
    assert first(run, "p_deer", labels=(0,)) == [1, 0]
    assert first(run, "loss", correct=False) == [2, 3, 1]
    assert queries.extent(run, "test", ["p_ship"])["p_ship"] == pytest.approx((0.05, 0.9))
    assert queries.confusion(run, "test").tolist() == [[1, 1, 0], [2, 1, 0], [0, 0, 1]]
    probabilities = queries.probabilities(run, queries.image(run, 2))
    assert probabilities == pytest.approx([0.9, 0.05, 0.05])
    assert probabilities.dtype == float
    exported = queries.export(run, [1, 2])
    names = exported.drop(columns=["label_name", "pred_name"])
    pd.testing.assert_frame_equal(names, table.loc[[1, 2]].reset_index(drop=True))


def test_classes_in_another_order_than_the_columns(tiny_run, tiny_table, open_table):
    path = tiny_run.folder / "run.json"
    path.write_text(json.dumps(tiny_run.meta | {"classes": ["ship", "cat", "deer"]}))
    ids = {0: 1, 1: 2, 2: 0}
    renumbered = tiny_table.assign(
        label=tiny_table["label"].map(ids).astype("int16"),
        pred=tiny_table["pred"].map(ids).astype("int16"),
    )
    run = open_table(renumbered)
    assert first(run, "p_cat") == [2, 0, 3, 1, 4, 5]
    assert queries.probabilities(run, queries.image(run, 2)) == pytest.approx([0.05, 0.9, 0.05])
    assert queries.export(run, [2]).loc[0, ["label_name", "pred_name"]].tolist() == ["deer", "cat"]


@pytest.mark.parametrize("missing", [*([name] for name in DERIVED), DERIVED])
def test_what_a_table_lacks_follows_from_the_rest(open_table, tiny_table, missing):
    run = open_table(tiny_table.drop(columns=missing))
    found = queries.export(run, range(8))[[*schema.COLUMNS]]
    pd.testing.assert_frame_equal(
        found, tiny_table[[*schema.COLUMNS]], check_dtype=False, rtol=1e-5
    )
    assert first(run, "loss", correct=False) == [2, 3, 1]
    assert {*rankings(run)} == {*rankings(open_table(tiny_table))}
    assert queries.rows(run, [7, 2])["index"].tolist() == [1, 2]


def test_rows_count_on_through_parts_that_do_not_count_them(save_tiny, tiny_table, tmp_path):
    for number, some in enumerate([slice(0, 3), slice(3, 5), slice(5, 8)]):
        predictions.write_part(tiny_table[some], tmp_path / "table", number)
    run = save_tiny(table=tmp_path / "table")
    for file in run.table_path.iterdir():
        pq.write_table(pq.read_table(file).drop_columns(["row", "loss"]), file)
    run = runs.open_run(run.id)
    assert queries.export(run, range(8))["row"].tolist() == list(range(8))
    assert queries.image(run, 4)["index"] == 4
    assert queries.find(run, "val", 1) == 7


@pytest.mark.parametrize("how", ["missing", "null", "nan"])
def test_a_measure_without_values_is_no_ranking_and_breaks_nothing(
    open_table, tiny_table, tiny_run, how
):
    if how == "missing":
        run = open_table(tiny_table.drop(columns="sharpness"))
    elif how == "null":
        run = open_table(tiny_table.assign(sharpness=np.float32("nan")))
    else:
        table = pa.Table.from_pandas(tiny_table, preserve_index=False)
        nan = pa.array(np.full(8, np.nan, dtype=np.float32))
        at = table.schema.names.index("sharpness")
        pq.write_table(table.set_column(at, "sharpness", nan), tiny_run.table_path)
        run = runs.open_run("tiny")
    assert "sharpness" not in rankings(run)
    assert "brightness" in rankings(run)
    assert np.isnan(queries.image(run, 2)["sharpness"])
    assert queries.extent(run, "test", ["sharpness"]) == {"sharpness": (0.0, 0.0)}


def test_an_extra_column_of_numbers_without_any_is_no_ranking(open_table, tiny_table):
    run = open_table(tiny_table.assign(iso=np.array([None] * 8, dtype="float32"), gain=1.0))
    assert [column.name for column in measures(run)][-1] == "gain"


def test_extra_columns_are_ranked_filtered_and_exported(open_table, tiny_table):
    run = open_table(pd.concat([tiny_table, EXTRA], axis=1))
    assert [c.name for c in measures(run)][-2:] == ["iso", "exposure"]
    assert ranking(run, "iso").label == "iso"
    assert first(run, "iso") == [4, 1, 2, 0, 3, 5]
    assert queries.extent(run, "test", ["exposure"])["exposure"] == (0.1, 0.5)
    within = Selection(ranges=(("exposure", 0.1, 0.3),))
    assert queries.count(run, within) == (3, 1)
    sunny = Selection(values=(("weather", ("sun", "snow")), ("indoor", ("false",))))
    assert queries.count(run, sunny) == (3, 1)
    assert sunny.describe(run.classes).endswith("weather sun or snow, indoor false in test")
    assert queries.export(run, [2])["boxes"].tolist()[0].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("name", "said"),
    [("weather", "Column 'weather' holds no numbers"), ("boxes", "Column 'boxes' holds no numbers"),
     ("nothing", "There is no ranking 'nothing'")],
)  # fmt: skip
def test_only_numbers_are_ranked(open_table, tiny_table, name, said):
    run = open_table(pd.concat([tiny_table, EXTRA], axis=1))
    with pytest.raises(RunError, match=f"^{said}"):
        first(run, name)
    assert name not in rankings(run)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize(("limit", "offset"), [(9, 0), (2, 3), (2, 4)])
def test_images_without_a_value_stand_last(
    open_table, tiny_table, monkeypatch, descending, limit, offset
):
    run = open_table(pd.concat([tiny_table, EXTRA], axis=1))
    options = {"descending": descending, "limit": limit, "offset": offset}
    near = queries.ranked(run, Selection(), "exposure", **options)
    order = [0, 4, 5, 2] if descending else [2, 5, 4, 0]
    assert near["index"].tolist() == [*order, 1, 3][offset : offset + limit]
    monkeypatch.setattr("core.queries.listing.NEAR", 0)
    far = queries.ranked(run, Selection(), "exposure", **options)
    pd.testing.assert_frame_equal(far, near)
    places = [queries.place(run, Selection(), "exposure", descending=descending, row=row)
              for row in (1, 3)]  # fmt: skip
    assert places == [(4, order[-1], 3), (5, 1, None)]


def test_an_exported_table_may_come_back(open_table, tiny_table):
    again = tiny_table.assign(label_name="mine", pred_name="mine", **{"concept:fence": 0.5})
    found = queries.export(open_table(again), [0])
    assert found.loc[0, ["label_name", "label_name (table)"]].tolist() == ["cat", "mine"]
    assert found.loc[0, "concept:fence"] == 0.5


def test_columns_beside_ours_keep_their_own_whatever_they_are_called(open_table, tiny_table):
    """For SQL LABEL is label; the names that would tell them apart are taken as well."""
    others = {"LABEL": 9.0, "label_of_the_table": 8.0, "LABEL_of_the_table_": 7.0, "P_ALL": 6.0}
    before = pd.DataFrame(others, index=tiny_table.index)
    run = open_table(pd.concat([before, tiny_table.drop(columns="loss")], axis=1))
    for name, value in others.items():
        assert queries.extent(run, "test", [name]) == {name: (value, value)}
    assert queries.confusion(run, "test").tolist() == [[1, 1, 0], [2, 1, 0], [0, 0, 1]]
    assert first(run, "loss", correct=False) == [2, 3, 1]


@pytest.mark.parametrize(
    ("sql_type", "found"),
    [("FLOAT", NUMBER), ("DOUBLE", NUMBER), ("TINYINT", NUMBER), ("UBIGINT", NUMBER),
     ("UHUGEINT", NUMBER), ("DECIMAL(10,2)", NUMBER), ("VARCHAR", TEXT), ("BOOLEAN", TEXT),
     ("ENUM('a', 'b')", TEXT), ("INTEGER[]", OTHER), ("DECIMAL(10,2)[]", OTHER),
     ("VARCHAR[]", OTHER), ("ENUM('a')[3]", OTHER), ("DATE", OTHER), ("STRUCT(a INTEGER)", OTHER)],
)  # fmt: skip
def test_what_can_be_done_with_a_column_of_a_type(sql_type, found):
    assert kind(sql_type) == found


def test_parts_with_their_columns_in_another_order(save_tiny, tiny_table, tmp_path):
    predictions.write_part(tiny_table[:4], tmp_path / "table", 0)
    predictions.write_part(tiny_table[4:], tmp_path / "table", 1)
    run = save_tiny(table=tmp_path / "table")
    turned = tiny_table[4:][[*reversed(tiny_table.columns)]]
    turned.to_parquet(run.table_path / "part-00001.parquet", index=False)
    assert "different columns" in runs.list_runs()[0].damage


def test_a_path_is_no_column(tmp_path, monkeypatch, save_tiny):
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", str(tmp_path / "split=train"))
    assert queries.splits(save_tiny()) == ["test", "val", "train"]


def test_another_table_under_the_same_name_is_laid_out_anew(open_table, tiny_table):
    assert first(open_table(tiny_table), "p_cat") == [2, 0, 3, 1, 4, 5]
    assert first(open_table(tiny_table[[*reversed(tiny_table.columns)]]), "p_cat")[0] == 2


def test_a_gained_column_wins_over_one_of_the_table(open_table, tiny_table, tmp_path):
    file = tmp_path / "gained.parquet"
    pd.DataFrame({"row": range(8), "score": [0, 0, 1, 0, 0, 2, 0, 0]}).to_parquet(file)
    table = tiny_table.assign(mine=1.0)
    gained = Column("mine", "Mine", "of nobody else", file=lambda: file)
    run = open_table(table).gaining([gained, Column("tag", "Tag", "", TEXT, lambda: file)])
    assert first(run, "mine")[:2] == [5, 2]
    assert next(iter(rankings(run))) == "mine"
    assert [column.name for column in measures(run)].count("mine") == 1
    assert "tag" not in rankings(run)
    assert queries.count(run, Selection(values=(("tag", ("1",)),))) == (1, 1)
    exported = queries.with_columns(run, queries.export(run, [2, 5]), ["mine", "tag"])
    assert exported["mine"].tolist() == [1, 2]
