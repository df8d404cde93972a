"""The predictions table: one row an image, every split; the bridge from training to questions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import RunError
from core.runs.table import table_files
from core.runs.table.schema import (
    COLUMNS,
    MEASURES,
    OF_ALL,
    REQUIRED,
    SPLITS,
    derived,
    is_top_one,
    prob_column,
)
from core.runs.table.table_files import Location

ROUNDED = 1e-3  # by how much a sum or a logarithm of rounded probabilities may be off
OTHER_SPLITS = f"Column 'split' holds something other than {', '.join(SPLITS)}."
DOUBLED = "Columns 'split' and 'index' name one image twice."
TIED = 1e-6  # probabilities that differ by no more are equally large
ROW_GROUP = 50_000  # rows
PAGE_BYTES = 8_192  # of a column: 2,048 probabilities
DICTIONARIES = ["split", "label", "pred"]


def build(
    classes: Sequence[str],
    *,
    split: Sequence[str] | np.ndarray,
    index: np.ndarray,
    path: Sequence[str],
    label: np.ndarray,
    probabilities: np.ndarray,
    brightness: np.ndarray,
    contrast: np.ndarray,
    sharpness: np.ndarray,
    first_row: int = 0,
) -> pd.DataFrame:
    """The table from what the network said.

    Args:
        classes: K names in the data set's order.
        split, index, path, label: (N,) what the data set says of each image.
        probabilities: (N, K), rows sum to 1.
        brightness, contrast, sharpness: (N,) measured on the original pixels.
        first_row: where `row` begins: how many rows the parts before this one hold.

    The other columns follow from the probabilities: see `schema.derived`.
    """
    p = np.asarray(probabilities, dtype=np.float32)
    label = np.asarray(label, dtype=np.int16)
    pred = p.argmax(axis=1).astype(np.int16)
    values = {
        "row": first_row + np.arange(len(p)),
        "split": split,
        "index": index,
        "path": path,
        "label": label,
        "pred": pred,
        **derived(p, label, pred),
        "brightness": brightness,
        "contrast": contrast,
        "sharpness": sharpness,
    }
    table = pd.DataFrame(values).astype(COLUMNS)
    probs = pd.DataFrame(p, columns=[prob_column(name) for name in classes])
    _check_values(table, len(classes), first_row)
    _check_probabilities(p)
    return pd.concat([table, probs], axis=1)


def complete(table: pd.DataFrame, classes: Sequence[str], *, first_row: int = 0) -> pd.DataFrame:
    """A validated table with the columns that it lacks, in order, before all that it has more."""
    lacks = [name for name in COLUMNS if name not in table]
    if not lacks:
        return table
    p = table[[prob_column(name) for name in classes]].to_numpy()
    values = derived(p, table["label"].to_numpy(), table["pred"].to_numpy())
    values["row"] = first_row + np.arange(len(table))
    values |= dict.fromkeys(MEASURES, np.full(len(table), np.nan))
    more = pd.DataFrame({name: values[name] for name in lacks}, index=table.index)
    whole = pd.concat([table, more.astype({name: COLUMNS[name] for name in lacks})], axis=1)
    return whole[[*COLUMNS, *(name for name in table if name not in COLUMNS)]]


def validate(table: pd.DataFrame, classes: Sequence[str], *, first_row: int = 0) -> pd.DataFrame:
    """The same table, once it is known to be one; a part begins with the row `first_row`.

    Raises:
        RunError: names the first column that is missing, of a wrong dtype or impossible.
    """
    check_dtypes(table, classes)
    _check_values(table, len(classes), first_row)
    p = table[[prob_column(name) for name in classes]].to_numpy()
    label, pred = (table[name].to_numpy() for name in ("label", "pred"))
    _check_probabilities(p, is_top_one(p, pred))
    if (p[np.arange(len(p)), pred] < p.max(axis=1, initial=0) - TIED).any():
        raise RunError("Column 'pred' is not the class of the largest probability in some row.")
    for column, values in derived(p, label, pred).items():
        missing = column in OF_ALL
        if column in table and not np.allclose(
            table[column], values, ROUNDED, ROUNDED, equal_nan=missing
        ):
            raise RunError(f"Column {column!r} contradicts the probabilities, 'pred' or 'label'.")
    return table


def check_dtypes(table: pd.DataFrame, classes: Sequence[str]) -> None:
    """Refuse a table by its columns alone.

    Raises:
        RunError: one is missing, or of a wrong dtype.
    """
    needed = dict.fromkeys(map(prob_column, classes), "float32")
    for column, dtype in {**COLUMNS, **needed}.items():
        if column in table:
            if table[column].dtype != dtype:
                raise RunError(f"Column {column!r} is {table[column].dtype}, it must be {dtype}.")
        elif column in REQUIRED or column in needed:
            raise RunError(f"The predictions table has no column {column!r}.")


def _check_values(table: pd.DataFrame, classes: int, first_row: int) -> None:
    for column in ("split", "path"):
        if table[column].isna().any():
            raise RunError(without(column))
    if not set(table["split"].unique()) <= set(SPLITS):
        raise RunError(OTHER_SPLITS)
    for column in ("label", "pred"):
        if not table[column].between(0, classes - 1).all():
            raise RunError(outside(column, classes))
    if "row" in table and not np.array_equal(table["row"], first_row + np.arange(len(table))):
        raise RunError(miscounted(first_row))
    if table.duplicated(["split", "index"]).any():
        raise RunError(DOUBLED)
    for column in MEASURES:
        if column in table and np.isinf(table[column]).any():
            raise RunError(f"Column {column!r} holds a number that is not finite.")


def _check_probabilities(p: np.ndarray, top_one: np.ndarray | None = None) -> None:
    some = top_one is not None and top_one.any()
    whole = p[~top_one] if some else p
    if not np.isfinite(whole).all() or (p < 0).any():
        raise RunError("A probability is negative or not a number.")
    if some and np.nanmax(p) > 1 + ROUNDED:
        raise RunError("A probability is above 1.")
    if len(whole) and not np.allclose(whole.sum(axis=1), 1, atol=ROUNDED):
        raise RunError("The probabilities of some row do not sum to 1.")


def outside(column: str, classes: int) -> str:
    """What is wrong with ids that none of so many classes has."""
    return f"Column {column!r} holds class ids outside 0..{classes - 1}."


def miscounted(first: int) -> str:
    """What is wrong with rows that do not count from `first`."""
    return f"Column 'row' must count {first}, {first + 1}, {first + 2} ..."


def without(column: str) -> str:
    """What is wrong with a column that must have a value in every row."""
    return f"Column {column!r} has no value in some row."


def write(table: pd.DataFrame, path: Path) -> None:
    """Write the table as Parquet, laid out for questions that need few columns or few rows.

    Rows stay in the data set's order, which the features share. A row group holds images of test
    or none, and statistics of each group and each page let a question skip the others.
    """
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    options = {
        "compression": "zstd",
        # Numbers and paths hardly repeat: in dictionaries they are larger, and slower to find.
        "use_dictionary": DICTIONARIES,
        "write_page_index": True,
        "data_page_size": PAGE_BYTES,
    }
    is_test = (table["split"] == "test").to_numpy()
    cuts = [0, *(np.flatnonzero(is_test[1:] != is_test[:-1]) + 1).tolist(), len(table)]
    with pq.ParquetWriter(path, arrow.schema, **options) as writer:
        for start, end in itertools.pairwise(cuts):
            writer.write_table(arrow.slice(start, end - start), row_group_size=ROW_GROUP)


def write_part(table: pd.DataFrame, folder: Path, number: int) -> None:
    """Write part `number` of a table that comes in parts; its `row` goes on where the last ended.

    The folder is a table as good as a file: see `core.runs.writing.save_run`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write(table, folder / table_files.PART.format(number))


def read(location: Location, classes: Sequence[str]) -> pd.DataFrame:
    """The whole table, checked and complete. For a question, ask `core.queries`: it reads less."""
    table = pd.concat([_frame(file) for file in table_files.files(location)], ignore_index=True)
    return complete(validate(table, classes), classes)


def _frame(file: str) -> pd.DataFrame:
    try:
        with table_files.opened(file) as stream:
            return pq.read_table(stream).to_pandas(ignore_metadata=True)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise RunError(f"{Path(file).name} cannot be read ({error}).") from None
