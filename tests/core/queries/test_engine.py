"""What may be asked of a table, and what is said where it cannot be answered."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest

from core import queries
from core.errors import RunError
from core.queries import engine
from core.queries.selection import Selection
from core.runs.columns import NUMBER, TEXT, Column


def ranked(run, name) -> list[int]:
    found = queries.ranked(run, Selection(), name, descending=True, limit=9)
    return found["row"].tolist()


@pytest.fixture
def marks(tmp_path):
    """A file that gives the third image 2 and the first 1, in a folder with a quotation mark."""
    file = tmp_path / "it's" / "marks.parquet"
    file.parent.mkdir()
    pd.DataFrame({"row": [2, 0], "score": [2.0, 1.0]}).to_parquet(file)
    return file


def test_a_question_that_is_wrong_is_no_fault_of_the_table(tiny_run):
    for sql, error in (
        ("SELECT nothing FROM run", duckdb.BinderException),
        ("SELECT FROM FROM run", duckdb.ParserException),
    ):
        with pytest.raises(error):
            engine.ask(tiny_run, sql)


@pytest.mark.parametrize("content", [None, b"", b"PAR1 and no more"])
def test_a_table_that_cannot_be_read_is_named(tiny_run, content):
    if content is None:
        tiny_run.table_path.unlink()
    else:
        tiny_run.table_path.write_bytes(content)
    for ask in (engine.names, queries.splits, lambda run: engine.arrays(run, "FROM run")):
        with pytest.raises(RunError, match=r"^Run tiny is damaged: [^\n]+$"):
            ask(tiny_run)


def test_what_a_table_fails_to_give_is_said_in_one_line_too(tiny_run):
    with pytest.raises(RunError, match=r"^Run tiny is damaged: [^\n]*convert[^\n]*$"):
        engine.ask(tiny_run, "SELECT path::INTEGER FROM run")


def test_a_table_that_contradicts_its_run_answers_nothing(tiny_run, tiny_table):
    tiny_table.assign(label=np.int16(2)).to_parquet(tiny_run.table_path, index=False)
    with pytest.raises(RunError, match="Run tiny is damaged: Column 'correct' contradicts"):
        queries.splits(tiny_run)


def test_what_stands_in_quotes_is_no_table(tiny_run):
    sql = """SELECT 'FROM run ''FROM run' AS "FROM run ""FROM run" FROM run LIMIT 1"""
    found = engine.ask(tiny_run, sql)
    assert found.columns.tolist() == ['FROM run "FROM run']
    assert found.iloc[0, 0] == "FROM run 'FROM run"


def test_a_path_may_hold_a_quotation_mark(save_tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", str(tmp_path / "it's"))
    assert queries.splits(save_tiny()) == ["test", "val", "train"]


def test_answers_come_as_arrays_too(tiny_run):
    found = engine.arrays(tiny_run, 'SELECT row, "index" FROM run WHERE split = ?', ["val"])
    assert {name: values.tolist() for name, values in found.items()} == {"row": [7], "index": [1]}


def test_a_gained_column_is_ranked_by_the_rows_that_it_has(tiny_run, marks):
    run = replace(tiny_run, columns=(Column("marks", "Marks", "x", file=lambda: marks),))
    assert ranked(run, "marks")[:2] == [2, 0]
    assert queries.extent(run, "test", ["marks"]) == {"marks": (1.0, 2.0)}
    assert queries.count(run, Selection(ranges=(("marks", 1.0, 1.0),))) == (1, 0)


def test_a_gained_column_takes_no_name_of_ours(tiny_run, marks):
    columns = [Column(name, "Mine", "x", file=lambda: marks) for name in ("loss", "p_cat")]
    run = replace(tiny_run, columns=tuple(columns))
    assert ranked(run, "loss") == ranked(tiny_run, "loss")
    assert ranked(run, "p_cat") == ranked(tiny_run, "p_cat")


def test_a_gained_column_without_a_file_is_the_tables_own(open_table, tiny_table):
    run = open_table(tiny_table.assign(iso=np.arange(8.0)))
    run = run.gaining([Column("iso", "ISO", "x"), Column("none", "None", "x")])
    assert ranked(run, "iso") == [5, 4, 3, 2, 1, 0]
    with pytest.raises(RunError, match="no ranking 'none' in run tiny"):
        ranked(run, "none")
    with pytest.raises(RunError, match="no column 'none' in run tiny"):
        engine.column(run, "none")


def test_a_gained_column_of_words_is_no_ranking(tiny_run, marks):
    run = replace(tiny_run, columns=(Column("tag", "Tag", "x", TEXT, lambda: marks),))
    with pytest.raises(RunError, match="'tag' holds no numbers to rank run tiny by"):
        ranked(run, "tag")


def test_a_gained_column_is_of_its_own_kind_where_the_table_has_its_name(
    open_table, tiny_table, marks
):
    run = open_table(tiny_table.assign(words="x", numbers=1.0))
    words, numbers = (Column(name, "x", "x", kind, lambda: marks)
                      for name, kind in (("words", NUMBER), ("numbers", TEXT)))  # fmt: skip
    run = run.gaining([words, numbers])
    assert ranked(run, "words")[:2] == [2, 0]
    with pytest.raises(RunError, match="'numbers' holds no numbers"):
        ranked(run, "numbers")


def test_of_several_gained_columns_the_one_that_is_named_is_asked(tiny_run, marks, tmp_path):
    pd.DataFrame({"row": range(8), "score": range(8)}).to_parquet(tmp_path / "rows.parquet")
    first = Column("marks", "Marks", "x", file=lambda: marks)
    second = Column("rows", "Rows", "x", file=lambda: tmp_path / "rows.parquet")
    for columns in ((first, second), (second, first)):
        run = replace(tiny_run, columns=columns)
        assert ranked(run, "rows") == [5, 4, 3, 2, 1, 0]
        assert ranked(run, "marks")[:2] == [2, 0]


def test_a_table_read_before_is_read_again_where_it_changed(tiny_run, tiny_table, open_table):
    assert "mine" not in engine.names(tiny_run)
    open_table(tiny_table.assign(mine=1.0))
    assert "mine" in engine.names(tiny_run)
