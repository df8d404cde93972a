"""What images may differ in besides the features: their pictures, the columns of their table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import queries
from core.explain.properties import wording
from core.queries import engine
from core.runs import Run
from core.runs.columns import NUMBER, TEXT
from core.runs.table.schema import MEASURES

MOST_COLUMNS, MOST_VALUES = 20, 10  # of a table, and of a column of texts
COMMON = 5  # images with a text, below which it tells nothing


@dataclass(frozen=True, eq=False)
class Candidate:
    """Values (n,) of some images, nan where not known, and words for more and less.

    `counted`: whether the values are yes and no, 1 and 0.
    """

    name: str
    values: np.ndarray
    words: tuple[str, str]
    counted: bool = False


def candidates(run: Run, rows: np.ndarray, pictures: pd.DataFrame | None) -> Iterator[Candidate]:
    """All that is known of these images.

    Args:
        pictures: what `measured` found of them, as far as it is known.
    """
    yield from _of_table(run, rows)
    if pictures is None:
        return
    known = pictures.reindex(rows)
    for name in known:
        number = pd.api.types.is_numeric_dtype(known[name])
        yield from _of_column(str(name), known[name], NUMBER if number else TEXT)


def _of_table(run: Run, rows: np.ndarray) -> Iterator[Candidate]:
    """The measures of a run's table, and the columns in it that are none of ours."""
    kinds = {n: k for n, k in engine.layout(run).extra.items() if k in (NUMBER, TEXT)}
    kinds = dict.fromkeys(MEASURES, NUMBER) | dict(list(kinds.items())[:MOST_COLUMNS])
    named = [f"{engine.column(run, name)} AS c{i}" for i, name in enumerate(kinds)]
    sql = f"SELECT row, {', '.join(named)} FROM run WHERE row IN (SELECT unnest(?))"
    table = queries.ask(run, sql, [rows.tolist()]).set_index("row").loc[rows]
    for i, (name, kind) in enumerate(kinds.items()):
        yield from _of_column(name, table[f"c{i}"], kind)


def _of_column(name: str, column: pd.Series, kind: str) -> Iterator[Candidate]:
    """The numbers of a column, or each of its common texts as yes and no."""
    if kind == NUMBER:
        values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
        yield Candidate(name, values, wording.of_number(name))
        return
    texts = column.where(column.notna() & (column != ""))
    counts = texts.value_counts()
    for value in counts[counts >= COMMON].index[:MOST_VALUES]:
        has = np.where(texts.notna(), (texts == value).astype(float), np.nan)
        words = wording.of_value(name, str(value))
        yield Candidate(f"{name}: {value}", has, words, counted=True)
