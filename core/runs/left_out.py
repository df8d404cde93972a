"""The files of a run's data set that became no row, as its run.json lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.runs.store import Run


@dataclass(frozen=True)
class LeftOut:
    """How many files were left out, why, and which of them could not be read.

    Attributes:
        reasons: reason -> number of files, most first.
        files: `path: reason` of images that could not be read, and `row 7: reason` of rows of a
            table; the first thousand of each.
        notes: what was said of the data set when it was read.
    """

    n: int
    reasons: Mapping[str, int]
    files: tuple[str, ...]
    notes: tuple[str, ...]


def of(run: Run) -> LeftOut:
    """What a run's run.json says; nothing where it says nothing, or nonsense."""
    unreadable, kept = run.meta.get("unreadable"), run.meta.get("left_out")
    unreadable = unreadable if isinstance(unreadable, dict) else {}
    files = tuple(map(str, _list(unreadable.get("files"))))
    reasons = Counter(line.partition(": ")[2] for line in files)
    n = unreadable.get("n")
    more = n - len(files) if type(n) is int else 0
    if more > 0:
        reasons["an image that cannot be read"] += more
    if isinstance(kept, dict):
        reasons.update({str(why): n for why, n in kept.items() if type(n) is int and n > 0})
    notes = tuple(map(str, _list(run.meta.get("data_notes"))))
    files += tuple(map(str, _list(run.meta.get("refused"))))
    return LeftOut(sum(reasons.values()), dict(reasons.most_common()), files, notes)


def _list(found: object) -> list:
    return found if isinstance(found, list) else []
