"""All of a table understood, or refused, before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from core.bringing.tables import answers, classes, columns, frames, images, slips
from core.bringing.tables.columns import Columns
from core.bringing.tables.understood import ORDER, SHOWN, Asked, Understood
from core.datasets.tables import labels, left_out, metadata, one_hot, splits
from core.datasets.tables.reading import Table
from core.errors import DatasetError, first_line
from core.evaluation import suspicions
from core.runs.table.schema import COLUMNS, free_name, prob_column


def read(asked: Asked) -> Understood:
    """What a table says, understood.

    Raises:
        DatasetError: it cannot be a table of predictions as it is; says why, in which rows, and
            what to do.
    """
    source = frames.open_any(asked.table)
    found = columns.guess(source, asked.columns)
    columns.require(source, found)
    rows = source.rows(source.names)
    if rows.ragged:
        raise DatasetError(
            f"{source.path} has {left_out.in_words(rows.ragged)} with other cells than columns: "
            "mend those, or leave them out."
        )
    kept, numbers = rows.columns, rows.numbers
    told: list[str] = []
    names, label, pred, p = _answered(kept, found, numbers, asked, told)
    split = _splits(source, kept, found, told)
    spot, paths = images.locate(source, kept[found.roles.path], asked.images, numbers)
    images.refuse_doubles(split, paths, numbers)
    told += filter(None, [images.twice_told(spot, numbers)])
    order = np.concatenate([np.flatnonzero(split == name) for name in ORDER])
    features = _features(kept, found, asked.features, numbers)[order]
    table = _table(split, paths, label, pred, names, p, order)
    told += filter(None, [suspicions.told(split, label, pred, names)])
    further, unkept = metadata.kept(kept.select(found.rest(source.names)))
    return Understood(
        source, found, names, _with_further(table, further, order), not np.isfinite(p).all(),
        bool(found.answers) and (asked.logits or found.are_logits), spot.root,
        sum(not path for path in spot.paths), features, tuple(told), (*spot.notes, *unkept),
        _fingerprint(names, table),
    )  # fmt: skip


def _answered(
    kept: pa.Table, found: Columns, numbers: np.ndarray, asked: Asked, told: list[str]
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray, np.ndarray]:
    """Class names; (N,) labels and predictions as ids; (N, K) probabilities."""
    label, pred = _label_column(kept, found), found.roles.pred
    given = classes.given(asked.classes)
    if not found.answers:
        names = given or classes.of_values([label, kept[pred]])
        ids = classes.ids_of(label, names, numbers, "label")
        guessed = classes.ids_of(kept[pred], names, numbers, "pred")
        sure = answers.matrix([kept[c] for c in (found.roles.confidence,) * 2], numbers)[:, 0]
        slips.refuse_missing(sure, numbers, "the confidence")
        slips.refuse_confidences(sure, numbers)
        _need_two(names)
        return names, ids, guessed, answers.top_one(guessed, sure, len(names))
    values = answers.matrix([kept[name] for name in found.answers], numbers)
    names = given or found.names or _in_order(label, values.shape[1], told)
    _need_as_many(names, values.shape[1], found)
    ids = classes.ids_of(label, names, numbers, "label")
    p = answers.probabilities(values, numbers, are_logits=asked.logits or found.are_logits)
    told += filter(None, [slips.rounded_told(values) if p is not values else "",
                          slips.twice_told(p)])  # fmt: skip
    if pred:
        said = classes.ids_of(kept[pred], names, numbers, "pred")
        told += filter(None, [slips.contradiction(p, said, numbers, names)])
    return names, ids, p.argmax(axis=1), p


def _label_column(kept: pa.Table, found: Columns) -> pa.ChunkedArray:
    if found.roles.label:
        return kept[found.roles.label]
    hot = found.roles.one_hot
    place, ones = one_hot.labels([kept[name] for name in hot])
    names = np.array(one_hot.class_names(hot))[place]
    return pa.chunked_array([pa.array(np.where(ones == 1, names, "").tolist())])


def _in_order(label: pa.ChunkedArray, k: int, told: list[str]) -> tuple[str, ...]:
    """The classes of lists that nobody named: labels as numbers, or as names from a to z.

    Raises:
        DatasetError: there are more or fewer labels than places in a list.
    """
    names = classes.of_values([label])
    if all(name.isdecimal() for name in names):
        return tuple(map(str, range(k)))
    if len(names) != k:
        raise DatasetError(
            f"The lists have {k:,} probabilities, and there are {len(names):,} different labels: "
            "say the classes by --classes, in the order of the probabilities."
        )
    told.append(
        "The lists do not say which class each place is of: the labels from a to z were taken, "
        f"{names[0]!r} first and {names[-1]!r} last. Say --classes where that is not so."
    )
    return names


def _need_as_many(names: Sequence[str], k: int, found: Columns) -> None:
    if len(names) != k:
        what = "columns of probabilities" if len(found.answers) > 1 else "probabilities in a list"
        raise DatasetError(
            f"There are {k:,} {what} and {len(names):,} classes are named: give a name for each, "
            "in their order."
        )
    _need_two(names)


def _need_two(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise DatasetError("There is only one class: a run needs two at least.")
    if len({name.casefold() for name in names}) < len(names):
        twice = next(n for k, n in enumerate(names) if n.casefold() in
                     {other.casefold() for other in names[:k]})  # fmt: skip
        raise DatasetError(f"The class {twice!r} has two columns that differ only in case.")


def _splits(source: Table, kept: pa.Table, found: Columns, told: list[str]) -> np.ndarray:
    """(N,) train, val or test; all test where nothing says otherwise.

    Raises:
        DatasetError: some rows have no split, or one that is none.
    """
    n, column = kept.num_rows, found.roles.split
    if not column:
        return np.full(n, "test")
    values, codes = labels.encoded(kept[column])
    meaning = splits.meant(column, [value for value in values if value])
    if not meaning:
        told.append(f"The column {column!r} names no splits: all is test.")
        return np.full(n, "test")
    if strangers := [value for value in values if value not in meaning]:
        rows = np.flatnonzero(np.isin(codes, [values.index(value) for value in strangers]))
        raise DatasetError(
            f"The column {column!r} holds {', '.join(map(repr, strangers[:SHOWN]))}, in "
            f"{len(rows):,} rows, which is none of train, val and test: mend it, or say --columns "
            "split=- to take all as test."
        )
    split = np.array([meaning[value] for value in values])[codes]
    if "test" not in split:
        shown = "val" if "val" in split else "train"
        told.append(f"No row is of test: those of {shown} are shown as test.")
        return np.where(split == shown, "test", split)
    return split


def _features(
    kept: pa.Table, found: Columns, given: np.ndarray | str, numbers: np.ndarray
) -> np.ndarray:
    """(N, D), as the table or a file has them; D is 0 where nothing has.

    Raises:
        DatasetError: they are for another table, or not numbers.
    """
    if found.features and isinstance(given, str) and not given:
        values = answers.lists(kept[found.features], numbers)
    elif isinstance(given, str) and not given:
        return np.zeros((kept.num_rows, 0), dtype=np.float16)
    else:
        values = _of_file(Path(given).expanduser()) if isinstance(given, str) else given
    if values.ndim != 2 or len(values) != kept.num_rows:
        raise DatasetError(
            f"The features have the shape {values.shape}, and the table {kept.num_rows:,} rows: "
            "give one row of numbers for each."
        )
    slips.refuse_missing(values, numbers, "each feature")
    fits = np.abs(values).max(initial=0) <= np.finfo(np.float16).max
    return values.astype(np.float16 if fits else np.float32)


def _of_file(path: Path) -> np.ndarray:
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # numpy raises nearly anything on damaged bytes
        why = first_line(error)
        raise DatasetError(f"The features in {path} cannot be read: {why}") from None
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        raise DatasetError(f"The features in {path} are no single array of numbers: np.save one.")
    return values


def _table(
    split: np.ndarray,
    paths: Sequence[str],
    label: np.ndarray,
    pred: np.ndarray,
    names: tuple[str, ...],
    p: np.ndarray,
    order: np.ndarray,
) -> pd.DataFrame:
    """The columns that a run must have, its rows in order; train and val share their numbers."""
    split = split[order]
    is_test = split == "test"
    index = np.where(is_test, np.cumsum(is_test), np.cumsum(~is_test)) - 1
    first = pd.DataFrame(
        {
            "split": pd.array(split.tolist(), dtype="str"),
            "index": index.astype(np.int32),
            "path": pd.array([paths[k] for k in order.tolist()], dtype="str"),
            "label": label[order].astype(np.int16),
            "pred": pred[order].astype(np.int16),
        }
    )
    probs = pd.DataFrame(p[order], columns=[prob_column(name) for name in names])
    return pd.concat([first, probs], axis=1)


def _with_further(table: pd.DataFrame, further: pa.Table, order: np.ndarray) -> pd.DataFrame:
    """The table with what else is known; a column that is called like one of its own is renamed."""
    taken = {name.casefold() for name in (*table, *COLUMNS)}
    names = [free_name(name, taken) for name in further.column_names]
    if not names:
        return table
    more = further.rename_columns(names).take(pa.array(order)).to_pandas()
    return pd.concat([table, more], axis=1)


def _fingerprint(names: Sequence[str], table: pd.DataFrame) -> str:
    """The same for tables of the same images, splits and labels, whatever was predicted."""
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "replace"))
    for column in ("split", "path"):
        digest.update("\0".join(table[column]).encode("utf-8", "replace"))
    digest.update(table["label"].to_numpy().tobytes())
    return digest.hexdigest()[:16]
