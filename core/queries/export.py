"""Whole rows with class names, for a CSV."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.queries.engine import ask, column, layout, names
from core.queries.listing import Rows, where
from core.queries.selection import Selection
from core.runs import Run


def export(run: Run, ids: Rows) -> pd.DataFrame:
    """Whole rows, with class names, for a CSV."""
    listed = ", ".join(str(int(i)) for i in ids)
    return _named(run, ask(run, f"FROM run WHERE row IN ({listed or 'NULL'}) ORDER BY row"))


def export_selection(run: Run, selection: Selection) -> pd.DataFrame:
    """Whole rows of every image of a selection, with class names, for a CSV."""
    clause, parameters = where(run, selection)
    return _named(run, ask(run, f"FROM run WHERE {clause} ORDER BY row", parameters))


def _named(run: Run, found: pd.DataFrame) -> pd.DataFrame:
    """The rows under the exact names of their columns, with the names of their classes."""
    classes = np.array(run.classes, dtype=object)
    # A table may have such columns of its own: one that was exported here before.
    own = {name: f"{name} (table)" for name in ("label_name", "pred_name")}
    found.columns = [own.get(name, name) for name in names(run)]
    after = list(found.columns).index("pred") + 1
    found.insert(after, "label_name", classes[found["label"]])
    found.insert(after + 1, "pred_name", classes[found["pred"]])
    return found


def with_columns(run: Run, found: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of an export with more columns, each under its own name: those that the run gained."""
    if not columns or found.empty:
        return found
    parts = ", ".join(f"{column(run, name)} AS c{k}" for k, name in enumerate(columns))
    listed = ", ".join(str(int(row)) for row in found["row"])
    more = ask(run, f"SELECT row, {parts} FROM run WHERE row IN ({listed})").set_index("row")
    more.columns = list(columns)
    return found.drop(columns=[*columns], errors="ignore").join(more, on="row")


def with_further(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """A new table of a run's images, in their order, with what the run's own has beside ours."""
    extra = [name for name in layout(run).extra if name not in table]
    if not extra:
        return table
    listed = ", ".join(f"{column(run, name)} AS c{k}" for k, name in enumerate(extra))
    more = ask(run, f"SELECT {listed} FROM run ORDER BY row").set_axis(extra, axis=1)
    return pd.concat([table, more.set_axis(table.index)], axis=1)
