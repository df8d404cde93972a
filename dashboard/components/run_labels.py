"""What pages say of a run: a name that tells it from the others, and its row of the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from core.datasets import kind_of, kinds
from core.evaluation import intervals
from core.runs import Run
from core.training.jobs.progress import duration

LONGEST = 10 * 365 * 86_400  # seconds, beyond which no training took so long


def labels(found: Sequence[Run]) -> dict[str, str]:
    """Run id -> its name; before a name that several have, its date, and where that is not enough
    its id. What tells them apart comes first, as a picker cuts the end of a long label."""
    names = Counter(run.name for run in found)
    dates = {run.id: _date(run) for run in found}
    same = Counter((dates[run.id], run.name) for run in found)

    def label(run: Run) -> str:
        if names[run.name] == 1:
            return run.name
        date = dates[run.id]
        return f"{date if date and same[date, run.name] == 1 else run.id} · {run.name}"

    return {run.id: label(run) for run in found}


def _date(run: Run) -> str:
    moment = _moment(run.meta["created"])
    return f"{moment:%d %b %H:%M}" if moment else ""


def facts(run: Run) -> dict[str, Any]:
    """A row of the table; None for what run.json does not hold, or holds as nonsense."""
    n, right = (run.metrics["test"][key] for key in ("n", "right"))
    return {
        "name": run.name,
        "accuracy": 100 * right / n if n else None,
        "interval": intervals.span(*intervals.wilson(right, n), 1) if n else None,
        "n": n,
        "chosen_on": _chosen_on(run),
        "dataset": _data(run.dataset),
        "model": str(run.config.get("model", "")),
        "mode": _mode(run),
        "duration": _duration(run.timings),
        "created": _moment(run.meta["created"]),
    }


def _data(dataset: str) -> str:
    """A data set without the path to it; a person's own by its own name."""
    kind, first = kind_of(dataset), dataset.partition(":")[0]
    return kinds.file_name(dataset) or first if kind and kind.own else first


def _zone() -> ZoneInfo | None:
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ValueError, OSError):  # none that this machine knows
        return None


def local_time(moment: datetime) -> datetime:
    """A moment as the clock of the browser has it, else that of this machine."""
    return moment.astimezone(_zone())


def _chosen_on(run: Run) -> str:
    """Nothing was chosen of a network that was brought, unless a fix was."""
    if run.config.get("mode") == "predict" and not run.steps:
        return ""
    return "test" if run.selected_on_test else "val"


def _mode(run: Run) -> str:
    if run.steps:
        return "fix: " + ", ".join(step["method"] for step in run.steps)
    return str(run.config.get("mode", ""))


def _duration(timings: Mapping[str, float]) -> str | None:
    """How long the run took, all its stages together."""
    seconds = sum(timings.values())
    return duration(seconds) if timings and seconds < LONGEST else None


def _moment(text: str) -> datetime | None:
    """The time in the browser's zone, else in this machine's; without it, as the table shows it."""
    try:
        return datetime.fromisoformat(text).astimezone(_zone()).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
