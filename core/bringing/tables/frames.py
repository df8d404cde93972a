"""Tables that are no file of text: frames of a program, and arrays in an .npz file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from core import artifacts
from core.datasets import bounds
from core.datasets.tables import reading
from core.datasets.tables.reading import PANDAS_INDEX, SAMPLE, Table
from core.errors import DatasetError, first_line

IN_ARRAYS = ".npz"


def open_any(place: Any) -> Table:
    """The table in a file, or the frame that is given: of pandas, Arrow or `datasets`.

    Raises:
        DatasetError: there is none, it is damaged, empty, or of another kind.
    """
    if isinstance(place, str | Path):
        path = Path(place).expanduser().absolute()
        put_here = path.is_relative_to(artifacts.root() / "uploads")
        if problem := "" if put_here else bounds.folder_problem(path):
            raise DatasetError(problem)
        if path.suffix.lower() == IN_ARRAYS:
            return _of_arrays(path)
        return reading.open_table(path)
    found = _of_arrow(Path("the table"), 0, _arrow(place))
    if not found.sample.num_rows:
        raise DatasetError("The table has no rows.")
    return found


def _arrow(frame: Any) -> pa.Table:
    """A frame as Arrow has it: rows are counted from 0, whatever its index says."""
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pd.DataFrame):
        named = frame.set_axis([str(name) for name in frame.columns], axis=1)
        return pa.Table.from_pandas(_plain(named), preserve_index=False)
    if isinstance(frame, Mapping):
        return pa.table({str(name): _column(np.asarray(v)) for name, v in frame.items()})
    if hasattr(frame, "to_pandas"):  # of `datasets`, polars, ...
        return _arrow(frame.to_pandas())
    raise DatasetError(
        f"A {type(frame).__name__} is no table: give a file, a frame of pandas or of datasets."
    )


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with arrays in cells as lists, and other objects as text: paths above all."""
    made: dict[str, list] = {}
    for name, values in frame.select_dtypes(object, exclude="str").items():
        first = next((value for value in values if value is not None), None)
        if isinstance(first, np.ndarray):
            made[str(name)] = [None if value is None else np.ravel(value) for value in values]
        elif not isinstance(first, str | bool | int | float | list | tuple | dict | None):
            made[str(name)] = [None if value is None else str(value) for value in values]
    return frame.assign(**made)


def _of_arrays(path: Path) -> Table:
    """The arrays of an .npz file as columns: of one axis, or of two as lists."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files if _is_column(file, name)}
    except FileNotFoundError:
        raise DatasetError(
            f"There is no table {path}: was it moved, or is a disk not mounted?"
        ) from None
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path} cannot be read: {first_line(error)}") from None
    n = max((len(values) for values in found.values()), default=0)
    if not n:
        raise DatasetError(f"{path} has no arrays of one value, or one list, an image.")
    rows = {name: _column(values) for name, values in found.items() if len(values) == n}
    return _of_arrow(path, 0, pa.table(rows))


def _is_column(file: Any, name: str) -> bool:
    """Whether an array is a column; arrays of objects are pickles, and never opened."""
    with file.zip.open(f"{name}.npy") as stream:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) \
            else np.lib.format.read_array_header_2_0  # fmt: skip
        shape, _, dtype = read(stream)
    return len(shape) in (1, 2) and not dtype.hasobject


def _column(values: np.ndarray) -> pa.Array:
    if values.ndim == 2:
        flat = pa.array(np.ascontiguousarray(values).ravel())
        return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    return pa.array(values.tolist() if values.dtype.kind in "UO" else values)


def _of_arrow(path: Path, first: int, columns: pa.Table) -> Table:
    names = tuple(name for name in columns.column_names if not name.startswith(PANDAS_INDEX))

    def read(wanted: Sequence[str]) -> tuple[pa.Table, tuple[()]]:
        return columns.select(list(wanted)), ()

    return Table(path, names, first, columns.select(names).slice(0, SAMPLE), read)
