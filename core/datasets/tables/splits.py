"""What the values of a column say of splits: names, numbers of folds, yes and no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from core.datasets.tables.labels import encoded
from core.datasets.tables.reading import Table
from core.datasets.tables.roles import word
from core.datasets.trees import names
from core.errors import DatasetError

# Of a column of yes and no: what it says of yes, and of no.
FLAGS = {
    "isvalid": ("val", "train"), "isval": ("val", "train"), "istest": ("test", "train"),
    "istrain": ("train", "test"), "istraining": ("train", "test"),
    "istrainingimg": ("train", "test"),
}  # fmt: skip
YES, NO = frozenset({"1", "true", "yes", "y", "t"}), frozenset({"0", "false", "no", "n", "f"})
FOLDS = ("fold", "kfold")
MOST_FOLDS = 100


def meant(column: str, values: Sequence[str]) -> Mapping[str, str]:
    """Value -> train, val or test, for the values that say it; none where the column says nothing.

    Of folds, the first one is test.
    """
    low = {value: value.casefold() for value in values}
    called = word(column)
    if called in FLAGS and set(low.values()) <= YES | NO:
        yes, no = FLAGS[called]
        return {value: yes if text in YES else no for value, text in low.items()}
    numbered = [value for value in values if value.isdigit()]
    if called in FOLDS and len(numbered) == len(values) and 1 < len(values) <= MOST_FOLDS:
        first = min(values, key=int)
        return {value: "test" if value == first else "train" for value in values}
    return {value: split for value in values if (split := names.split_of(value))}


@dataclass(frozen=True)
class Told:
    """What a column says of each row.

    Attributes:
        values, codes: its different texts, "" for none, and (N,) which of them each row has.
        meaning: value -> train, val or test, for those that say it.
    """

    values: Sequence[str]
    codes: np.ndarray
    meaning: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def by_row(self) -> np.ndarray:
        """(N,) the split of each row, "" where its value says none."""
        return np.array([self.meaning.get(value, "") for value in self.values])[self.codes]

    def others(self) -> Iterator[tuple[str, np.ndarray]]:
        """The values that say no split, and (N,) bool, which rows have them."""
        for k, value in enumerate(self.values):
            if value not in self.meaning:
                yield value, self.codes == k


def read(table: Table, columns: pa.Table, column: str, is_said: bool) -> Told | None:
    """What a column says of splits; None where it says nothing of them.

    Raises:
        DatasetError: it says of no row that it is train, though it is meant to.
    """
    if not column:
        return None
    values, codes = encoded(columns[column])
    told = [value for value in values if value]
    meaning = meant(column, told)
    if "train" in meaning.values():
        return Told(values, codes, meaning, tuple(_notes(column, meaning)))
    if is_said or (told and len(meaning) == len(told)):
        raise DatasetError(
            f"The column {column!r} of {table.path} says of no row that it is train: it holds "
            f"{', '.join(map(repr, told[:4])) or 'nothing'}. Say another one by --columns "
            "split=NAME."
        )
    return None


def _notes(column: str, meaning: Mapping[str, str]) -> Iterator[str]:
    if word(column) in FOLDS and all(value.isdigit() for value in meaning):
        tested = next(value for value, split in meaning.items() if split == "test")
        yield f"The column {column!r} holds numbers of folds: {tested} is tested on."
