"""A table on disk: what its columns are called, and their values when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from core.datasets.tables import text
from core.errors import DatasetError, first_line

IN_TEXT = (".csv", ".tsv", ".txt", ".tab", ".psv")
IN_JSON = (".jsonl", ".ndjson", ".json")
IN_PARQUET = (".parquet", ".pq")
PACKED = (".gz", ".bz2", ".zst")
SAMPLE = 1000  # rows that tell what a column is
BLOCK = 1 << 22  # bytes: a row must fit into them
MEMORY = "300MB"  # of DuckDB, for JSON
PANDAS_INDEX = "__index_level_"


@dataclass(frozen=True)
class Rows:
    """Rows of a table.

    Attributes:
        columns: text from a file of text, else as they are stored.
        numbers: (N,) what a person calls each row.
        ragged: rows that are not among them: they have more or fewer cells than the others.
    """

    columns: pa.Table
    numbers: np.ndarray
    ragged: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table on disk, of which some columns are read at a time.

    Attributes:
        names: of its columns, each once.
        first: the number that a person gives to its first row: in text the header is row 1.
        sample: the first rows.
    """

    path: Path
    names: tuple[str, ...]
    first: int
    sample: pa.Table
    _read: Callable[[Sequence[str]], tuple[pa.Table, Sequence[int]]]

    def rows(self, names: Sequence[str]) -> Rows:
        """All rows, of some columns.

        Raises:
            DatasetError: the file is damaged.
        """
        try:
            found, ragged = self._read(names)
        except (pa.ArrowException, duckdb.Error, OSError, ValueError) as error:
            raise DatasetError(f"{self.path} cannot be read: {first_line(error)}") from None
        count = np.arange(self.first, self.first + found.num_rows + len(ragged))
        numbers = np.setdiff1d(count, ragged, assume_unique=True) if ragged else count
        return Rows(found, numbers, tuple(ragged))


def open_table(path: Path, encoding: str = "") -> Table:
    """The table in a file, told by the end of its name.

    Args:
        encoding: of a table in text, where it is not to be guessed.

    Raises:
        DatasetError: there is none, it is damaged, empty, or of another kind.
    """
    if not path.is_file():
        raise DatasetError(f"There is no table {path}: was it moved, or is a disk not mounted?")
    kind = kind_of(path)
    try:
        if kind in IN_TEXT:
            found = _text(path, encoding)
        elif kind in IN_PARQUET:
            found = _parquet(path)
        elif kind in IN_JSON:
            found = _json(path)
        else:
            ends = ", ".join([*IN_TEXT[:2], IN_PARQUET[0], IN_JSON[0]])
            raise DatasetError(f"{path} is no table that is read here: give one of {ends}.")
    except (pa.ArrowException, duckdb.Error, OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read: {first_line(error)}") from None
    if not found.sample.num_rows:
        raise DatasetError(f"{path} has no rows below its columns {', '.join(found.names)}.")
    return found


def kind_of(path: Path) -> str:
    """What its name says that it is: `.csv`, also for `labels.csv.gz`."""
    suffix = path.suffix.lower()
    return path.with_suffix("").suffix.lower() if suffix in PACKED else suffix


def texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as text, without blanks around them; nothing where there is none.

    A whole number is written without a point: pandas stores ids as floats where one is missing.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        column = pc.call_function(
            "if_else", [pc.call_function("is_finite", [column]), column, pa.scalar(None, kind)]
        )
        whole = pc.call_function("equal", [column, pc.call_function("floor", [column])])
        if pc.call_function("all", [whole]).as_py():
            column = column.cast(pa.int64(), safe=False)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        values = [None if value is None else _spelled(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(values, pa.string())])
    told = pc.call_function("utf8_trim_whitespace", [column.cast(pa.string())])
    # The apostrophe by which an export keeps a spreadsheet from taking a text for a formula.
    guard = pc.ReplaceSubstringOptions(r"^'([=+\-@])", r"\1")
    return pc.call_function("replace_substring_regex", [told], guard)


def numbers(column: pa.ChunkedArray) -> np.ndarray:
    """(N,) float64; not a number where a value is none."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = texts(column)
        try:
            empty = pc.call_function("equal", [column, ""])
            column = pc.call_function("if_else", [empty, pa.scalar(None, pa.string()), column])
            column = column.cast(pa.float64())
        except pa.ArrowInvalid:
            return np.array([_number(value) for value in column.to_pylist()], dtype=np.float64)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if not str(column.type).startswith(("int", "uint", "half", "float", "double", "decimal")):
        return np.full(len(column), np.nan)
    return column.cast(pa.float64()).to_numpy(zero_copy_only=False)


def _number(value: str | None) -> float:
    try:
        return float((value or "nan").replace(",", "."))
    except ValueError:
        return np.nan


def _spelled(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return json.dumps(value, default=str, ensure_ascii=False)


def _text(path: Path, encoding: str) -> Table:
    written = text.dialect(path, encoding)

    def options(names: Sequence[str], ragged: list[int]) -> dict[str, Any]:
        def leave_out(row: pyarrow.csv.InvalidRow) -> str:
            ragged.append(int(row.number))
            return "skip"

        return {
            # One thread: with more, nobody knows which row it was that had a cell too many.
            "read_options": pyarrow.csv.ReadOptions(
                use_threads=False, block_size=BLOCK, skip_rows=written.skipped,
                column_names=list(written.names), encoding=written.encoding,
            ),
            "parse_options": pyarrow.csv.ParseOptions(
                delimiter=written.separator, newlines_in_values=True,
                invalid_row_handler=leave_out,
            ),
            "convert_options": pyarrow.csv.ConvertOptions(
                include_columns=list(names), column_types=dict.fromkeys(names, pa.string())
            ),
        }  # fmt: skip

    def read(names: Sequence[str]) -> tuple[pa.Table, list[int]]:
        ragged: list[int] = []
        with text.opened(path) as stream:
            return pyarrow.csv.read_csv(stream, **options(names, ragged)), ragged

    with (
        text.opened(path) as stream,
        pyarrow.csv.open_csv(stream, **options(written.names, [])) as batches,
    ):
        sample = pa.Table.from_batches([*islice(batches, 1)], batches.schema).slice(0, SAMPLE)
    return Table(path, written.names, written.skipped + 1, sample, read)


def _parquet(path: Path) -> Table:
    file = pq.ParquetFile(path)
    names = [name for name in file.schema_arrow.names if not name.startswith(PANDAS_INDEX)]

    def read(names: Sequence[str]) -> tuple[pa.Table, tuple[()]]:
        return pq.read_table(path, columns=list(names), partitioning=None), ()

    batches = islice(file.iter_batches(SAMPLE, columns=names), 1)
    schema = pa.schema([file.schema_arrow.field(name) for name in names])
    return Table(path, tuple(names), 1, pa.Table.from_batches([*batches], schema), read)


def _json(path: Path) -> Table:
    # Of JSON lines a damaged one is a row without values, so that the others keep their numbers.
    lines = "" if kind_of(path) == ".json" else ", format = 'newline_delimited', ignore_errors=true"
    whole = f"maximum_object_size = {BLOCK}{lines}"

    def ask(sql: str) -> pa.Table:
        with duckdb.connect(config={"memory_limit": MEMORY}) as database:
            return database.sql(sql, params=[str(path)]).to_arrow_table()

    told = ask(f"DESCRIBE FROM read_json(?, sample_size = -1, {whole})")
    names = [str(name) for name in told["column_name"].to_pylist()]
    kinds = [_kept(str(kind)) for kind in told["column_type"].to_pylist()]
    pairs = ", ".join(f"{_literal(n)}: {_literal(k)}" for n, k in zip(names, kinds, strict=True))
    source = f"FROM read_json(?, columns = {{{pairs}}}, {whole})"

    def read(names: Sequence[str]) -> tuple[pa.Table, tuple[()]]:
        return ask(f"SELECT {', '.join(map(_quoted, names))} {source}"), ()

    return Table(path, tuple(names), 1, ask(f"{source} LIMIT {SAMPLE}"), read)


def _kept(kind: str) -> str:
    """The type to read a value of JSON as: a name may look like a date, and stays what it is."""
    return kind if kind.endswith("]") or kind in ("BIGINT", "DOUBLE", "BOOLEAN") else "VARCHAR"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
