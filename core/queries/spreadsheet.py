"""A table as a CSV that a spreadsheet opens as it is meant, and whose cells nobody can execute."""

from __future__ import annotations

import pandas as pd

# A cell that begins so is a formula to a spreadsheet, and names come from anybody's folders.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"


def as_csv(table: pd.DataFrame, float_format: str | None = None) -> bytes:
    """The table without its index: UTF-8 with the mark that Excel knows it by, formulas guarded."""
    safe = table.rename(columns=guarded)
    for place in range(table.shape[1]):
        column = table.iloc[:, place]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(place, column.map(guarded, na_action="ignore"))
    # With both signs at the ends of lines, a cell that holds either one is quoted.
    text = safe.to_csv(index=False, float_format=float_format, lineterminator="\r\n")
    return text.encode("utf-8-sig", "replace")


def guarded(value: object) -> object:
    """A text with an apostrophe before it where it would be a formula; all else as it is."""
    return f"{GUARD}{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
