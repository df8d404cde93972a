"""What run.json may hold: checked when a run is opened, as others may have written it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core.errors import RunError
from core.runs.table import table_files
from core.runs.table.schema import SPLITS

SCHEMA_VERSION = 1
REQUIRED = {"classes": list, "config": dict, "dataset": dict, "metrics": dict, "created": str}
MOST = 2**53  # images; beyond, a float no longer counts
LONGEST = 1e9  # seconds of a stage: thirty years


def check(meta: Mapping[str, Any]) -> None:
    """Refuse what cannot be the run.json of a run.

    Raises:
        RunError: says which of its values cannot be.
    """
    found = meta.get("schema_version")
    if found != SCHEMA_VERSION:
        raise RunError(
            f"run.json has schema version {found!r}, but this Fencepost reads {SCHEMA_VERSION}: "
            "update Fencepost, or train again."
        )
    for key, kind in REQUIRED.items():
        if not isinstance(meta.get(key), kind):
            raise RunError(f"run.json has no usable {key!r}.")
    if not isinstance(meta["dataset"].get("name"), str):
        raise RunError("run.json does not name its data set.")
    if not all(isinstance(name, str) for name in meta["classes"]) or len(meta["classes"]) < 2:
        raise RunError("run.json names fewer than two classes.")
    if len(set(meta["classes"])) < len(meta["classes"]):
        raise RunError("run.json names a class twice.")
    _check_metrics(meta["metrics"])
    address = meta.get("table", "")
    if not isinstance(address, str) or (address and not table_files.is_remote(address)):
        raise RunError("'table' in run.json is not an address such as s3://bucket/run/.")


def _check_metrics(metrics: Mapping[str, Any]) -> None:
    test = metrics.get("test")
    if not isinstance(test, dict) or not {"n", "right"} <= test.keys():
        raise RunError("run.json holds no test metrics.")
    for split, kept in metrics.items():
        if split not in SPLITS:
            raise RunError(f"run.json has metrics of a split other than {', '.join(SPLITS)}.")
        if not isinstance(kept, dict) or whole(kept.get("n")) is None:
            raise RunError(f"run.json does not say how many images {split} has.")
        right = whole(kept.get("right"), below=kept["n"] + 1)
        if right is None and kept.get("right") is not None:
            raise RunError("run.json counts more right answers than images, or no whole number.")
    if test["right"] is None:
        raise RunError("run.json holds no test metrics.")


def figures(kept: Mapping[str, Any]) -> dict[str, Any]:
    """n, right, accuracy and loss of a split; accuracy follows from the first two alone."""
    n, right = kept["n"], kept.get("right")
    accuracy = right / n if n and right is not None else None
    return {"n": n, "right": right, "accuracy": accuracy, "loss": number(kept.get("loss"))}


def seconds(timings: Any) -> dict[str, float]:
    """Stage -> seconds, of those that can be some."""
    kept = timings.items() if isinstance(timings, dict) else ()
    found = {stage: number(value) for stage, value in kept}
    return {s: v for s, v in found.items() if v is not None and 0 <= v <= LONGEST}


def whole(value: Any, *, below: int = MOST) -> int | None:
    """The value where it is a whole number from 0 on."""
    return value if type(value) is int and 0 <= value < below else None


def number(value: Any) -> float | None:
    """The value where it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def text(value: Any) -> str:
    """The value where it is text, else ""."""
    return value if isinstance(value, str) else ""
