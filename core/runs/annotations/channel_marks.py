"""What a person says of a channel: whether what it sees belongs to a class, or is spurious for it.

After Singla and Feizi (2022). A run never changes, so its marks lie beside it, in
artifacts/marks/<run id>.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from core import artifacts
from core.errors import RunError
from core.runs import Run
from core.runs.annotations import beside

Mark = Literal["spurious", "belongs"]
MARKS = get_args(Mark)
SPURIOUS, BELONGS = MARKS
SCHEMA_VERSION = 1


def of_class(run: Run, pred: int) -> dict[int, Mark]:
    """Channel -> its mark, for the class that it speaks for; a damaged file holds none."""
    return _of(beside.read(_path(run)), pred)


def spurious(run: Run, pred: int) -> list[int]:
    """The channels marked as spurious for a class, ascending."""
    return sorted(k for k, mark in of_class(run, pred).items() if mark == SPURIOUS)


def mark(
    run: Run, pred: int, channel: int, how: Mark | None, seen: Mark | Literal["any"] | None = "any"
) -> None:
    """Mark a channel for a class; None takes the mark away.

    Raises:
        RunError: it has neither this mark nor the one `seen`: somebody else has just set it.
    """
    with beside.changing(_path(run)) as kept:
        marks = _of(kept, pred)
        now = marks.pop(channel, None)
        if seen != "any" and now not in (seen, how):
            words = f"marked channel {channel} as {now}" if now else f"unmarked channel {channel}"
            raise RunError(f"Somebody else has just {words}: mark it again if you disagree.")
        if how:
            marks[channel] = how
        every = _classes(kept) | {str(pred): {str(k): marks[k] for k in sorted(marks)}}
        kept.clear()
        kept.update(schema_version=SCHEMA_VERSION, classes=every)


def _of(kept: dict[str, Any], pred: int) -> dict[int, Mark]:
    marks = _classes(kept).get(str(pred), {})
    return {int(k): mark for k, mark in marks.items() if k.isdigit() and mark in MARKS}


def _classes(kept: dict[str, Any]) -> dict[str, dict[str, Any]]:
    classes = kept.get("classes") if kept.get("schema_version") == SCHEMA_VERSION else None
    if not isinstance(classes, dict):
        return {}
    return {pred: marks for pred, marks in classes.items() if isinstance(marks, dict)}


def _path(run: Run) -> Path:
    return artifacts.root() / "marks" / f"{run.id}.json"
