"""A table that cannot be one is known by its footers, before a question fails on it."""

from __future__ import annotations

import os
import random

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import runs
from core.runs.table import footers, predictions


def damage(run: runs.Run, table: pd.DataFrame | pa.Table, **options) -> str:
    """What the list says of a run whose table is this one instead."""
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    pq.write_table(table, run.table_path, **options)
    os.utime(run.table_path, ns=(1, 1))
    [found] = runs.list_runs()
    return found.damage


@pytest.mark.parametrize("column", ["label", "pred"])
@pytest.mark.parametrize("value", [-1, 3, 99])
@pytest.mark.parametrize("statistics", [True, False])
def test_a_class_id_that_no_class_has(tiny_run, tiny_table, column, value, statistics):
    tiny_table.loc[5, column] = np.int16(value)
    found = damage(tiny_run, tiny_table, write_statistics=statistics)
    assert found == f"Column {column!r} holds class ids outside 0..2."


def test_a_missing_class_id(tiny_run, tiny_table):
    table = pa.Table.from_pandas(tiny_table, preserve_index=False)
    labels = pa.array([None, *tiny_table["label"][1:]], pa.int16())
    table = table.set_column(table.schema.names.index("label"), "label", labels)
    assert "'label' holds class ids outside" in damage(tiny_run, table)


@pytest.mark.parametrize("column", ["loss", "label", "p_deer", "correct", "row"])
def test_text_where_a_number_belongs(tiny_run, tiny_table, column):
    found = damage(tiny_run, tiny_table.astype({column: "str"}))
    assert f"Column {column!r} is str, it must be" in found


@pytest.mark.parametrize("statistics", [True, False])
@pytest.mark.parametrize("rows", [[0] * 8, [*range(1, 9)], [*range(7), 9]])
def test_rows_that_do_not_count(tiny_run, tiny_table, rows, statistics):
    miscounted = tiny_table.assign(row=np.array(rows, np.int32))
    assert "'row' must count 0" in damage(tiny_run, miscounted, write_statistics=statistics)


def test_parts_that_do_not_go_on(save_tiny, tiny_table, tmp_path):
    for number, rows in enumerate([slice(0, 3), slice(3, 5), slice(5, 8)]):
        predictions.write_part(tiny_table[rows], tmp_path / "table", number)
    run = save_tiny(table=tmp_path / "table")
    last, middle = run.table_path / "part-00002.parquet", run.table_path / "part-00001.parquet"
    last.replace(middle)
    assert "'row' must count 3" in runs.list_runs()[0].damage


def test_every_part_of_a_table_is_looked_at(save_tiny, tiny_table, tmp_path):
    predictions.write_part(tiny_table[:4], tmp_path / "table", 0)
    predictions.write_part(tiny_table[4:], tmp_path / "table", 1)
    run = save_tiny(table=tmp_path / "table")
    assert not runs.list_runs()[0].damage
    broken = tiny_table[4:].assign(pred=np.int16(7))
    broken.to_parquet(run.table_path / "part-00001.parquet", index=False)
    assert "'pred' holds class ids outside" in runs.list_runs()[0].damage


def test_what_was_looked_at_is_not_read_again(tiny_run, monkeypatch):
    opened, read = [], footers.pq.ParquetFile
    monkeypatch.setattr(footers.pq, "ParquetFile", lambda f: (opened.append(f), read(f))[1])
    os.utime(tiny_run.table_path, ns=(1, 1))
    for _ in range(3):
        assert footers.problem(tiny_run.told()) == ""
    assert len(opened) == 1


def test_no_damage_of_a_footer_hides_the_other_runs(save_tiny):
    save_tiny(run_id="whole")
    broken = save_tiny(run_id="broken")
    data = broken.table_path.read_bytes()
    footer = int.from_bytes(data[-8:-4], "little")
    random.seed(0)
    for at in random.sample(range(len(data) - 8 - footer, len(data) - 8), 150):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        broken.table_path.write_bytes(changed)
        os.utime(broken.table_path, ns=(at, at))
        found = {run.id: run.damage for run in runs.list_runs()}
        assert found["whole"] == ""
        assert found["broken"] == "" or "predictions" in found["broken"] or "Col" in found["broken"]


def test_two_columns_of_one_name(tiny_run, tiny_table):
    table = pa.Table.from_pandas(tiny_table, preserve_index=False)
    twice = table.append_column("loss", table["loss"])
    assert damage(tiny_run, twice) == "Two of its columns have the same name."
