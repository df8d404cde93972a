"""The further columns of a table, as a run keeps them: numbers to rank by, text to filter by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.datasets.tables.reading import texts

MOST = 200  # columns that a run keeps
PADDED = r"^[+-]?0[0-9]"  # a number such as 007 is a name


def kept(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """The columns that a run can keep, and a note on those that it cannot."""
    columns, left = {}, []
    for name in table.column_names:
        column = table[name]
        if pa.types.is_nested(column.type) or len(columns) == MOST:
            left.append(name)
        else:
            columns[name] = _plain(column)
    notes = [f"Columns that a run cannot keep are left out: {_listed(left)}."] if left else []
    return pa.table(columns) if columns else _empty(table.num_rows), notes


def _empty(n: int) -> pa.Table:
    """A table of so many rows and no columns."""
    return pa.table({"": pa.nulls(n)}).select([])


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    told = texts(column)
    return _numbers(told) if pa.types.is_string(kind) else told


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as numbers where all of it is numbers, and none is an id with zeros before it."""
    empty = pc.call_function("equal", [column, ""])
    told = pc.call_function("if_else", [empty, pa.scalar(None, pa.string()), column])
    padded = pc.call_function("match_substring_regex", [told], pc.MatchSubstringOptions(PADDED))
    if told.null_count == len(told) or pc.call_function("any", [padded]).as_py():
        return column
    for kind in (pa.int64(), pa.float64()):
        try:
            found = told.cast(kind)
        except pa.ArrowInvalid:
            continue
        return found if np.isfinite(found.drop_null().to_numpy()).all() else column
    return column


def _listed(names: Sequence[str], most: int = 8) -> str:
    return ", ".join([*names[:most], *(["..."] if len(names) > most else [])])
