"""How often test was looked at while fixing a model: every look makes luck look like progress.

Kept beside the run store, as run folders never change: artifacts/looks/<root run>.json names the
fixes of one root run that somebody saw on test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core import artifacts
from core.errors import RunError
from core.runs import Run, open_run
from core.runs.annotations import beside
from core.runs.store import ID_PATTERN

MANY = 3  # fixes seen on test, beyond which the page warns


def root_of(run: Run) -> Run:
    """The run that the fixes go back to: itself where it has no parent that is still there."""
    seen = {run.id}
    while (parent := run.parent) and parent not in seen:
        seen.add(parent)
        try:
            run = open_run(parent)
        except RunError:
            return run
    return run


def seen(root: Run) -> tuple[str, ...]:
    """The fixes of this root run that were seen on test, by id, in the order of their looks."""
    return _ids(beside.read(_path(root)))


def _ids(kept: dict[str, Any]) -> tuple[str, ...]:
    found = kept.get("test")
    found = found if isinstance(found, list) else []
    return tuple(i for i in found if isinstance(i, str) and ID_PATTERN.fullmatch(i))


def record(run: Run) -> None:
    """Count that somebody saw this run on test; a run that is no fix of another counts nothing."""
    root = root_of(run)
    if root.id == run.id or run.id in seen(root):
        return
    with beside.changing(_path(root)) as kept:
        ids = list(dict.fromkeys([*_ids(kept), run.id]))
        kept.update(schema_version=1, test=ids)


def words(root: Run) -> str:
    """What the count means, in a sentence or two; empty where nobody looked."""
    n = len(seen(root))
    if n == 0:
        return ""
    if n <= MANY:
        fixes = "1 fix of it was" if n == 1 else f"{n} fixes of it were"
        return (
            f"{root.name}: {fixes} compared on test so far. Choose between fixes by validation: "
            "each look at test makes its figures less of a proof."
        )
    return (
        f"{root.name}: {n} fixes of it were compared on test. If you try many and keep the best, "
        "part of its lead is luck, so its figures are too good: choose by validation, and look at "
        "test once more at the end."
    )


def too_many(root: Run) -> bool:
    """Whether test was looked at more than a few times."""
    return len(seen(root)) > MANY


def _path(root: Run) -> Path:
    return artifacts.root() / "looks" / f"{root.id}.json"
