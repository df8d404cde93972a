"""A run of eight images and three classes, written by hand, so that every number can be seen."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from core import artifacts, runs
from core.runs import writing
from core.runs.table import predictions
from core.training.config import TrainConfig
from tests.real import shared

# A busy machine is no reason to fail.
settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")

CLASSES = ("cat", "deer", "ship")
#          split    index label  p(cat) p(deer) p(ship)
IMAGES = [
    ("test", 0, 0, 0.80, 0.15, 0.05),
    ("test", 1, 0, 0.30, 0.60, 0.10),
    ("test", 2, 1, 0.90, 0.05, 0.05),
    ("test", 3, 1, 0.70, 0.20, 0.10),
    ("test", 4, 1, 0.10, 0.80, 0.10),
    ("test", 5, 2, 0.05, 0.05, 0.90),
    ("train", 0, 0, 0.99, 0.005, 0.005),
    ("val", 1, 2, 0.20, 0.20, 0.60),
]


@pytest.fixture
def artifacts_root(tmp_path, monkeypatch):
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", str(tmp_path / "artifacts"))
    return tmp_path / "artifacts"


@pytest.fixture
def tiny_table() -> pd.DataFrame:
    split, index, label, *p = zip(*IMAGES, strict=True)
    steps = np.arange(8) / 10
    return predictions.build(
        CLASSES,
        split=split,
        index=np.array(index),
        path=[""] * 8,
        label=np.array(label),
        probabilities=np.array(p).T,
        brightness=steps,
        contrast=steps / 2,
        sharpness=1 - steps,
    )


@pytest.fixture
def save_tiny(artifacts_root, tiny_table):
    """A function that saves the tiny table as a run; its options are those of `save_run`."""

    def save(config: TrainConfig | None = None, **options) -> runs.Run:
        values = {
            "dataset": "demo",
            "fingerprint": "0" * 16,
            "classes": CLASSES,
            "table": tiny_table,
            "history": pd.DataFrame({"step": [1], "epoch": [1], "split": ["val"]}),
            "features": np.eye(8, 4),
            "weights": {"fc.weight": np.ones((3, 4), dtype=np.float32)},
            "timings": {"train": 1.5},
            "device": "cpu",
        }
        config = config or TrainConfig(dataset="demo", name="tiny")
        values |= {"seed": config.seed, **options}
        return runs.open_run(writing.save_run(config.name, config.to_dict(), **values))

    return save


@pytest.fixture
def tiny_run(save_tiny) -> runs.Run:
    return save_tiny(run_id="tiny")


@pytest.fixture
def at_once(monkeypatch):
    """A function that calls another with each argument, all at once: none writes before all read.

    It is how two sessions of the dashboard lose a change, unless each reads and writes alone.
    """
    whole = artifacts.write_json

    def slowly(*arguments):
        time.sleep(0.1)
        whole(*arguments)

    def call(function, arguments) -> None:
        monkeypatch.setattr(artifacts, "write_json", slowly)
        with ThreadPoolExecutor(len(arguments)) as pool:
            list(pool.map(function, arguments))

    return call


@pytest.fixture(scope="session")
def real_stl10() -> Path:
    return shared("data/stl10")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests last and in one process, which the other then leaves alone.

    Playwright keeps an event loop running that others cannot bear. Where CI asks, one that fails is
    run once more, and the summary names it: a machine that others load must not refuse a change.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("browser"))
            if os.environ.get("CI"):
                item.add_marker(pytest.mark.flaky(reruns=1))
