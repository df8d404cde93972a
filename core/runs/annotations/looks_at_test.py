"""How often test was looked at while fixing a model: every look makes luck look like progress.

Kept beside the run store, as run folders never change: artifacts/looks/<root run>.json names the
fixes of one root run that somebody saw on test.
"""

from __future__ import annotations

from pathlib import Path

from core import artifacts
from core.errors import RunError
from core.runs import Run, open_run
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
    try:
        kept = artifacts.read_json(_path(root)).get("test")
    except ValueError:
        return ()  # none yet, or damaged: a count of looks is no reason to fail
    kept = kept if isinstance(kept, list) else []
    return tuple(i for i in kept if isinstance(i, str) and ID_PATTERN.fullmatch(i))


def record(run: Run) -> None:
    """Count that somebody saw this run on test; a run that is no fix of another counts nothing."""
    root = root_of(run)
    if root.id == run.id or run.id in seen(root):
        return
    path = _path(root)
    with artifacts.changing(path):
        ids = [*seen(root), run.id]
        artifacts.write_json(path, {"schema_version": 1, "test": list(dict.fromkeys(ids))})


def words(root: Run) -> str:
    """What the count means, in a sentence or two; empty where nobody looked."""
    n = len(seen(root))
    if n == 0:
        return ""
    if n <= MANY:
        fixes = "1 fix of it has" if n == 1 else f"{n} fixes of it have"
        return f"{root.name}: {fixes} been seen on test so far. Choose between fixes on val."
    return (
        f"{root.name}: {n} fixes of it have been seen on test. If you try many and keep the best, "
        "part of its lead is luck, so its figures are too good: choose on val, and look at test "
        "once more at the end."
    )


def too_many(root: Run) -> bool:
    """Whether test was looked at more than a few times."""
    return len(seen(root)) > MANY


def _path(root: Run) -> Path:
    return artifacts.root() / "looks" / f"{root.id}.json"
