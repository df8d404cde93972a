"""The run store: one immutable folder a trained model, with its predictions table.

What may change later (its name, that it was deleted) is kept outside its folder. `writing`
writes the folders.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from core import artifacts
from core.errors import RunError
from core.runs import footers, table_files
from core.runs.annotations import beside
from core.runs.history import HISTORY
from core.runs.names import name_problem
from core.runs.table_files import Place

SCHEMA_VERSION = 1
ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}")
REQUIRED = {"classes": list, "config": dict, "dataset": dict, "metrics": dict, "created": str}


@dataclass(frozen=True)
class Run:
    """One trained model. A damaged one has `damage`, the reason, and may lack everything else."""

    id: str
    folder: Path
    name: str
    meta: dict[str, Any] = field(default_factory=dict, repr=False)
    damage: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.meta["classes"])

    @property
    def config(self) -> dict[str, Any]:
        return self.meta["config"]

    @property
    def dataset(self) -> str:
        return self.meta["dataset"]["name"]

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        """Split -> n, right, accuracy and loss."""
        return self.meta["metrics"]

    @property
    def selected_on_test(self) -> bool:
        """Whether its best epoch was chosen on the images its accuracy is reported on."""
        return self.config.get("select_on") == "test"

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The fixes that made it of its parent, as `core.fixes.Step.to_dict` gives them."""
        kept = self.meta.get("steps")
        steps = kept if isinstance(kept, list) else []
        return [s for s in steps if isinstance(s, dict) and isinstance(s.get("method"), str)]

    @property
    def table_path(self) -> Place:
        """Its predictions table: a file, a folder of parts, or the address in run.json."""
        return self.meta.get("table") or self.folder / "predictions.parquet"

    def history(self) -> pd.DataFrame:
        """step, epoch, split, loss, accuracy, lr, images_per_second; empty where none was kept."""
        try:
            return pd.read_parquet(self.folder / "history.parquet")
        except (OSError, pa.ArrowException):
            return pd.DataFrame(columns=HISTORY)

    def features(self) -> np.ndarray | None:
        """(N, D) float16, memory-mapped, row i as in the table; None where none usable are kept."""
        try:
            values = np.load(self.folder / "features.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        n = sum(each["n"] for each in self.metrics.values())
        usable = values.ndim == 2 and values.dtype.kind == "f" and len(values) == n
        return values if usable else None

    def head(self) -> tuple[np.ndarray, np.ndarray]:
        """The linear head, float32: weight (K, D) and bias (K,); logits = f @ weight.T + bias.

        Raises:
            RunError: the weights cannot be read, or hold no head for this run's classes.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.folder / "model.safetensors", "numpy") as file:
                weight, bias = file.get_tensor("head.weight"), file.get_tensor("head.bias")
        except (OSError, SafetensorError):
            raise RunError(
                f"Run {self.name} keeps no linear head that can be read: train it again."
            ) from None
        if weight.ndim != 2 or len(weight) != len(self.classes) or bias.shape != weight.shape[:1]:
            raise RunError(f"The head of run {self.name} does not fit its classes: train it again.")
        return weight.astype(np.float32), bias.astype(np.float32)


def open_run(run_id: str) -> Run:
    """The run of this id.

    Raises:
        RunError: there is no such run, or it is damaged; the message says why.
    """
    if not ID_PATTERN.fullmatch(run_id) or not (artifacts.runs_dir() / run_id).is_dir():
        raise RunError(
            f"No run {run_id!r} in {artifacts.runs_dir()}: see the Runs page for those there."
        )
    run = _load(artifacts.runs_dir() / run_id, _names())
    if run.damage:
        raise RunError(f"Run {run_id} is damaged: {run.damage}")
    return run


def list_runs() -> list[Run]:
    """Every run, newest first; damaged ones last, each with its reason."""
    folder = artifacts.runs_dir()
    if not folder.is_dir():
        return []
    names = _names()
    found = [p for p in folder.iterdir() if p.is_dir() and ID_PATTERN.fullmatch(p.name)]
    runs = [_load(p, names) for p in found]
    runs.sort(key=lambda run: (run.meta.get("created", ""), run.id), reverse=True)
    return sorted(runs, key=lambda run: bool(run.damage))


def _load(folder: Path, names: Mapping[str, Any]) -> Run:
    try:
        meta = artifacts.read_json(folder / "run.json")
        _check(meta, folder)
    except (ValueError, RunError) as error:
        return Run(id=folder.name, folder=folder, name=folder.name, damage=str(error))
    name = names.get(folder.name) or meta.get("name") or folder.name
    return Run(id=folder.name, folder=folder, name=str(name), meta=meta)


def _check(meta: dict[str, Any], folder: Path) -> None:
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
    test = meta["metrics"].get("test")
    if not isinstance(test, dict) or not {"n", "right", "accuracy"} <= test.keys():
        raise RunError("run.json holds no test metrics.")
    for split, found in meta["metrics"].items():
        if not isinstance(found, dict) or type(found.get("n")) is not int or found["n"] < 0:
            raise RunError(f"run.json does not say how many images {split} has.")
    if type(test["right"]) is not int or not 0 <= test["right"] <= test["n"]:
        raise RunError("run.json counts more right answers than images, or no whole number.")
    _check_table(meta, folder)


def _check_table(meta: dict[str, Any], folder: Path) -> None:
    address = meta.get("table", "")
    if not isinstance(address, str) or (address and not table_files.is_remote(address)):
        raise RunError("'table' in run.json is not an address such as s3://bucket/run/.")
    place = address or folder / "predictions.parquet"
    name = address or "predictions.parquet"
    try:
        footers.check(place, meta["classes"])
    except (OSError, ValueError, pa.ArrowException) as error:
        raise RunError(f"{name} cannot be read ({type(error).__name__}).") from None


def _names() -> dict[str, Any]:
    try:
        return artifacts.read_json(_names_file())
    except ValueError:
        return {}


def _names_file() -> Path:
    return artifacts.root() / "run_names.json"


def rename(run_id: str, name: str) -> None:
    """Call a run something else; an empty name gives it back the one it was saved with.

    Raises:
        RunError: the name is too long, or nothing of it can be seen.
    """
    name = name.strip()
    if problem := name_problem(name):
        raise RunError(problem)
    with beside.changing(_names_file()) as names:
        names[run_id] = name


def delete(run_id: str) -> None:
    """Put a run into the bin, from which `restore` brings it back; the bin holds the last ten."""
    source = artifacts.runs_dir() / run_id
    if not ID_PATTERN.fullmatch(run_id) or not source.is_dir():
        raise RunError(f"No run {run_id!r} to delete.")
    bin_dir = artifacts.root() / "deleted"
    bin_dir.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(bin_dir / run_id, ignore_errors=True)
    source.rename(bin_dir / run_id)
    for old in sorted(bin_dir.iterdir(), key=lambda p: p.stat().st_ctime)[:-10]:
        shutil.rmtree(old, ignore_errors=True)


def restore(run_id: str) -> None:
    """Bring a deleted run back."""
    source = artifacts.root() / "deleted" / run_id
    if not ID_PATTERN.fullmatch(run_id) or not source.is_dir():
        raise RunError(f"Run {run_id!r} is no longer in the bin.")
    source.rename(artifacts.runs_dir() / run_id)
