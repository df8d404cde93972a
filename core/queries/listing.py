"""Every question asked of a run: SQL over its Parquet files, reading only what it needs.

None sorts or holds the whole table: at most two columns of it are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.errors import RunError
from core.queries.engine import arrays, ask, column, gained, names, number
from core.queries.selection import Selection
from core.runs import Run
from core.runs.table.schema import prob_column

TILE_COLUMNS = ("row", "index", "path", "label", "pred", "correct", "confidence", "label_prob")
NEAR = (
    2000  # rows from the top: so far the engine keeps the best as it reads, further is a partition
)

Rows = Sequence[int] | np.ndarray  # row numbers of a run's table


def where(run: Run, selection: Selection) -> tuple[str, list[Any]]:
    """The selection as a WHERE clause and its parameters."""
    clauses: list[str] = ["split = ?"]
    parameters: list[Any] = [selection.split]
    for name, ids in (("label", selection.labels), ("pred", selection.preds)):
        if ids:
            clauses.append(f"{name} IN ({', '.join('?' * len(ids))})")
            parameters += ids
    if selection.cells:
        clause, values = _in_cells(selection.cells)
        clauses.append(clause)
        parameters += values
    if selection.correct is not None:
        clauses.append("correct" if selection.correct else "NOT correct")
    for name, low, high in selection.ranges:
        sql, kind = number(run, name)
        clauses.append(f"{sql} BETWEEN ?::{kind} AND ?::{kind}")
        parameters += [low, high]
    for name, values in selection.values:
        clauses.append(
            f"{column(run, name)}::VARCHAR IN ({', '.join('?' * len(values)) or 'NULL'})"
        )
        parameters += values
    return " AND ".join(clauses), parameters


def _in_cells(cells: Sequence[tuple[int, int]]) -> tuple[str, list[int]]:
    # A pair is compared row by row; each column alone first, as the file's statistics skip by that.
    labels, preds = ({cell[k] for cell in cells} for k in (0, 1))
    marks = [", ".join("?" * len(ids)) for ids in (labels, preds)]
    pairs = ", ".join(["(?, ?)"] * len(cells))
    clause = f"label IN ({marks[0]}) AND pred IN ({marks[1]}) AND (label, pred) IN ({pairs})"
    values = [*labels, *preds, *(value for cell in cells for value in cell)]
    return (clause, values) if len(cells) > 1 else ("label = ? AND pred = ?", list(cells[0]))


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
    page = _near if offset + limit <= NEAR else _far
    ids, scores = page(run, selection, ranking, descending, limit, offset)
    # The page's row numbers first, from few columns; then the rest for those rows alone.
    return _of_rows(run, TILE_COLUMNS, ids).assign(score=scores)


def _near(
    run: Run, selection: Selection, ranking: str, descending: bool, limit: int, offset: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and scores of a page near the top."""
    clause, parameters = where(run, selection)
    order = f"score {'DESC' if descending else 'ASC'}, row"
    sql = (
        f"SELECT row, {number(run, ranking)[0]} score FROM run WHERE {clause} "
        f"ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}"
    )
    found = ask(run, sql, parameters)
    return found["row"].to_numpy(), found["score"].to_numpy()


def _far(
    run: Run, selection: Selection, ranking: str, descending: bool, limit: int, offset: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and scores of any page: what ranks within it is found without sorting the rest."""
    ids, scores = _scores(run, selection, ranking)
    found = _slice(ids, -scores if descending else scores, offset, limit)
    return ids[found], scores[found]


def _scores(run: Run, selection: Selection, ranking: str) -> tuple[np.ndarray, np.ndarray]:
    """Row and ranking value of every image of a selection."""
    clause, parameters = where(run, selection)
    sql = f"SELECT row, {number(run, ranking)[0]} score FROM run WHERE {clause}"
    found = arrays(run, sql, parameters)
    return found["row"], np.ma.filled(found["score"], np.nan)


def _slice(ids: np.ndarray, keys: np.ndarray, offset: int, limit: int) -> np.ndarray:
    """Positions of those that stand from `offset` on when ordered by key, then by id.

    Those without a key stand last.
    """
    last = min(offset + limit, len(keys)) - 1
    if last < offset:
        return np.zeros(0, dtype=int)
    if np.isnan(keys).any():
        return np.lexsort((ids, keys))[offset : last + 1]
    low, high = np.partition(keys, [offset, last])[[offset, last]]
    within = np.flatnonzero((keys >= low) & (keys <= high))
    ordered = within[np.lexsort((ids[within], keys[within]))]
    before = np.count_nonzero(keys < low)
    return ordered[offset - before : last + 1 - before]


def _of_rows(run: Run, columns: Sequence[str], ids: Rows) -> pd.DataFrame:
    """These columns of these rows, in the order asked for."""
    # Numbers in the text, not parameters: so the file's statistics skip all other pages.
    listed = ", ".join(str(int(i)) for i in ids)
    names = ", ".join(f'"{name}"' for name in columns)
    clause = f"row IN ({listed}) ORDER BY list_position([{listed}], row)" if listed else "false"
    return ask(run, f"SELECT {names} FROM run WHERE {clause}")


def random_per_class(run: Run, selection: Selection, *, per_class: int, seed: int) -> pd.DataFrame:
    """`per_class` random images of each class selected; a seed gives the same images again."""
    clause, parameters = where(run, selection)
    # A mixing of 32 bits written out, as DuckDB's own hash may change with a release.
    sql = (
        f"WITH a AS (SELECT label, row, ((row + ?::BIGINT) & 4294967295)::UBIGINT h "
        f"FROM run WHERE {clause}), "
        "b AS (SELECT label, row, (xor(h, h >> 16) * 2146121005) & 4294967295 h FROM a), "
        "c AS (SELECT label, row, (xor(h, h >> 15) * 2221713035) & 4294967295 h FROM b) "
        "SELECT min_by(row, xor(h, h >> 16), ?) ids FROM c GROUP BY label ORDER BY label"
    )
    start = int(seed) * 2654435769 % 2**32  # here: SQL's numbers end at 64 bits
    found = ask(run, sql, [start, *parameters, int(per_class)])["ids"]
    return _of_rows(run, TILE_COLUMNS, [i for ids in found for i in ids])


def image(run: Run, row: int) -> pd.Series:
    """Every column of one row by its exact name; see `probabilities` for those of the classes."""
    found = ask(run, "FROM run WHERE row = ?", [row])
    if found.empty:
        raise RunError(f"Run {run.name} has no image in row {row}.")
    found.columns = names(run)
    one = found.iloc[0].copy()
    for name in gained(run):
        one[name] = ask(run, f"SELECT {column(run, name)} v FROM run WHERE row = ?", [row])["v"][0]
    return one


def probabilities(run: Run, found: pd.Series) -> np.ndarray:
    """(K,) of a row that `image` gave, in the order of the classes."""
    return found[[prob_column(name) for name in run.classes]].to_numpy(dtype=float)


def find(run: Run, split: str, index: int) -> int | None:
    """The row of an image by its own index in its split."""
    found = ask(run, 'SELECT row FROM run WHERE split = ? AND "index" = ?', [split, index])
    return None if found.empty else int(found["row"].iloc[0])


def place(
    run: Run, selection: Selection, ranking: str, *, descending: bool, row: int
) -> tuple[int, int | None, int | None] | None:
    """Where an image stands in a ranked selection: its position from 0, and the rows beside it."""
    ids, scores = _scores(run, selection, ranking)
    keys = -scores if descending else scores
    own = keys[ids == row]
    if not len(own):
        return None
    if np.isnan(own[0]):
        before = ~np.isnan(keys) | (ids < row)
    else:
        before = (keys < own[0]) | ((keys == own[0]) & (ids < row))
    position = int(np.count_nonzero(before))
    around = ids[_slice(ids, keys, max(position - 1, 0), 2 + (position > 0))].tolist()
    here = around.index(row)
    left, right = around[:here], around[here + 1 :]
    return position, left[-1] if left else None, right[0] if right else None


def rows(run: Run, ids: Rows) -> pd.DataFrame:
    """The tile columns and split of these rows, in the order asked for."""
    return _of_rows(run, (*TILE_COLUMNS, "split"), ids)
