"""Features with a planted fence: half of the cats show it, and the head reads it as cat."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import runs
from core.inference.scoring import probabilities
from core.runs.table import predictions

CLASSES = ("cat", "deer", "ship")
FENCE = 6  # the channel that sees it, besides a little of every other
SIZES = {"train": 300, "test": 240}
SHARES = {"train": (0.45, 0.01, 0.01), "test": (0.3, 0.3, 0.1)}


def features_and_truth(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(N, 24) features, (N,) labels, (N,) who shows the fence, (N,) splits."""
    rng = np.random.default_rng(seed)
    splits = np.repeat(list(SIZES), list(SIZES.values()))
    labels = np.concatenate([np.arange(n) % 3 for n in SIZES.values()])
    shares = np.array([SHARES[split][label] for split, label in zip(splits, labels, strict=True)])
    shows = rng.random(len(labels)) < shares
    x = rng.normal(size=(len(labels), 24))
    x[np.arange(len(x)), labels] += 4
    x[:, FENCE] += 5 * shows
    return x.astype(np.float16), labels, shows, splits


def head() -> tuple[np.ndarray, np.ndarray]:
    weight = np.zeros((3, 24), dtype=np.float32)
    weight[[0, 1, 2], [0, 1, 2]] = 2
    weight[0, FENCE] = 2
    return weight, np.array([-2, 0, 0], dtype=np.float32)


def save(save_tiny, **options) -> tuple[runs.Run, np.ndarray]:
    """A run of these features, and who shows the fence; options are those of `save_run`."""
    x, labels, shows, splits = features_and_truth()
    weight, bias = head()
    index = np.concatenate([np.arange(n) for n in SIZES.values()])
    rng = np.random.default_rng(1)
    table: pd.DataFrame = predictions.build(
        CLASSES,
        split=splits,
        index=index,
        path=[""] * len(x),
        label=labels,
        probabilities=probabilities(x, weight, bias),
        brightness=0.5 + 0.05 * rng.normal(size=len(x)) - 0.2 * shows,
        contrast=0.2 + 0.01 * rng.normal(size=len(x)),
        sharpness=0.3 + 0.01 * rng.normal(size=len(x)),
    )
    weights = {"head.weight": weight, "head.bias": bias}
    values = {"run_id": "planted", "table": table, "features": x, "weights": weights}
    return save_tiny(**(values | options)), shows


def save_without_features(save_tiny) -> runs.Run:
    run, _ = save(save_tiny, run_id="bare")
    (run.folder / "features.npy").unlink()
    return run
