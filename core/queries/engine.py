"""The engine that answers questions: DuckDB over the Parquet files of a predictions table."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from core.errors import RunError
from core.queries.selection import CONCEPT
from core.runs import Run, table_files
from core.runs.predictions import COLUMNS, prob_column
from core.runs.table_files import Place

# What stands in quotes is a name, which may be anybody's.
FROM_RUN = re.compile(r"""(?P<quoted>"(?:[^"]|"")*"|'(?:[^']|'')*')|\bFROM run\b""")


@cache
def _database() -> duckdb.DuckDBPyConnection:
    # A bounded engine: one dashboard shares a machine with training and other people.
    found = duckdb.connect(config={"memory_limit": "600MB", "threads": os.cpu_count() or 1})
    # The footer of a table of 1,000 classes takes longer to read than most answers.
    found.execute("SET GLOBAL parquet_metadata_cache = true")
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
        return answer.fetchnumpy()


@contextmanager
def _asked(run: Run, sql: str, parameters: Sequence[Any]) -> Iterator[duckdb.DuckDBPyConnection]:
    # A cursor a call: connections are not made to be shared by the threads of two sessions.
    with _database().cursor() as cursor:
        try:
            # In place, not as a view: naming 1,000 columns again takes longer than most answers.
            source = f"FROM {_source(run.table_path)} run"
            whole = FROM_RUN.sub(lambda found: found["quoted"] or source, sql)
            yield cursor.execute(whole, list(parameters))
        except (duckdb.BinderException, duckdb.ParserException, duckdb.OutOfMemoryException):
            raise  # ours to mend: the table is innocent
        except (duckdb.Error, OSError) as error:
            raise RunError(f"Run {run.id} is damaged: {str(error).splitlines()[0]}") from None


def _source(place: Place) -> str:
    """The table as SQL reads it."""
    found = table_files.files(place)
    if table_files.is_remote(place):
        _reach(found[0].partition("://")[0])
    return f"read_parquet([{', '.join(map(_literal, found))}])"


@cache
def _reach(scheme: str) -> None:
    """Let the engine read from this kind of object storage."""
    _database().register_filesystem(table_files.filesystem(f"{scheme}://"))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def column(run: Run, name: str) -> str:
    """The column as SQL names it.

    Names differ only in case for SQL, not for a data set with the classes `Cat` and `cat`: the
    probabilities are found by their place.
    """
    if name in COLUMNS:
        return f'"{name}"'
    if name.startswith(CONCEPT):
        # Concepts are learned from what this module answers, so they cannot be known above.
        from core.concepts.columns import scores_file

        scores = _literal(str(scores_file(run, name.removeprefix(CONCEPT))))
        return f"(SELECT s.score FROM read_parquet({scores}) s WHERE s.row = run.row)"
    names = [prob_column(c) for c in run.classes]
    if name not in names:
        raise RunError(f"There is no ranking {name!r} in run {run.id}.")
    found = _columns(run.table_path)[len(COLUMNS) + names.index(name)]
    return '"' + found.replace('"', '""') + '"'


@lru_cache(maxsize=64)
def _columns(place: Place) -> tuple[str, ...]:
    found = _database().cursor().execute(f"DESCRIBE FROM {_source(place)}").df()
    return tuple(found["column_name"])
