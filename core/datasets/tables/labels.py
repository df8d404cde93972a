"""The labels that a table gives its images: one column of names or ids, or a column a class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.datasets.tables import one_hot
from core.datasets.tables.left_out import Rows
from core.datasets.tables.reading import texts
from core.datasets.tables.roles import Roles
from core.errors import DatasetError

NO_LABEL = "without a label"
SEVERAL = "with more than one label"
FEW = 20  # different values of a column of fractions, which are no classes


def read(columns: pa.Table, roles: Roles, left: Rows) -> tuple[list[str], np.ndarray]:
    """Names in their order, and (N,) which of them each row has; rows without one are left out.

    Raises:
        DatasetError: the column holds measures, not classes.
    """
    if roles.one_hot:
        place, ones = one_hot.labels([columns[name] for name in roles.one_hot])
        left.refuse(ones == 0, NO_LABEL)
        left.refuse(ones > 1, SEVERAL)
        return _sorted(one_hot.class_names(roles.one_hot), place)
    names, codes = encoded(columns[roles.label])
    left.refuse(np.array([name == "" for name in names])[codes], NO_LABEL)
    fractions = [name for name in names if _is_fraction(name)]
    if len(fractions) > max(FEW, len(names) // 2):
        raise DatasetError(
            f"The column {roles.label!r} holds {len(names):,} different numbers, such as "
            f"{fractions[0]}: these are no classes. Say which column the labels are."
        )
    return _sorted(names, codes)


def encoded(column: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    """The different texts of a column, "" for none, and (N,) which of them each row has."""
    filled = pc.call_function("coalesce", [texts(column), pa.scalar("")])
    found = pa.chunked_array(filled.chunks, filled.type).combine_chunks().dictionary_encode()
    return found.dictionary.to_pylist(), found.indices.to_numpy(zero_copy_only=False)


def _sorted(names: Sequence[str], codes: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The names in order, numbers by their size."""
    numbered = all(name.lstrip("-").isdecimal() for name in names if name)
    order = sorted(range(len(names)), key=lambda k: _key(names[k], numbered))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return [names[k] for k in order], rank[codes]


def _key(name: str, numbered: bool) -> tuple[int, str]:
    return (int(name or 0), "") if numbered else (0, name)


def _is_fraction(name: str) -> bool:
    try:
        return not float(name).is_integer()
    except (ValueError, OverflowError):
        return False
