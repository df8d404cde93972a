"""What there is to lose: a run on drawn pictures, a fix of it, a concept, names, notes, a draft."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from core import artifacts, concepts, runs
from core.concepts import store
from tests import drawn

RUN = "drawn"
CHANNELS = 8


def make(root: Path) -> runs.Run:
    """The artifacts below `root`, which they are for this process and those that it starts."""
    os.environ["FENCEPOST_ARTIFACTS"] = str(root / "artifacts")
    dataset = drawn.draw(root / "photos")
    labels = drawn.table_of(dataset)["label"].to_numpy()
    features = np.random.default_rng(1).normal(size=(len(labels), CHANNELS))
    features[np.arange(len(labels)), labels] += 3
    weight = np.eye(3, CHANNELS, dtype=np.float32)
    state = {"head.weight": weight, "head.bias": np.zeros(3, np.float32)}
    run = drawn.save(dataset, features=features, state=state)
    store.save(run, learned(run, "fence"))
    runs.rename(run.id, "The run")
    return run


def learned(run: runs.Run, name: str) -> concepts.Concept:
    """A concept from five picks on each side."""
    values = run.features()
    assert values is not None
    rows = np.flatnonzero(drawn_labels(run) == 0)
    return concepts.learn(values, rows[:5], rows[5:10], drawn_labels(run), name=name)


def drawn_labels(run: runs.Run) -> np.ndarray:
    from core import queries

    return queries.ask(run, "SELECT label FROM run ORDER BY row")["label"].to_numpy()


def problems() -> list[str]:
    """What is half or lost below the artifacts; nothing where all is whole."""
    found = [f"{run.id} is damaged: {run.damage}" for run in runs.list_runs() if run.damage]
    ids = {run.id for run in runs.list_runs()}
    if RUN not in ids and not (artifacts.root() / "deleted" / RUN).is_dir():
        found.append("the run is lost")
    return found + problems_of_files()


def problems_of_files() -> list[str]:
    """JSON that is half; nothing where all is whole."""
    found = []
    for path in artifacts.root().rglob("*.json"):
        if path.name.startswith(".") or ".writing" in str(path) or "/." in str(path):
            continue
        try:
            json.loads(path.read_bytes())
        except ValueError:
            found.append(f"{path} is half")
    return found


def doubled() -> list[str]:
    """Runs that say the same weights of themselves twice: one training made them."""
    seen: dict[bytes, str] = {}
    found = []
    for run in runs.list_runs():
        path = run.folder / "model.safetensors"
        key = path.read_bytes() + run.name.encode() if path.is_file() else run.id.encode()
        if key in seen:
            found.append(f"{run.id} is {seen[key]} once more")
        seen[key] = run.id
    return found
