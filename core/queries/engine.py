"""The engine that answers questions: DuckDB over the Parquet files of a predictions table."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import RunError, first_line
from core.queries.layout import DOUBLE, FLOAT, Layout, laid_out
from core.runs import Run
from core.runs.columns import NUMBER
from core.runs.table import footers, table_files
from core.runs.table.table_files import State

# What stands in quotes is a name, which may be anybody's.
FROM_RUN = re.compile(r"""(?P<quoted>"(?:[^"]|"")*"|'(?:[^']|'')*')|\bFROM run\b""")


@cache
def _database() -> duckdb.DuckDBPyConnection:
    # A bounded engine: one dashboard shares a machine with training and other people.
    found = duckdb.connect(config={"memory_limit": "600MB", "threads": os.cpu_count() or 1})
    # The footer of a table of 1,000 classes takes longer to read than most answers.
    found.execute("SET GLOBAL parquet_metadata_cache = true")
    # Else its allocator keeps what a long answer took.
    found.execute("SET GLOBAL allocator_background_threads = true")
    found.execute("SET GLOBAL allocator_flush_threshold = '16MB'")
    return found


def warm_up() -> None:
    """Start the engine, so that the first question need not."""
    _database()


def ask(run: Run, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
    """The answer to `sql`, in which `FROM run` stands for the predictions table.

    Raises:
        RunError: the table went missing or is damaged.
    """
    with _asked(run, sql, parameters) as answer:
        return answer.df()


def arrays(run: Run, sql: str, parameters: Sequence[Any] = ()) -> dict[str, np.ndarray]:
    """The answer as one array a column, for answers as long as the table; see `ask`."""
    with _asked(run, sql, parameters) as answer:
        # A Categorical comes of an ENUM alone, and no table has one.
        return answer.fetchnumpy()  # ty: ignore[invalid-explicit-return]


@contextmanager
def _asked(run: Run, sql: str, parameters: Sequence[Any]) -> Generator[duckdb.DuckDBPyConnection]:
    run.check()
    # A cursor a call: connections are not made to be shared by the threads of two sessions.
    with _database().cursor() as cursor:
        try:
            # In place, not as a view: naming 1,000 columns again takes longer than most answers.
            source = f"{layout(run).source} run"
            whole = FROM_RUN.sub(lambda found: found["quoted"] or source, sql)
            yield cursor.execute(whole, list(parameters))
        except (duckdb.BinderException, duckdb.ParserException, duckdb.OutOfMemoryException):
            raise  # ours to mend: the table is innocent
        except (duckdb.Error, OSError) as error:
            raise RunError(f"Run {run.id} is damaged: {first_line(error)}") from None


def layout(run: Run) -> Layout:
    """How SQL reads the table of a run; kept for as long as its files stay as they are.

    Raises:
        RunError: the table went missing or is damaged.
    """
    try:
        return _layout(table_files.state(run.table_path), run.classes)
    except (duckdb.Error, pa.ArrowException, OSError, ValueError) as error:
        raise RunError(f"Run {run.id} is damaged: {first_line(error)}") from None


@lru_cache(maxsize=64)
def _layout(state: State, classes: tuple[str, ...]) -> Layout:
    found = [file for file, *_ in state]
    if table_files.is_remote(found[0]):
        _reach(found[0].partition("://")[0])
    listed = f"[{', '.join(map(_literal, found))}]"
    # Not by the folders: `a=b/` in a path would be one more column.
    source = f"FROM read_parquet({listed}, hive_partitioning = false)"
    with table_files.opened(found[0]) as stream:
        exact = pq.read_schema(stream).names
    with _database().cursor() as cursor:
        told = cursor.execute(f"DESCRIBE {source}").fetchall()
        counts = _counts(cursor, listed) if "row" not in exact else []
    firsts = [sum(counts[:k]) for k in range(len(counts))]
    given, types = [row[0] for row in told], [row[1] for row in told]
    return laid_out(source, exact, given, types, classes, firsts, footers.bare(state, classes))


def _counts(cursor: duckdb.DuckDBPyConnection, listed: str) -> list[int]:
    """How many rows each file has."""
    sql = f"SELECT file_name, num_rows FROM parquet_file_metadata({listed}) ORDER BY file_name"
    return [n for _, n in cursor.execute(sql).fetchall()]


@cache
def _reach(scheme: str) -> None:
    """Let the engine read from this kind of object storage."""
    _database().register_filesystem(table_files.filesystem(f"{scheme}://"))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def names(run: Run) -> list[str]:
    """The exact names of the columns that `FROM run` gives, in their order."""
    return list(layout(run).names)


def column(run: Run, name: str) -> str:
    """A column as SQL names it: one of the table, by its exact name, or one that the run gained.

    What the table has no values of may be gained later, as measures of images are.

    Raises:
        RunError: the run has no such column.
    """
    found = layout(run)
    if name in found.sql and name not in {*found.extra, *found.bare}:
        return found.sql[name]
    for gained in run.columns:
        if gained.name == name and gained.file:
            return (
                f"(SELECT s.score FROM read_parquet({_literal(str(gained.file()))}) s "
                "WHERE s.row = run.row)"
            )
    if name not in found.sql:
        raise RunError(f"There is no column {name!r} in run {run.id}.")
    return found.sql[name]


def gained(run: Run) -> list[str]:
    """The columns that the table has no values of and the run gained."""
    bare = layout(run).bare
    return [each.name for each in run.columns if each.name in bare]


def number(run: Run, name: str) -> tuple[str, str]:
    """A column to rank by or to compare, as SQL: its values, and the type to compare them with.

    What is no finite number in a column of the table's own is NULL, which stands last.

    Raises:
        RunError: the run has no such column, or it holds no numbers.
    """
    found, gained = layout(run), {each.name: each.kind for each in run.columns}
    try:
        sql = column(run, name)
    except RunError:
        raise RunError(f"There is no ranking {name!r} in run {run.id}.") from None
    if name not in found.extra or name in gained:
        if gained.get(name, NUMBER) != NUMBER:
            raise RunError(f"Column {name!r} holds no numbers to rank run {run.id} by.")
        return sql, FLOAT
    if found.extra[name] != NUMBER:
        raise RunError(f"Column {name!r} holds no numbers to rank run {run.id} by.")
    return f"(CASE WHEN isfinite({sql}::DOUBLE) THEN {sql}::DOUBLE END)", DOUBLE
