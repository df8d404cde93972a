"""What the footers of a predictions table tell of it before any of its rows is read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core import predictions, table_files
from core.errors import RunError
from core.table_files import Place

CLASS_IDS = ("label", "pred")


def check(place: Place, classes: Sequence[str]) -> None:
    """Refuse a table that cannot be one of these classes; quick, as the answer is remembered.

    Of a table on object storage only the first file is looked at: each look is a request.

    Raises:
        RunError: a column is missing or of a wrong dtype, or a class id is impossible.
        OSError, pyarrow.ArrowException: a file cannot be read.
    """
    remote = table_files.is_remote(place)
    for file in table_files.files(place)[: 1 if remote else None]:
        changed = 0 if remote else Path(file).stat().st_mtime_ns
        if problem := _problem(file, changed, tuple(classes)):
            raise RunError(problem)


@lru_cache(maxsize=1024)
def _problem(file: str, changed: int, classes: tuple[str, ...]) -> str:
    with table_files.opened(file) as stream:
        parquet = pq.ParquetFile(stream)
        if problem := _columns_problem(parquet.schema_arrow, classes):
            return problem
        try:
            for column in CLASS_IDS:
                _check_ids(parquet, column, len(classes))
        except RunError as error:
            return str(error)
    return ""


@lru_cache(maxsize=64)  # the parts of a table share their columns
def _columns_problem(schema: pa.Schema, classes: tuple[str, ...]) -> str:
    try:
        predictions.validate(schema.empty_table().to_pandas(), classes)
    except RunError as error:
        return str(error)
    return ""


def _check_ids(parquet: pq.ParquetFile, column: str, classes: int) -> None:
    at = parquet.schema_arrow.names.index(column)
    for group in range(parquet.num_row_groups):
        found = parquet.metadata.row_group(group).column(at).statistics
        told = found is not None and found.has_min_max and found.has_null_count
        if not told or found.null_count or not 0 <= found.min <= found.max < classes:
            # Statistics may be missing or wrong: the column itself decides.
            predictions.check_ids(parquet.read([column]).to_pandas()[column], classes)
            return
