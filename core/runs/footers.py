"""What the footers of a predictions table tell of it before any of its rows is read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import RunError
from core.runs import predictions, table_files
from core.runs.table_files import Place


def check(place: Place, classes: Sequence[str]) -> None:
    """Refuse a table that cannot be one of these classes; quick, as what was seen is remembered.

    Of a table on object storage only the first file is looked at: each look is a request.

    Raises:
        RunError: a column is missing or of a wrong dtype, a class id is impossible, rows are
            miscounted.
        OSError, ValueError, pyarrow.ArrowException: a file cannot be read.
    """
    remote, first = table_files.is_remote(place), 0
    for file in table_files.files(place)[: 1 if remote else None]:
        changed = 0 if remote else Path(file).stat().st_mtime_ns
        problem, n, rows = _seen(file, changed, tuple(classes))
        if not problem and rows != range(first, first + n):
            problem = predictions.miscounted(first)
        if problem:
            raise RunError(problem)
        first += n


@lru_cache(maxsize=1024)
def _seen(file: str, changed: int, classes: tuple[str, ...]) -> tuple[str, int, range]:
    """What is wrong with one file, or ""; how many rows it has, from which to which."""
    with table_files.opened(file) as stream:
        parquet = pq.ParquetFile(stream)
        if problem := _columns_problem(parquet.schema_arrow, classes):
            return problem, 0, range(0)
        for column in ("label", "pred"):
            ids = _extent(parquet, column)
            if not 0 <= ids.start <= ids.stop <= len(classes):
                return predictions.outside(column, len(classes)), 0, range(0)
        return "", parquet.metadata.num_rows, _extent(parquet, "row")


@lru_cache(maxsize=64)  # the parts of a table share their columns
def _columns_problem(schema: pa.Schema, classes: tuple[str, ...]) -> str:
    if len(set(schema.names)) < len(schema.names):
        return "Two of its columns have the same name."
    try:
        # Without the notes of pandas: those of a damaged file may name any type.
        predictions.validate(schema.empty_table().to_pandas(ignore_metadata=True), classes)
    except RunError as error:
        return str(error)
    return ""


def _extent(parquet: pq.ParquetFile, column: str) -> range:
    """From the least to the largest of a column; from -1 where a value is missing."""
    at = parquet.schema_arrow.names.index(column)
    groups = range(parquet.num_row_groups)
    told = [parquet.metadata.row_group(group).column(at).statistics for group in groups]
    if all(each and each.has_min_max and each.has_null_count for each in told):
        missing = any(each.null_count for each in told)
        least = min((each.min for each in told), default=0)
        largest = max((each.max for each in told), default=-1)
    else:
        values = parquet.read([column])[column]
        missing = values.null_count > 0
        found = pc.min_max(values).as_py()
        least, largest = found["min"] or 0, -1 if found["max"] is None else found["max"]
    return range(-1 if missing else least, largest + 1)
