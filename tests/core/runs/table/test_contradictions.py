"""A table that contradicts itself or run.json is not opened without a word."""

import json
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import queries, runs
from core.errors import RunError
from core.queries.selection import Selection
from core.runs.table import contradictions, predictions, schema


def put(run: runs.Run, table: pd.DataFrame) -> None:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), run.table_path)


def refused(run: runs.Run) -> str:
    """Why a run is not opened."""
    with pytest.raises(RunError) as caught:
        runs.open_run(run.id)
    assert "\n" not in str(caught.value)
    return str(caught.value).partition("damaged: ")[2]


def changed(table: pd.DataFrame, **values) -> pd.DataFrame:
    """The table with other values in its row 2, a deer taken for a cat."""
    table = table.copy()
    for name, value in values.items():
        table.loc[2, name] = np.asarray(value, dtype=table[name].dtype)
    return table


COUNTED = {
    "the last part is missing": lambda t: t[:5],
    "half of the rows": lambda t: t[::2].assign(row=np.arange(4, dtype=np.int32)),
    "one row": lambda t: t[:1],
    "train alone": lambda t: t[6:7].assign(row=np.int32(0)),
    "a row more": lambda t: pd.concat([t, t[:1].assign(row=np.int32(8), index=np.int32(9))]),
}
SPLITS = {
    "holdout": lambda t: t.assign(split=t["split"].replace("test", "holdout")),
    "markup": lambda t: t.assign(split=t["split"].replace("val", "<b>x</b>")),
}
READ = {
    "correct turned": (lambda t: t.assign(correct=~t["correct"]), "'correct' contradicts"),
    "label changed": (lambda t: changed(t, label=0), "contradicts"),
    "label and all that follows": (
        lambda t: again(changed(t, label=0)),
        "4 right answers on test, but run.json says 3",
    ),
    "pred not the largest": (lambda t: changed(t, pred=1), "'pred' is not the class"),
    "a probability missing": (lambda t: changed(t, p_cat=np.nan), "not a number"),
    "all probabilities missing": (
        lambda t: t.assign(**dict.fromkeys(["p_cat", "p_deer", "p_ship"], np.float32("nan"))),
        "not a number",
    ),
    "infinite": (lambda t: changed(t, p_cat=np.inf), "not a number"),
    "negative": (lambda t: changed(t, p_cat=-0.9), "negative"),
    "sum to 7": (lambda t: changed(t, p_ship=6.05), "sum to 1"),
    "loss missing": (lambda t: changed(t, loss=np.nan), "'loss' contradicts"),
    "loss negative": (lambda t: changed(t, loss=-1), "'loss' contradicts"),
    "backwards": (lambda t: t.assign(row=t["row"].to_numpy()[::-1]), "must count"),
    "two rows swapped": (lambda t: t.iloc[[1, 0, *range(2, 8)]], "must count"),
    "rows doubled": (
        lambda t: t.assign(row=np.array([0, 0, 0, *range(3, 8)], np.int32)),
        "must count",
    ),
    "index doubled": (lambda t: changed(t, index=1), "name one image twice"),
    "confidence": (lambda t: changed(t, confidence=0.2), "'confidence' contradicts"),
    "margin": (lambda t: changed(t, margin=0.2), "'margin' contradicts"),
    "entropy": (lambda t: changed(t, entropy=9), "'entropy' contradicts"),
    "label_prob": (lambda t: changed(t, label_prob=0.5), "'label_prob' contradicts"),
    "a measure is infinite": (lambda t: changed(t, contrast=np.inf), "'contrast' holds"),
}


def again(table: pd.DataFrame) -> pd.DataFrame:
    """What follows from labels and probabilities, computed anew."""
    kept = table[[*schema.REQUIRED, "p_cat", "p_deer", "p_ship"]]
    return predictions.complete(kept, ("cat", "deer", "ship"))


@pytest.mark.parametrize("case", COUNTED)
def test_images_are_counted_before_any_is_read(tiny_run, tiny_table, case):
    put(tiny_run, COUNTED[case](tiny_table))
    assert "images, but run.json says" in runs.list_runs()[0].damage
    assert "images, but run.json says" in refused(tiny_run)


def test_a_table_that_is_there_twice(tiny_run, tiny_table):
    put(tiny_run, pd.concat([tiny_table, tiny_table]))
    assert "'row' must count" in runs.list_runs()[0].damage
    put(tiny_run, pd.concat([tiny_table, tiny_table]).drop(columns="row"))
    assert "The table has 12 test images, but run.json says 6." in runs.list_runs()[0].damage


@pytest.mark.parametrize("case", SPLITS)
def test_splits_that_there_are_not(tiny_run, tiny_table, case):
    put(tiny_run, SPLITS[case](tiny_table))
    assert runs.list_runs()[0].damage == (
        "Column 'split' holds something other than train, val, test."
    )


@pytest.mark.parametrize("column", ["split", "path"])
def test_a_text_that_is_missing(tiny_run, tiny_table, column):
    put(tiny_run, tiny_table.assign(**{column: [None, *tiny_table[column][1:]]}))
    assert f"Column {column!r} has no value in some row" in refused(tiny_run)


@pytest.mark.parametrize("case", READ)
def test_a_table_is_read_through_once(tiny_run, tiny_table, case):
    change, reason = READ[case]
    put(tiny_run, change(tiny_table))
    assert runs.list_runs()[0].damage == ""
    assert reason in refused(tiny_run)
    assert reason in runs.list_runs()[0].damage


def test_an_opened_run_is_read_through_at_its_first_question(tiny_run, tiny_table):
    put(tiny_run, changed(tiny_table, loss=-1))
    with pytest.raises(RunError, match="Run tiny is damaged: Column 'loss'"):
        queries.count(tiny_run, Selection())


def test_right_answers_that_are_not_the_tables(tiny_run):
    metrics = {**tiny_run.meta["metrics"], "test": {"n": 6, "right": 0, "accuracy": 0.5}}
    (tiny_run.folder / "run.json").write_text(json.dumps(tiny_run.meta | {"metrics": metrics}))
    assert refused(tiny_run) == "The table has 3 right answers on test, but run.json says 0."


def test_a_mended_table_opens_again(tiny_run, tiny_table):
    put(tiny_run, changed(tiny_table, loss=-1))
    refused(tiny_run)
    put(tiny_run, tiny_table)
    assert runs.open_run("tiny").metrics["test"]["accuracy"] == 0.5


def test_a_large_table_is_read_in_the_background(tiny_run, tiny_table, monkeypatch):
    monkeypatch.setattr(contradictions, "SMALL", 0)
    monkeypatch.setattr(contradictions, "LATER", 0.01)
    put(tiny_run, changed(tiny_table, loss=-1))
    assert runs.open_run("tiny").id == "tiny"
    wait_for(lambda: runs.list_runs()[0].damage)
    assert "'loss' contradicts" in runs.list_runs()[0].damage
    with pytest.raises(RunError, match="'loss' contradicts"):
        queries.count(tiny_run, Selection())


def wait_for(holds) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_table_is_read_once_for_each_state_of_it(tiny_run, monkeypatch):
    read, looked = contradictions._look, []
    monkeypatch.setattr(contradictions, "_look", lambda told: (looked.append(told), read(told)))
    put(tiny_run, predictions.read(tiny_run.table_path, tiny_run.classes))
    for _ in range(3):
        queries.count(runs.open_run("tiny"), Selection())
    assert len(looked) == 1


def test_the_pieces_of_a_table_are_checked_as_one(tiny_run, tiny_table, monkeypatch):
    monkeypatch.setattr(contradictions, "AT_ONCE", 18 * 2)
    put(tiny_run, tiny_table)
    assert runs.open_run("tiny").id == "tiny"
    put(tiny_run, changed(tiny_table, index=0))
    assert "name one image twice" in refused(tiny_run)


def test_a_table_is_not_saved_that_contradicts_itself(save_tiny, tiny_table):
    with pytest.raises(RunError, match="'pred' is not the class"):
        save_tiny(table=changed(tiny_table, pred=1))


def test_a_table_is_saved_with_what_it_lacked(save_tiny, tiny_table):
    bare = tiny_table[["p_cat", "p_ship", "p_deer", *schema.REQUIRED]].assign(iso=100)
    run = save_tiny(table=bare)
    assert pq.read_schema(run.table_path).names == [
        *schema.COLUMNS, "p_cat", "p_ship", "p_deer", "iso",
    ]  # fmt: skip
    assert run.metrics["test"]["right"] == 3
