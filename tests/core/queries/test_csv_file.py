"""Whole rows as a CSV, which the engine writes part by part."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.queries import csv_file
from core.queries.export import export_selection
from core.queries.selection import Selection
from core.runs.columns import TEXT, Column


def written(parts) -> pd.DataFrame:
    data = b"".join(parts)
    assert data.startswith(b"\xef\xbb\xbf")
    return pd.read_csv(io.BytesIO(data), encoding="utf-8-sig", keep_default_na=False)


def cells(parts) -> list[list[str]]:
    text = b"".join(parts).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cells_at_once", [1, 50, 1_000_000])
def test_it_holds_what_the_table_holds_in_its_order(tiny_run, monkeypatch, cells_at_once):
    monkeypatch.setattr(csv_file, "CELLS", cells_at_once)
    selection = Selection(correct=False)
    found = written(csv_file.of_selection(tiny_run, selection))
    pd.testing.assert_frame_equal(
        found, export_selection(tiny_run, selection), check_dtype=False, rtol=1e-6
    )
    assert found["label_name"].tolist() == ["cat", "deer", "deer"]
    assert written(csv_file.of_rows(tiny_run, [5, 0, 7]))["row"].tolist() == [0, 5, 7]


def test_without_rows_its_head_alone_is_written(tiny_run):
    assert len(cells(csv_file.of_rows(tiny_run, []))) == 1


def test_what_the_run_gained_stands_last(tiny_run, tmp_path):
    pd.DataFrame({"row": [2], "score": ["=1+1"]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"row": range(8), "score": np.arange(8) / 2}).to_parquet(tmp_path / "b.parquet")
    gained = (
        Column("a tag", "Tag", "x", TEXT, lambda: tmp_path / "a.parquet"),
        Column("margin", "Margin", "x", file=lambda: tmp_path / "b.parquet"),
    )
    head, *rows = cells(csv_file.of_rows(replace(tiny_run, columns=gained), [2, 5]))
    assert head[-2:] == ["a tag", "margin"]
    assert head.count("margin") == 1
    assert [row[-2] for row in rows] == ["'=1+1", ""]


def test_no_cell_is_a_formula_and_no_number_is_nothing(open_table, tiny_table):
    odd = ["=1+1", "+1", "-a", "@x", "\tx", "\rx", 'a,"b"', None]
    table = tiny_table.assign(**{"=note": odd, "n": [1.5, np.nan, *range(6)], "label_name": "own"})
    run = open_table(table)
    head, *rows = cells(csv_file.of_rows(run, range(8)))
    assert [row[head.index("'=note")] for row in rows] == [
        "'=1+1", "'+1", "'-a", "'@x", "'\tx", "'\rx", 'a,"b"', "",
    ]  # fmt: skip
    assert [row[head.index("n")] for row in rows][:2] == ["1.5", ""]
    assert rows[0][head.index("label_name (table)")] == "own"
    assert rows[0][head.index("correct")] in ("True", "False")


def test_its_size_is_told_before(tiny_run):
    told = csv_file.about_bytes(tiny_run, 8_000)
    size = len(b"".join(csv_file.of_rows(tiny_run, range(8)))) * 1_000
    assert 0.5 < told / size < 2
