"""What a predictions table says against itself or against run.json: found by reading all of it.

A small table is read when it is first asked for; a large one in the background, so that nobody
waits. What was found is remembered for as long as the files stay as they are.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import RunError
from core.runs.table import predictions, schema, table_files
from core.runs.table.table_files import Location
from core.runs.table.told import Told

SMALL = 1_000_000  # cells, read in less time than anybody notices
AT_ONCE = 4_000_000  # cells of a piece: some copies of 16 MB
LATER = 2.0  # seconds, in which the first page has been drawn

_found: dict[Told, str] = {}
_begun: set[Told] = set()
_beginning = threading.Lock()


def known(told: Told) -> str:
    """What is wrong with it as far as that was found out, or ""."""
    return _found.get(told, "")


def problem(told: Told) -> str:
    """What is wrong with it, or "" where nothing is; or nothing is known of a large one yet.

    One on object storage is not read through: that would bring all of it here.
    """
    found = _found.get(told)
    if found is None and not table_files.is_remote(told.state[0][0]) and _begins(told):
        cells = sum(n for _, n, _ in told.right) * len(told.classes)
        if cells <= SMALL:
            _look(told)
        else:
            thread = threading.Timer(LATER, _look, [told])
            thread.daemon = True
            thread.start()
    return _found.get(told, "")


def _begins(told: Told) -> bool:
    """Whether this call is the first to ask: two sessions need not read the same table."""
    with _beginning:
        first = told not in _begun
        _begun.add(told)
    return first


def _look(told: Told) -> None:
    try:
        files = [file for file, *_ in told.state]
        outcomes = checked(_pieces(files, told.classes), told.classes, ["split", "correct"])
        _found[told] = _contradicts(outcomes, told.right)
    except RunError as error:
        _found[told] = str(error)
    except (OSError, ValueError, pa.ArrowException) as error:
        _found[told] = f"The predictions table cannot be read ({type(error).__name__})."


def checked(
    pieces: Iterable[pd.DataFrame], classes: Sequence[str], keep: Sequence[str]
) -> pd.DataFrame:
    """The columns `keep` of a table that comes in pieces, once each is known to be one.

    Raises:
        RunError: a piece is damaged, or does not follow the one before it.
    """
    kept, names, first = [], [], 0
    for piece in pieces:
        predictions.validate(piece, classes, first_row=first)
        kept.append(predictions.complete(piece, classes, first_row=first)[[*keep]])
        names.append(piece[["split", "index"]])
        first += len(piece)
    if not kept:
        raise RunError("The predictions table has no rows.")
    if len(kept) > 1 and pd.concat(names).duplicated().any():
        raise RunError(predictions.DOUBLED)
    return pd.concat(kept, ignore_index=True)


def check_parts(location: Location, classes: Sequence[str], keep: Sequence[str]) -> pd.DataFrame:
    """As `checked`, of the parts in a folder."""
    return checked(_pieces(table_files.files(location), classes), classes, keep)


def _pieces(files: Iterable[str], classes: Sequence[str]) -> Iterator[pd.DataFrame]:
    """The known columns of a table, some thousand rows at a time."""
    names = [*schema.COLUMNS, *map(schema.prob_column, classes)]
    rows = max(1, AT_ONCE // len(names))
    for file in files:
        with table_files.opened(file) as stream:
            parquet = pq.ParquetFile(stream)
            there = set(parquet.schema_arrow.names)
            present = [name for name in names if name in there]
            for batch in parquet.iter_batches(rows, columns=present, use_threads=False):
                yield batch.to_pandas(ignore_metadata=True)


def _contradicts(outcomes: pd.DataFrame, told: Sequence[tuple[str, int, int | None]]) -> str:
    """How the right answers of the splits differ from what run.json says, or ""."""
    found: Mapping[str, int] = outcomes.groupby("split")["correct"].sum().to_dict()
    for split, _, right in told:
        if right is not None and found.get(split, 0) != right:
            return (
                f"The table has {found.get(split, 0):,} right answers on {split}, but run.json "
                f"says {right:,}."
            )
    return ""
