"""Every question asked of a run: SQL over its Parquet files, reading only what it needs.

None sorts or holds the whole table: at most two columns of it are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.engine import arrays, ask, column
from core.errors import RunError
from core.predictions import prob_column
from core.runs import Run
from core.selection import Selection

TILE_COLUMNS = ("row", "index", "path", "label", "pred", "correct", "confidence", "label_prob")
NEAR = (
    2000  # rows from the top: so far the engine keeps the best as it reads, further is a partition
)


def where(run: Run, selection: Selection) -> tuple[str, list[Any]]:
    """The selection as a WHERE clause and its parameters."""
    clauses, parameters = ["split = ?"], [selection.split]
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
        clauses.append(f"{column(run, name)} BETWEEN ?::FLOAT AND ?::FLOAT")
        parameters += [low, high]
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
        f"SELECT row, {column(run, ranking)} score FROM run WHERE {clause} "
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
    sql = f"SELECT row, {column(run, ranking)} score FROM run WHERE {clause}"
    found = arrays(run, sql, parameters)
    return found["row"], found["score"]


def _slice(ids: np.ndarray, keys: np.ndarray, offset: int, limit: int) -> np.ndarray:
    """Positions of those that stand from `offset` on when ordered by key, then by id."""
    last = min(offset + limit, len(keys)) - 1
    if last < offset:
        return np.zeros(0, dtype=int)
    low, high = np.partition(keys, [offset, last])[[offset, last]]
    within = np.flatnonzero((keys >= low) & (keys <= high))
    ordered = within[np.lexsort((ids[within], keys[within]))]
    before = np.count_nonzero(keys < low)
    return ordered[offset - before : last + 1 - before]


def _of_rows(run: Run, columns: Sequence[str], ids: Sequence[int]) -> pd.DataFrame:
    """These columns of these rows, in the order asked for."""
    # Numbers in the text, not parameters: so the file's statistics skip all other pages.
    listed = ", ".join(str(int(i)) for i in ids)
    names = ", ".join(f'"{name}"' for name in columns)
    clause = f"row IN ({listed}) ORDER BY list_position([{listed}], row)" if listed else "false"
    return ask(run, f"SELECT {names} FROM run WHERE {clause}")


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


def random_per_class(run: Run, selection: Selection, *, per_class: int, seed: int) -> pd.DataFrame:
    """`per_class` random images of each class selected; a seed gives the same images again."""
    clause, parameters = where(run, selection)
    # A mixing of 32 bits written out, as DuckDB's own hash may change with a release.
    sql = (
        f"WITH a AS (SELECT label, row, ((row + ? * 2654435769) & 4294967295)::UBIGINT h "
        f"FROM run WHERE {clause}), "
        "b AS (SELECT label, row, (xor(h, h >> 16) * 2146121005) & 4294967295 h FROM a), "
        "c AS (SELECT label, row, (xor(h, h >> 15) * 2221713035) & 4294967295 h FROM b) "
        "SELECT min_by(row, xor(h, h >> 16), ?) ids FROM c GROUP BY label ORDER BY label"
    )
    found = ask(run, sql, [int(seed), *parameters, int(per_class)])["ids"]
    return _of_rows(run, TILE_COLUMNS, [i for ids in found for i in ids])


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
    ids, scores = _scores(run, selection, ranking)
    keys = -scores if descending else scores
    own = keys[ids == row]
    if not len(own):
        return None
    position = np.count_nonzero((keys < own[0]) | ((keys == own[0]) & (ids < row)))
    around = ids[_slice(ids, keys, max(position - 1, 0), 2 + (position > 0))].tolist()
    if row not in around:  # its score is not a number, as in a damaged table
        return None
    here = around.index(row)
    before, after = around[:here], around[here + 1 :]
    return position, before[-1] if before else None, after[0] if after else None


def rows(run: Run, ids: Sequence[int]) -> pd.DataFrame:
    """The tile columns and split of these rows, in the order asked for."""
    return _of_rows(run, (*TILE_COLUMNS, "split"), ids)


def export(run: Run, ids: Sequence[int]) -> pd.DataFrame:
    """Whole rows, with class names, for a CSV."""
    listed = ", ".join(str(int(i)) for i in ids)
    return _named(run, ask(run, f"FROM run WHERE row IN ({listed or 'NULL'}) ORDER BY row"))


def export_selection(run: Run, selection: Selection) -> pd.DataFrame:
    """Whole rows of every image of a selection, with class names, for a CSV."""
    clause, parameters = where(run, selection)
    return _named(run, ask(run, f"FROM run WHERE {clause} ORDER BY row", parameters))


def _named(run: Run, found: pd.DataFrame) -> pd.DataFrame:
    names = np.array(run.classes, dtype=object)
    # For SQL, p_Cat and p_cat are one name: it gave the second another.
    found.columns = [*found.columns[: -len(names)], *map(prob_column, run.classes)]
    found.insert(found.columns.get_loc("pred") + 1, "label_name", names[found["label"]])
    found.insert(found.columns.get_loc("label_name") + 1, "pred_name", names[found["pred"]])
    return found


def with_columns(run: Run, found: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of an export with more columns, each under its own name: those of concepts."""
    if not columns or found.empty:
        return found
    parts = ", ".join(f"{column(run, name)} AS c{k}" for k, name in enumerate(columns))
    listed = ", ".join(str(int(row)) for row in found["row"])
    more = ask(run, f"SELECT row, {parts} FROM run WHERE row IN ({listed})").set_index("row")
    more.columns = list(columns)
    return found.join(more, on="row")


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
