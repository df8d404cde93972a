"""A drawn data set in a folder and a run on it: real files, and numbers that a test can foresee."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from core import runs
from core.datasets import Dataset, load_dataset
from core.runs import writing
from core.runs.table import predictions
from core.training.config import TrainConfig

CLASSES = ("cat", "deer", "dog")
TRAIN, TEST, SIDE = 6, 40, 48


def draw(folder: Path, classes: Sequence[str] = CLASSES) -> Dataset:
    """Plain squares; the first pixel says which it is: (number in its class, class, split)."""
    for s, (split, count) in enumerate({"train": TRAIN, "test": TEST}.items()):
        for k, name in enumerate(classes):
            (folder / split / name).mkdir(parents=True)
            for i in range(count):
                image = Image.new("RGB", (SIDE, SIDE), (60 + 60 * k, 120, 200 - 4 * i))
                image.putpixel((0, 0), (i, k, s))
                image.save(folder / split / name / f"{i:03d}.png")
    return load_dataset(f"folder:{folder}")


def table_of(dataset: Dataset) -> pd.DataFrame:
    """A row an image: test, then train, whose first image of each class was val."""
    splits = ["test"] * len(dataset.test) + ["train"] * len(dataset.train)
    index = np.concatenate([np.arange(len(dataset.test)), np.arange(len(dataset.train))])
    label = np.concatenate([dataset.test.labels, dataset.train.labels])
    for row in range(len(dataset.test), len(splits)):
        if index[row] % TRAIN == 0:
            splits[row] = "val"
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(len(dataset.classes)), len(label))
    p[np.arange(len(label)), label] += 0.3
    return predictions.build(
        dataset.classes,
        split=splits,
        index=index,
        path=[*dataset.test.paths, *dataset.train.paths],
        label=label,
        probabilities=p / p.sum(axis=1, keepdims=True),
        brightness=rng.random(len(label)),
        contrast=rng.random(len(label)) / 2,
        sharpness=rng.random(len(label)),
    )


def history() -> pd.DataFrame:
    """Two epochs of three steps."""
    points = [
        ("train", 1, 1, 1.0, 0.4), ("train", 3, 1, 0.9, 0.5), ("val", 3, 1, 0.8, 0.5),
        ("train", 4, 2, 0.7, 0.6), ("train", 6, 2, 0.6, 0.7), ("val", 6, 2, 0.7, 0.6),
    ]  # fmt: skip
    table = pd.DataFrame(points, columns=["split", "step", "epoch", "loss", "accuracy"])
    return table.assign(lr=0.01, images_per_second=100.0)


def save(
    dataset: Dataset,
    *,
    run_id: str = "drawn",
    name: str = "Drawn",
    features: np.ndarray | None = None,
    state: dict[str, np.ndarray] | None = None,
    **config,
) -> runs.Run:
    """A run on the drawn data set; `state` are the weights of its network."""
    table = table_of(dataset)
    if features is None:
        features = np.random.default_rng(1).normal(size=(len(table), 8))
    saved = writing.save_run(
        name,
        TrainConfig(**({"dataset": dataset.name, "name": name} | config)).to_dict(),
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        classes=dataset.classes,
        table=table,
        history=history(),
        features=features,
        weights=state or {"fc.weight": np.ones((3, 8), dtype=np.float32)},
        timings={"train": 1.5},
        device="cpu",
        run_id=run_id,
    )
    return runs.open_run(saved)
