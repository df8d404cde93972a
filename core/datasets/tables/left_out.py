"""The rows of a table that are no image of a data set, by reason and by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

NAMED = 12  # rows that a note names
LISTED = 1000  # that a run does


class Rows:
    """Which rows of a table are left out: the first reason that a row gives counts."""

    def __init__(self, numbers: np.ndarray, ragged: Sequence[int] = ()) -> None:
        self.numbers = numbers
        self.kept = np.ones(len(numbers), dtype=bool)
        self.ragged = ragged
        self._reasons: dict[str, np.ndarray] = {}

    def refuse(self, rows: np.ndarray, reason: str) -> None:
        """Leave out these, by mask or by place, that no other reason has met."""
        mask = np.zeros(len(self.kept), dtype=bool)
        mask[rows] = True
        mask &= self.kept
        if mask.any():
            before = self._reasons.get(reason, np.zeros(0, dtype=np.int64))
            self._reasons[reason] = np.concatenate([before, self.numbers[mask]])
            self.kept &= ~mask

    def by_reason(self) -> Mapping[str, Sequence[int]]:
        """Reason -> the rows' numbers, ascending."""
        found: dict[str, Sequence[int]] = {
            reason: np.sort(rows).tolist() for reason, rows in self._reasons.items()
        }
        return found | ({"other cells than columns": self.ragged} if self.ragged else {})

    def counts(self) -> dict[str, int]:
        return {reason: len(rows) for reason, rows in self.by_reason().items()}

    def notes(self) -> Iterator[str]:
        """A sentence for each reason."""
        for reason, rows in self.by_reason().items():
            verb = "1 row is" if len(rows) == 1 else f"{len(rows):,} rows are"
            yield f"{verb} left out, {reason}: {in_words(rows)}."

    def lines(self) -> tuple[str, ...]:
        """A line for each row, the first thousand."""
        pairs = [(row, reason) for reason, rows in self.by_reason().items() for row in rows]
        return tuple(f"row {row}: {reason}" for row, reason in sorted(pairs)[:LISTED])


def in_words(rows: Sequence[int]) -> str:
    """The first of these rows in a sentence."""
    shown = ", ".join(f"{row:,}" for row in rows[:NAMED])
    return f"row{'' if len(rows) == 1 else 's'} {shown}{' ...' if len(rows) > NAMED else ''}"


def there_are(rows: np.ndarray) -> str:
    """How a sentence on these rows begins: `There are 2 rows (rows 1, 4)`."""
    many = "There is 1 row" if len(rows) == 1 else f"There are {len(rows):,} rows"
    return f"{many} ({in_words(np.sort(rows).tolist())})"
