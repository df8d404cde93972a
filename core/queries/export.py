"""Whole rows with class names, for a CSV."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.queries.engine import ask, column
from core.queries.listing import where
from core.queries.selection import Selection
from core.runs import Run
from core.runs.predictions import prob_column


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
