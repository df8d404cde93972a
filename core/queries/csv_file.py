"""Whole rows as a CSV for a spreadsheet, part by part: little is held of a table of any length.

The engine writes each part: pandas takes several times as long, and would hold the whole.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from core.queries.engine import arrays, column, layout, names
from core.queries.listing import Rows, where
from core.queries.selection import Selection
from core.queries.spreadsheet import FORMULA, GUARD, guarded
from core.runs import Run
from core.runs.columns import NUMBER
from core.runs.table.predictions import COLUMNS

CELLS = 1_000_000  # of one part: some 10 MB
PIECE = 1 << 18  # bytes of a part that are given at a time
BESIDE, A_NUMBER = 130, 13  # bytes of our own columns, and of every other one
MARK = "\ufeff".encode()  # by which Excel knows UTF-8
NAMED = {"label": "label_name", "pred": "pred_name"}


def of_rows(run: Run, ids: Rows) -> Generator[bytes]:
    """These rows, in the table's order, with the names of their classes and what the run gained."""
    listed = ", ".join(str(int(row)) for row in ids)
    yield from _written(run, f"row IN ({listed or 'NULL'})", [])


def of_selection(run: Run, selection: Selection) -> Generator[bytes]:
    """Every row of a selection; see `of_rows`."""
    yield from _written(run, *where(run, selection))


def about_bytes(run: Run, n: int) -> int:
    """How large `n` rows will be, give or take a fifth."""
    return n * (BESIDE + A_NUMBER * (len(names(run)) - len(COLUMNS)))


def _written(run: Run, clause: str, parameters: Sequence[Any]) -> Generator[bytes]:
    columns = _columns(run)
    listed = ", ".join(columns.values())
    rows = arrays(run, f"SELECT row FROM run WHERE {clause} ORDER BY row", parameters)["row"]
    yield MARK + _line([str(guarded(name)) for name in columns])
    at_once = max(1, CELLS // len(columns))
    with tempfile.TemporaryDirectory(prefix="fencepost-") as folder:
        part = Path(folder) / "part.csv"
        for first in range(0, len(rows), at_once):
            some = rows[first : first + at_once]
            picked = f"row BETWEEN {some[0]} AND {some[-1]} AND ({clause})"
            query = f"SELECT {listed} FROM run WHERE {picked} ORDER BY row"
            to = str(part).replace("'", "''")
            arrays(run, f"COPY ({query}) TO '{to}' (FORMAT csv, HEADER false)", parameters)
            with part.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece


def _columns(run: Run) -> dict[str, str]:
    """What the head of each column says, and its values as SQL."""
    found, gained = layout(run), {each.name: each for each in run.columns}
    result: dict[str, str] = {}
    for name in (name for name in names(run) if name not in gained):
        # A table may have such columns of its own: one that was exported here before.
        head = f"{name} (table)" if name in NAMED.values() else name
        result[head] = _as_text(name, found.sql[name], found.extra.get(name, ""))
        if name == "pred":
            result |= {NAMED[own]: _class_name(run, found.sql[own]) for own in NAMED}
    return result | {
        name: _as_text(name, column(run, name), each.kind) for name, each in gained.items()
    }


def _as_text(name: str, sql: str, kind: str) -> str:
    """A value as it is written: nothing for what is no number, and no formula."""
    dtype = "" if kind else COLUMNS.get(name, "float32")
    if dtype == "bool":
        return f"CASE WHEN {sql} THEN 'True' WHEN NOT {sql} THEN 'False' END"
    if dtype.startswith("int"):
        return sql
    if dtype.startswith("float"):
        return f"nullif({sql}, 'nan'::FLOAT)"
    if kind == NUMBER:
        return f"CASE WHEN NOT isnan({sql}::DOUBLE) THEN {sql} END"
    text = f"{sql}::VARCHAR"
    starts = " || ".join(f"chr({ord(sign)})" for sign in FORMULA)
    return (
        f"CASE WHEN contains({starts}, left({text}, 1)) AND {text} <> '' "
        f"THEN {_literal(GUARD)} || {text} ELSE {text} END"
    )


def _class_name(run: Run, sql: str) -> str:
    listed = ", ".join(_literal(str(guarded(name))) for name in run.classes)
    return f"[{listed}][{sql} + 1]"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _line(cells: Sequence[str]) -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(cells)
    return made.getvalue().encode("utf-8", "replace")
