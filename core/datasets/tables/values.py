"""The values of a column as text, or as numbers, however they are stored."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


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
    if not (
        pa.types.is_integer(column.type)
        or pa.types.is_floating(column.type)
        or pa.types.is_boolean(column.type)
        or pa.types.is_decimal(column.type)
    ):
        return np.full(len(column), np.nan)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
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
