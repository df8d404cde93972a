"""What the two ways to fit share: the task, its images, the part that is held out, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from core.datasets import Dataset
from core.errors import DatasetError
from core.inference import decoding
from core.inference.batches import Streamed
from core.inference.decoding import Pixels
from core.models import device
from core.models.classifier import Classifier
from core.models.distributed import Ranks
from core.models.preprocessing import Preprocessing
from core.training.config import PREDICT, TrainConfig
from core.training.jobs import Recorder
from core.training.reporter import Reporter

HELD_OUT = 0.1  # part of train, to choose the epoch by


def stages(config: TrainConfig) -> list[str]:
    """The stages of a training, in their order; some of them skip some."""
    if config.mode == "head":
        return ["model", "images", "features", "train", "save"]
    if config.mode == PREDICT:
        return ["model", "images", "predict", *(["features"] if config.features_by else []), "save"]
    compiled = ["compile"] if config.compile == "on" else []
    return ["model", "images", *compiled, "train", "predict", "save"]


@dataclass(frozen=True)
class Task:
    """One training: what to fit on what, where, with whom, and who is told.

    `view`: what the network is shown of each image.
    """

    config: TrainConfig
    dataset: Dataset
    model: Classifier
    where: torch.device
    ranks: Ranks
    reporter: Reporter
    job: Recorder
    view: Preprocessing


@dataclass(frozen=True)
class Fitted:
    """What either mode leaves: the model's features of every image, and how it got there.

    `read`: how the images were read, as `Pixels.kept` says; `notes`: what to know of the figures;
    `brought`: of a network trained elsewhere, its file, what tells that from others, and its head;
    `files`: what builds it, to be copied into the run; `answers`: (N, K)
    logits where it has no head.
    """

    features: np.ndarray
    images: pd.DataFrame
    unreadable: list[str]
    history: pd.DataFrame
    figures: dict[str, float]
    read: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    brought: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    answers: np.ndarray | None = None


def decode_images(task: Task) -> Pixels:
    """Every image that this process reads, told as a stage."""
    n = len(task.dataset.train) + len(task.dataset.test)
    task.reporter.stage("images", f"Decoding {n:,} images")
    found = decoding.decode(
        task.dataset,
        task.view,
        task.config.workers,
        task.reporter.progress,
        task.ranks,
        device.room(task.where),
    )
    for note in found.notes:
        task.reporter.note(note)
    if task.view.cut != "square" and found.side < task.view.size:
        task.reporter.note(
            f"To fit into memory, images are kept with {found.side} pixels a side, the most that "
            "any of them has, and enlarged as they are used."
        )
    if isinstance(found.values, Streamed):
        task.reporter.note("The decoded images do not fit into memory: each epoch reads them anew.")
    return found


def mark_held_out(task: Task, images: pd.DataFrame) -> pd.DataFrame:
    """Part of train held out, unless test chooses the epoch, as in the notebook."""
    config = task.config
    if config.select_on == "test":
        return images
    return hold_out(images, HELD_OUT, config.seed, task.dataset.classes)


def hold_out(
    images: pd.DataFrame, fraction: float, seed: int, classes: Sequence[str]
) -> pd.DataFrame:
    """The same rows with a stratified, seeded part of train marked as `val`.

    Raises:
        DatasetError: a class has too few images to give one away.
    """
    split = images["split"].to_numpy(dtype=object, copy=True)
    for label in np.unique(images["label"]):
        rows = np.flatnonzero((split == "train") & (images["label"] == label))
        n_val = max(1, round(fraction * len(rows)))
        if n_val >= len(rows):
            count = f"{len(rows):,} train image{'' if len(rows) == 1 else 's'}"
            raise DatasetError(
                f"The class {classes[label]!r} has {count}, too few to hold some out: "
                "add images, or choose the epoch with --select-on test."
            )
        chosen = np.random.default_rng([seed, int(label)]).permutation(len(rows))[:n_val]
        split[rows[chosen]] = "val"
    return images.assign(split=split)
