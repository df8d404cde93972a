"""Every question asked of a run: DuckDB SQL over its Parquet file, reading only what it needs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from core import table_files
from core.errors import RunError
from core.predictions import COLUMNS, prob_column
from core.runs import Run
from core.selection import Selection
from core.table_files import Place

TILE_COLUMNS = ("row", "index", "path", "label", "pred", "correct", "confidence", "label_prob")


@cache
def _database() -> duckdb.DuckDBPyConnection:
    # A bounded engine: one dashboard shares a machine with training and other people.
    return duckdb.connect(config={"memory_limit": "600MB", "threads": os.cpu_count() or 1})


def warm_up() -> None:
    """Start the engine, so that the first question need not."""
    _database()


def ask(run: Run, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
    """The answer to `sql`, in which `run` stands for the predictions table.

    Raises:
        RunError: the table went missing or is damaged.
    """
    # A cursor a call: connections are not made to be shared by the threads of two sessions.
    with _database().cursor() as cursor:
        try:
            source = _source(run.table_path)
            return cursor.execute(f"WITH run AS (FROM {source}) {sql}", list(parameters)).df()
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


@lru_cache(maxsize=64)
def _columns(place: Place) -> tuple[str, ...]:
    found = _database().cursor().execute(f"DESCRIBE FROM {_source(place)}").df()
    return tuple(found["column_name"])


def column(run: Run, name: str) -> str:
    """The column as SQL names it.

    Names differ only in case for SQL, not for a data set with the classes `Cat` and `cat`: the
    probabilities are found by their place.
    """
    if name in COLUMNS:
        return f'"{name}"'
    names = [prob_column(c) for c in run.classes]
    if name not in names:
        raise RunError(f"There is no ranking {name!r} in run {run.id}.")
    found = _columns(run.table_path)[len(COLUMNS) + names.index(name)]
    return '"' + found.replace('"', '""') + '"'


def where(run: Run, selection: Selection) -> tuple[str, list[Any]]:
    """The selection as a WHERE clause and its parameters."""
    clauses, parameters = ["split = ?"], [selection.split]
    for name, ids in (("label", selection.labels), ("pred", selection.preds)):
        if ids:
            clauses.append(f"{name} IN ({', '.join('?' * len(ids))})")
            parameters += ids
    if selection.cells:
        clauses.append(f"(label, pred) IN ({', '.join(['(?, ?)'] * len(selection.cells))})")
        parameters += [value for cell in selection.cells for value in cell]
    if selection.correct is not None:
        clauses.append("correct" if selection.correct else "NOT correct")
    for name, low, high in selection.ranges:
        clauses.append(f"{column(run, name)} BETWEEN ?::FLOAT AND ?::FLOAT")
        parameters += [low, high]
    return " AND ".join(clauses), parameters


def count(run: Run, selection: Selection) -> tuple[int, int]:
    """How many images the selection has, and how many of them are errors."""
    clause, parameters = where(run, selection)
    sql = f"SELECT count(*) n, count(*) FILTER (NOT correct) errors FROM run WHERE {clause}"
    answer = ask(run, sql, parameters).iloc[0]
    return int(answer["n"]), int(answer["errors"])


def ranked(
    run: Run, selection: Selection, ranking: str, *, descending: bool, limit: int, offset: int = 0
) -> pd.DataFrame:
    """One page of the selection in the order of a ranking, whose value is the column `score`."""
    clause, parameters = where(run, selection)
    order = f"{column(run, ranking)} {'DESC' if descending else 'ASC'}, row"
    columns = ", ".join(f'"{name}"' for name in TILE_COLUMNS)
    # The page's row numbers first, from two narrow columns; then the rest for those rows alone.
    sql = (
        f", page AS (SELECT row, {column(run, ranking)} score FROM run WHERE {clause} "
        f"ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}) "
        f"SELECT {columns}, score FROM run JOIN page USING (row) "
        f"ORDER BY score {'DESC' if descending else 'ASC'}, row"
    )
    return ask(run, sql, parameters)


def confusion(run: Run, split: str) -> np.ndarray:
    """(K, K) counts, label by pred."""
    cells = confusion_cells(run, split)
    counts = np.zeros((len(run.classes), len(run.classes)), dtype=np.int64)
    counts[cells["label"], cells["pred"]] = cells["n"]
    return counts


def confusion_cells(run: Run, split: str) -> pd.DataFrame:
    """label, pred, n of every cell that is not empty."""
    sql = "SELECT label, pred, count(*)::INT n FROM run WHERE split = ? GROUP BY ALL ORDER BY ALL"
    return ask(run, sql, [split])


def random_per_class(run: Run, split: str, *, per_class: int, seed: int) -> pd.DataFrame:
    """`per_class` random images of each class; the same seed gives the same images."""
    columns = ", ".join(f'"{name}"' for name in TILE_COLUMNS)
    # md5 rather than DuckDB's own hash, which a new release may change.
    sql = (
        f", shuffled AS (SELECT *, md5(concat(row, ':', ?)) AS key FROM run WHERE split = ?) "
        f"SELECT {columns} FROM shuffled "
        "QUALIFY row_number() OVER (PARTITION BY label ORDER BY key) <= ? ORDER BY label, key"
    )
    return ask(run, sql, [seed, split, per_class])


def image(run: Run, row: int) -> pd.Series:
    """Every column of one row; the probabilities stand last, in class order."""
    found = ask(run, "FROM run WHERE row = ?", [row])
    if found.empty:
        raise RunError(f"Run {run.name} has no image in row {row}.")
    return found.iloc[0]


def find(run: Run, split: str, index: int) -> int | None:
    """The row of an image by its own index in its split."""
    found = ask(run, 'SELECT row FROM run WHERE split = ? AND "index" = ?', [split, index])
    return None if found.empty else int(found["row"].iloc[0])


def place(
    run: Run, selection: Selection, ranking: str, *, descending: bool, row: int
) -> tuple[int, int | None, int | None] | None:
    """Where an image stands in a ranked selection: its position from 0, and the rows beside it."""
    clause, parameters = where(run, selection)
    order = f"{column(run, ranking)} {'DESC' if descending else 'ASC'}, row"
    sql = (
        f", ordered AS (SELECT row, row_number() OVER w - 1 AS position, "
        f"lag(row) OVER w AS before, lead(row) OVER w AS after FROM run "
        f"WHERE {clause} WINDOW w AS (ORDER BY {order})) FROM ordered WHERE row = ?"
    )
    found = ask(run, sql, [*parameters, row])
    if found.empty:
        return None
    first = found.iloc[0]
    beside = [None if pd.isna(first[c]) else int(first[c]) for c in ("before", "after")]
    return int(first["position"]), beside[0], beside[1]


def rows(run: Run, ids: Sequence[int]) -> pd.DataFrame:
    """The tile columns and split of these rows, in the order asked for."""
    columns = ", ".join(f'run."{name}"' for name in (*TILE_COLUMNS, "split"))
    sql = (
        f"SELECT {columns} FROM run JOIN (SELECT unnest(?::INT[]) AS row, "
        "generate_subscripts(?::INT[], 1) AS place) asked ON run.row = asked.row ORDER BY place"
    )
    wanted = [int(i) for i in ids]
    return ask(run, sql, [wanted, wanted])


def export(run: Run, ids: Sequence[int]) -> pd.DataFrame:
    """Whole rows, with class names, for a CSV."""
    found = ask(
        run, "FROM run WHERE list_contains(?::INT[], row) ORDER BY row", [list(map(int, ids))]
    )
    return _named(run, found)


def export_selection(run: Run, selection: Selection) -> pd.DataFrame:
    """Whole rows of every image of a selection, with class names, for a CSV."""
    clause, parameters = where(run, selection)
    return _named(run, ask(run, f"FROM run WHERE {clause} ORDER BY row", parameters))


def _named(run: Run, found: pd.DataFrame) -> pd.DataFrame:
    names = np.array(run.classes, dtype=object)
    found.insert(found.columns.get_loc("pred") + 1, "label_name", names[found["label"]])
    found.insert(found.columns.get_loc("label_name") + 1, "pred_name", names[found["pred"]])
    return found


def extent(run: Run, split: str, columns: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Column -> (smallest, largest) value in a split."""
    parts = ", ".join(f"min({column(run, c)}), max({column(run, c)})" for c in columns)
    values = ask(run, f"SELECT {parts} FROM run WHERE split = ?", [split]).iloc[0].to_numpy(float)
    pairs = values.reshape(-1, 2)
    return {
        name: (float(low), float(high)) for name, (low, high) in zip(columns, pairs, strict=True)
    }


def splits(run: Run) -> list[str]:
    """The splits that the run has images of, test first."""
    found = set(ask(run, "SELECT DISTINCT split FROM run")["split"])
    return [split for split in ("test", "val", "train") if split in found]
