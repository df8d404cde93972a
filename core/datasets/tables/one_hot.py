"""Labels as a column a class, in which 1 stands for the image's own, as competitions ship them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pyarrow as pa

from core.datasets.tables.reading import numbers

PREFIX = re.compile(r"^(is|label|class|target|category|gt|y)[_ .:-]+", re.IGNORECASE)


def columns(sample: pa.Table, names: Sequence[str]) -> list[str]:
    """The columns beside each other that hold 0 and 1, and one 1 in most rows.

    Of several such groups, and of what is left where a first or last column is none of them, the
    one with the most columns.
    """
    found = {name: numbers(sample[name]) for name in names}
    binary = [name for name in sample.column_names if name in found and _is_binary(found[name])]
    runs = _beside(sample.column_names, binary)
    tried = [run[a:b] for run in runs for a, b in _spans(len(run)) if b - a > 1]
    good = [run for run in tried if _is_one_a_row(np.stack([found[name] for name in run]))]
    return max(good, key=len, default=[])


def labels(columns: Sequence[pa.ChunkedArray]) -> tuple[np.ndarray, np.ndarray]:
    """(N,) which of the K columns holds the 1, and how many do."""
    which, ones = np.zeros((2, len(columns[0])), dtype=np.int64)
    for k, column in enumerate(columns):
        holds = np.nan_to_num(numbers(column)) > 0.5
        which[holds] = k
        ones += holds
    return which, ones


def class_names(columns: Sequence[str]) -> list[str]:
    """The columns' names without what all of them begin with: `label_cat` is cat."""
    shorter = [PREFIX.sub("", name) for name in columns]
    all_begin = all(short != name and short for short, name in zip(shorter, columns, strict=True))
    return shorter if all_begin and len(set(shorter)) == len(columns) else list(columns)


def _is_binary(values: np.ndarray) -> bool:
    told = values[np.isfinite(values)]
    return len(told) == len(values) and len(told) > 0 and bool(np.isin(told, (0, 1)).all())


def _is_one_a_row(values: np.ndarray) -> bool:
    """Of (K, n) values: whether three in four rows hold one 1."""
    return bool((values.sum(axis=0) == 1).mean() >= 0.75)


def _beside(order: Sequence[str], names: Sequence[str]) -> list[list[str]]:
    """The names in runs without another column between them."""
    places = {name: place for place, name in enumerate(order)}
    numbered = groupby(enumerate(names), key=lambda pair: places[pair[1]] - pair[0])
    return [[name for _, name in run] for _, run in numbered]


def _spans(n: int) -> list[tuple[int, int]]:
    """All of a run, and what is left without its first two or its last two columns."""
    return [(a, n - b) for a in range(3) for b in range(3)]
