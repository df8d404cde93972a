"""Publishing a run: written into a hidden sibling, synced, renamed: listed whole or not at all."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

from core import artifacts, leftovers
from core.datasets import kinds
from core.errors import RunError
from core.runs.run_json import SCHEMA_VERSION
from core.runs.table import contradictions, predictions

LIBRARIES = (
    "fencepost", "torch", "torchvision", "numpy", "pillow", "pandas", "scikit-learn", "safetensors",
)  # fmt: skip
OUTCOMES = ["split", "correct", "loss"]  # the columns that run.json's metrics come from


def save_run(
    name: str,
    config: Mapping[str, Any],
    *,
    seed: int = 0,
    dataset: str,
    fingerprint: str,
    classes: tuple[str, ...],
    table: pd.DataFrame | Path,
    history: pd.DataFrame,
    features: np.ndarray | Path,
    weights: Mapping[str, np.ndarray],
    timings: Mapping[str, float],
    device: str,
    parent: str = "",
    run_id: str = "",
    extra: Mapping[str, Any] | None = None,
    files: Mapping[str, Path] | None = None,
    publishing: Callable[[str], object] | None = None,
) -> str:
    """Publish one run in a single step and give its id.

    Args:
        name: what it is called; where empty, after its network, its mode and its data.
        config: how it was made, kept as it is: `model`, `mode` and `dataset` are shown where it
            has them.
        seed: what it was drawn by.
        table: the predictions table, checked, and kept with the columns that follow from others
            where it lacks them; or a folder of its parts, as `predictions.write_part` writes
            them, which moves into the run.
        features: (N, D), row i belongs to row i of the table, kept as float16 unless they are
            float32; or an .npy file of them, which moves into the run.
        weights: every parameter and buffer by its name.
        timings: seconds spent, by stage.
        run_id: made from the time and the model where not given.
        files: others to be copied into the run, by their names there.
        publishing: called with the id at the last moment before the run is there.
        extra: more keys for run.json, such as what was found of the images that could not be read.

    Raises:
        RunError: the table is not a predictions table, or features and table differ in length.
        FencepostError: the disk is too full.
    """
    if isinstance(table, Path):
        outcomes = contradictions.check_parts(table, classes, OUTCOMES)
    else:
        table = predictions.complete(predictions.validate(table, classes), classes)
        outcomes = table[OUTCOMES]
    leftovers.sweep()
    stored = _features(features)
    if len(stored) != len(outcomes):
        raise RunError(f"{len(stored)} rows of features for a table of {len(outcomes)} rows.")
    created = datetime.now(UTC)
    size = stored.size * stored.itemsize + sum(w.nbytes for w in weights.values())
    size += len(outcomes) * (60 + 4 * len(classes))
    artifacts.require_space(artifacts.runs_dir(), int(size * 1.1), "Saving the run")
    if run_id:
        shutil.rmtree(_hidden(run_id), ignore_errors=True)  # what a kill left there
        _hidden(run_id).mkdir(parents=True)
    else:
        run_id = _new_id(created, str(config.get("model") or name))
    hidden, final = _hidden(run_id), artifacts.runs_dir() / run_id
    meta = {
        "schema_version": SCHEMA_VERSION,
        "id": run_id,
        "name": name or default_name(config),
        "parent": parent,
        "created": created.isoformat(timespec="seconds"),
        "config": dict(config),
        "dataset": {"name": dataset, "fingerprint": fingerprint},
        "classes": list(classes),
        "versions": _versions(),
        "git_commit": _git_commit(),
        "device": device,
        "seed": seed,
        "timings": dict(timings),
        "metrics": summarise(outcomes),
        **(extra or {}),
    }
    try:
        if isinstance(table, Path):
            shutil.move(table, hidden / "predictions.parquet")
        else:
            predictions.write(table, hidden / "predictions.parquet")
        history.to_parquet(hidden / "history.parquet", index=False)
        if isinstance(features, Path):
            shutil.move(features, hidden / "features.npy")
        else:
            kind = np.float32 if features.dtype == np.float32 else np.float16
            with artifacts.as_os_errors():
                np.save(hidden / "features.npy", np.asarray(features, dtype=kind))
        # safetensors writes an array that is not contiguous scrambled, without a word.
        whole = {name: np.ascontiguousarray(values) for name, values in weights.items()}
        with artifacts.as_os_errors():
            save_file(whole, hidden / "model.safetensors")
        for own, path in (files or {}).items():
            (hidden / own).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, hidden / own)
        artifacts.write_json(hidden / "run.json", meta)
        if publishing:
            publishing(run_id)
        artifacts.publish(hidden, final)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    return run_id


def _features(features: np.ndarray | Path) -> np.ndarray:
    if not isinstance(features, Path):
        return features
    stored = np.load(features, mmap_mode="r", allow_pickle=False)
    if stored.dtype != np.float16:
        raise RunError(f"The features in {features.name} are {stored.dtype}, not float16.")
    return stored


def summarise(table: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Split -> n, right, accuracy, mean loss; None where losses are not known."""
    groups = table.groupby("split", sort=False)
    return {
        str(split): {
            "n": len(rows),
            "right": int(rows["correct"].sum()),
            "accuracy": float(rows["correct"].mean()),
            "loss": None if rows["loss"].isna().any() else float(rows["loss"].mean()),
        }
        for split, rows in groups
    }


def default_name(config: Mapping[str, Any]) -> str:
    """What a run is called when nobody named it: its network, its mode, its data."""
    model, mode, dataset = (str(config.get(key, "")) for key in ("model", "mode", "dataset"))
    data = kinds.file_name(dataset) or dataset
    words = f"{model or 'Model'} {'head on' if mode == 'head' else 'on'} {data}"
    return words if data else model or "Unnamed"


def _hidden(run_id: str) -> Path:
    return artifacts.runs_dir() / f".{run_id}.writing"


def _new_id(created: datetime, model: str) -> str:
    """An id that nobody has, with its hidden folder."""
    stem = f"{created:%Y%m%d-%H%M%S}-{re.sub(r'[^A-Za-z0-9]+', '-', model).strip('-')[:40]}"
    ids = (f"{stem}-{n}" if n > 1 else stem for n in count(1))
    return next(run_id for run_id in ids if _claim(run_id))


def _claim(run_id: str) -> bool:
    """Make the hidden folder of a new run, unless another one saves, or has saved, by this id."""
    try:
        _hidden(run_id).mkdir(parents=True)
    except FileExistsError:
        return False
    # Asked only now: a moment ago another process may not have published it yet.
    if taken := (artifacts.runs_dir() / run_id).exists():
        _hidden(run_id).rmdir()
    return not taken


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _git_commit() -> str:
    """The commit of this checkout; "" without one: a repository further up is somebody else's."""
    if not (artifacts.REPOSITORY / ".git").exists():
        return ""
    command = ["git", "-C", str(artifacts.REPOSITORY), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
