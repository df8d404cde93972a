"""What the table of runs says of one run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import metrics
from core.jobs.progress import duration, number
from core.runs import Run


def facts(run: Run) -> dict[str, Any]:
    """A row of the table; None for what run.json does not hold, or holds as nonsense."""
    n, right = (int(number(run.metrics["test"][key]) or 0) for key in ("n", "right"))
    low, high = metrics.wilson(min(max(right, 0), n), n) if n > 0 else (0.0, 1.0)
    return {
        "name": run.name,
        "accuracy": number(run.metrics["test"]["accuracy"]),
        "interval": metrics.span(low, high, 1),
        "n": n,
        "chosen_on": "test" if run.selected_on_test else "val",
        "dataset": run.dataset,
        "model": str(run.config.get("model", "")),
        "mode": _mode(run),
        "duration": _duration(run.meta.get("timings")),
        "created": _moment(run.meta["created"]),
    }


def _mode(run: Run) -> str:
    if run.steps:
        return "fix: " + ", ".join(step["method"] for step in run.steps)
    return str(run.config.get("mode", ""))


def _duration(timings: Any) -> str | None:
    """How long the run took, all its stages together."""
    if not isinstance(timings, dict):
        return None
    return duration(sum(number(seconds) or 0 for seconds in timings.values()))


def _moment(text: str) -> datetime | None:
    """The time in this machine's zone, without a zone: so the table shows it as it is."""
    try:
        return datetime.fromisoformat(text).astimezone().replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
