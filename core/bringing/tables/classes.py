"""The names of the classes, and which of them each row's label or prediction means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from core import artifacts
from core.datasets import bounds
from core.datasets.tables import labels
from core.datasets.tables.left_out import there_are
from core.datasets.trees import names
from core.errors import DatasetError

NAMED = 4  # values in a message
MOST = 10_000


def given(said: str | Sequence[str]) -> tuple[str, ...]:
    """Class names in the network's order: `cat,dog`, a file with one a line, or id2label as JSON.

    Raises:
        DatasetError: the file cannot be read, or a name comes twice.
    """
    found = _listed(said) if isinstance(said, str) else tuple(map(str, said))
    if twice := sorted({name for name in found if found.count(name) > 1}):
        raise DatasetError(f"The class {twice[0]!r} is named twice: give each name once.")
    return found


def _listed(said: str) -> tuple[str, ...]:
    path = Path(said).expanduser()
    if not said or "," in said or not path.is_file():
        return tuple(name.strip() for name in said.split(",") if name.strip())
    if problem := bounds.folder_problem(path.absolute()):
        raise DatasetError(problem)
    if path.suffix.lower() == ".json":
        return _of_json(path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _of_json(path: Path) -> tuple[str, ...]:
    """`{"0": "cat"}`, `{"cat": 0}`, or a config.json that has one of them."""
    try:
        found = artifacts.read_json(path)
        pairs = found.get("id2label") or found
        ids = {int(k): str(v) for k, v in pairs.items()} if all(map(str.isdecimal, pairs)) \
            else {int(v): str(k) for k, v in pairs.items()}  # fmt: skip
    except (ValueError, TypeError, AttributeError) as error:
        raise DatasetError(f"{path} names no classes: {error}") from None
    return tuple(ids[k] for k in sorted(ids))


def ids_of(
    column: pa.ChunkedArray, classes: Sequence[str], numbers: np.ndarray, what: str
) -> np.ndarray:
    """(N,) class ids, of names or of ids that count from 0.

    Args:
        numbers: (N,) what a person calls each row.
        what: `label` or `pred`, in messages.

    Raises:
        DatasetError: some are missing, count from 1, or are no class; with their rows.
    """
    told, codes = labels.encoded(column)
    if told and "" in told:
        rows = numbers[codes == told.index("")]
        raise DatasetError(
            f"{there_are(rows)} without a {what}: leave those rows out, or write one there."
        )
    place = {name: k for k, name in enumerate(classes)}
    meant = names.matched(told, classes)
    found = np.array([place[meant[name]] if name in meant else -1 for name in told])
    if (found < 0).any() and all(name.lstrip("-").isdecimal() for name in told):
        found = _counted(told, len(classes), what)
    if (found < 0).any():
        raise DatasetError(_strangers(told, codes, found, classes, numbers, what))
    return found[codes]


def _counted(told: Sequence[str], k: int, what: str) -> np.ndarray:
    """Ids that are written as numbers; -1 for those that no class has."""
    found = np.array([int(name) for name in told])
    if found.min(initial=0) >= 0 and found.max() == k and 0 not in found:
        raise DatasetError(
            f"The column of the {what} runs from {found.min()} to {k}, and classes count from 0 to "
            f"{k - 1}: subtract 1 from it, or write the classes' names."
        )
    return np.where((found >= 0) & (found < k), found, -1)


def _strangers(
    told: Sequence[str],
    codes: np.ndarray,
    found: np.ndarray,
    classes: Sequence[str],
    numbers: np.ndarray,
    what: str,
) -> str:
    unknown = [repr(name) for name, k in zip(told, found, strict=True) if k < 0]
    rows = numbers[(found < 0)[codes]]
    shown = ", ".join(unknown[:NAMED]) + (" ..." if len(unknown) > NAMED else "")
    are = ", ".join(map(repr, classes[:NAMED])) + (" ..." if len(classes) > NAMED else "")
    return (
        f"{there_are(rows)} with a {what} that is no class, {shown}; the {len(classes):,} classes "
        f"are {are}. Say the classes by --classes, in the order of the probabilities, or mend the "
        "rows."
    )


def of_values(columns: Sequence[pa.ChunkedArray]) -> tuple[str, ...]:
    """Every value of some columns as a class, in order, numbers by their size."""
    told = {name for column in columns for name in labels.encoded(column)[0]} - {""}
    if len(told) > MOST:
        raise DatasetError(
            f"There are {len(told):,} different labels: at most {MOST:,} are allowed."
        )
    if all(name.isdecimal() for name in told):
        return tuple(sorted(told, key=int))
    return tuple(sorted(told))
