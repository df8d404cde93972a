"""What the footers of a predictions table tell of it before any of its rows is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import RunError
from core.runs.table import predictions, table_files
from core.runs.table.schema import COLUMNS, MEASURES, OF_ALL, SPLITS, prob_column
from core.runs.table.table_files import State
from core.runs.table.told import Told

KEPT = 8192  # files


@dataclass(frozen=True)
class Footer:
    """What one file tells.

    Attributes:
        problem: what is wrong with it, or "".
        n: how many rows it has, `rows` from which to which; None where it does not count them.
        splits: how many rows of each split.
        columns: the same for files of the same columns in the same order.
        bare: columns that are all missing values, of those that need not have any.
    """

    problem: str = ""
    n: int = 0
    rows: range | None = None
    splits: Mapping[str, int] = field(default_factory=dict)
    columns: int = 0
    bare: frozenset[str] = frozenset()


def problem(told: Told) -> str:
    """Why a table cannot be what run.json says, or ""; quick, as what was seen is remembered.

    Of a table on object storage only the first file is looked at: each look is a request.

    Raises:
        OSError: a file cannot be read.
    """
    return _problem(told)


def bare(state: State, classes: Sequence[str]) -> frozenset[str]:
    """The columns without a value in any row, of those that need not have one."""
    seen = [_seen(*file, tuple(classes)).bare for file in _looked_at(state)]
    return frozenset.intersection(*seen)


def _looked_at(state: State) -> State:
    return state[:1] if table_files.is_remote(state[0][0]) else state


@lru_cache(maxsize=KEPT)
def _problem(told: Told) -> str:
    looked_at = _looked_at(told.state)
    seen, first = [_seen(*file, told.classes) for file in looked_at], 0
    for footer in seen:
        if footer.problem:
            return footer.problem
        if footer.columns != seen[0].columns:
            return "Its parts have different columns, or in another order."
        if footer.rows is not None and footer.rows != range(first, first + footer.n):
            return predictions.miscounted(first)
        first += footer.n
    if table_files.is_remote(looked_at[0][0]):
        return ""
    return _miscounted(sum((Counter(each.splits) for each in seen), Counter()), told.images)


def _miscounted(found: Mapping[str, int], told: Mapping[str, int]) -> str:
    """How the rows of the splits differ from what run.json says, or ""."""
    for split in sorted(found.keys() | told.keys()):
        n, expected = found.get(split, 0), told.get(split, 0)
        if n != expected:
            return f"The table has {n:,} {split} images, but run.json says {expected:,}."
    return ""


@lru_cache(maxsize=KEPT)
def _seen(file: str, written: int, touched: int, size: int, classes: tuple[str, ...]) -> Footer:
    """What one file tells, read once for each state of it."""
    with table_files.opened(file) as stream:
        try:
            return _told(pq.ParquetFile(stream), classes)
        except (ValueError, pa.ArrowException) as error:
            return Footer(f"{_name(file)} cannot be read ({type(error).__name__}).")


def _name(file: str) -> str:
    return file if table_files.is_remote(file) else file.rsplit("/", 1)[-1]


def _told(parquet: pq.ParquetFile, classes: tuple[str, ...]) -> Footer:
    schema, told = parquet.schema_arrow, _statistics(parquet)
    if problem := _columns_problem(schema, classes):
        return Footer(problem)
    for column in ("label", "pred"):
        ids = _extent(parquet, told(column), column)
        if not 0 <= ids.start <= ids.stop <= len(classes):
            return Footer(predictions.outside(column, len(classes)))
    splits = _splits(parquet, told("split"))
    if None in splits:
        return Footer(predictions.without("split"))
    if splits.keys() - set(SPLITS):
        return Footer(predictions.OTHER_SPLITS)
    needed = {*COLUMNS, *map(prob_column, classes)}
    may_lack = {*MEASURES, *OF_ALL}
    free = [n for n in schema.names if n not in needed or n in may_lack]
    return Footer(
        n=parquet.metadata.num_rows,
        rows=_extent(parquet, told("row"), "row") if "row" in schema.names else None,
        splits={split: n for split, n in splits.items() if split is not None},
        columns=hash(tuple(zip(schema.names, map(str, schema.types), strict=True))),
        bare=frozenset(n for n in free if all(map(_says_nothing, told(n)))),
    )


@lru_cache(maxsize=64)  # the parts of a table share their columns
def _columns_problem(schema: pa.Schema, classes: tuple[str, ...]) -> str:
    if len(set(schema.names)) < len(schema.names):
        return "Two of its columns have the same name."
    known = [*COLUMNS, *map(prob_column, classes)]
    kept = pa.schema([schema.field(name) for name in known if name in schema.names])
    try:
        # Without the notes of pandas: those of a damaged file may name any type.
        table = kept.empty_table().to_pandas(ignore_metadata=True)
        predictions.check_dtypes(table, classes)
    except RunError as error:
        return str(error)
    return ""


def _statistics(parquet: pq.ParquetFile) -> Callable[[str], list[pq.Statistics | None]]:
    """A function that gives the statistics of a column, one a row group, None where none are."""
    places = {parquet.schema.column(k).path: k for k in range(len(parquet.schema))}
    groups = [parquet.metadata.row_group(k) for k in range(parquet.num_row_groups)]

    def told(column: str) -> list[pq.Statistics | None]:
        at = places.get(column)  # none is kept of a column of lists
        return [None if at is None else group.column(at).statistics for group in groups]

    return told


def _extent(parquet: pq.ParquetFile, told: Sequence[pq.Statistics | None], column: str) -> range:
    """From the least to the largest of a column; from -1 where a value is missing."""
    known = [each for each in told if each and each.has_min_max and each.has_null_count]
    if len(known) == len(told):
        missing = any(each.null_count for each in known)
        least = min((each.min for each in known), default=0)
        largest = max((each.max for each in known), default=-1)
    else:
        values = parquet.read([column])[column]
        missing = values.null_count > 0
        found = pc.call_function("min_max", [values]).as_py()
        least, largest = found["min"] or 0, -1 if found["max"] is None else found["max"]
    return range(-1 if missing else least, largest + 1)


def _splits(parquet: pq.ParquetFile, told: Sequence[pq.Statistics | None]) -> Counter[str | None]:
    """Split -> how many rows, from statistics where a row group holds one split alone."""
    found: Counter[str | None] = Counter()
    for group, each in enumerate(told):
        if each and each.null_count == 0 and each.has_min_max and each.min == each.max:
            found[str(each.min)] += parquet.metadata.row_group(group).num_rows
        else:
            values = parquet.read_row_group(group, ["split"])["split"].value_counts()
            for pair in values.to_pylist():
                found[pair["values"]] += pair["counts"]
    return found


def _says_nothing(told: pq.Statistics | None) -> bool:
    """Whether a row group has no value of a column, but nulls or what is no number."""
    return told is not None and told.has_null_count and not told.has_min_max
