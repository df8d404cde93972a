"""Fitting the head alone, on the features of a backbone left as it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from core.datasets import Dataset
from core.errors import DatasetError
from core.inference import cache, extraction
from core.inference.decoding import Pixels
from core.models import device, transforms, weights
from core.models.preprocessing import Preprocessing
from core.runs.history import HISTORY
from core.training.config import TrainConfig
from core.training.head import fit_head
from core.training.task import Fitted, Task, decode_images, mark_held_out

COMPUTED_ARE_KEPT = "Features computed so far are kept if you stop it."


def fit_frozen(task: Task) -> Fitted | None:
    """Fit the head on the features of a backbone left as it is; None but in the first process."""
    config, model = task.config, task.model
    found = _features(task)
    if found is None:
        return None
    images = mark_held_out(task, found.images)
    labels, split = images["label"].to_numpy(), images["split"].to_numpy()
    train, held_out = split == "train", split == config.select_on
    task.reporter.stage("train", f"Fitting the head on {train.sum():,} images")
    values = np.asarray(found.values)
    head = fit_head(
        values[train],
        labels[train],
        values[held_out],
        labels[held_out],
        len(task.dataset.classes),
        task.reporter.progress,
    )
    with torch.no_grad():
        model.head.weight.copy_(torch.from_numpy(head.weight))
        model.head.bias.copy_(torch.from_numpy(head.bias))
    figures = {"accuracy": head.held_accuracy, "loss": head.held_loss, "strength": head.strength}
    history = pd.DataFrame(columns=HISTORY)
    return Fitted(values, images, found.unreadable, history, figures, found.read)


def _features(task: Task) -> cache.Features | None:
    """From the cache, else computed, by every process a share; None but in the first."""
    config, ranks = task.config, task.ranks
    name = cache_key(config, task.dataset, task.where, task.view)
    cached = cache.load(name) if ranks.first else None
    if cached is not None and _can_be_read_now(task.dataset, cached.images):
        cached = None
    if ranks.agree(cached is not None):
        if cached is not None:
            task.reporter.note(
                f"The features of {len(cached.images):,} images come from the cache."
            )
        return cached
    decoded = decode_images(task)
    task.reporter.stage(
        "features", f"Computing features of {len(decoded.images):,} images, {task.where.type}"
    )
    if ranks.size == 1:
        return _computed(task, name, decoded)
    part = f"{name}-{ranks.number}-of-{ranks.size}"
    own = replace(decoded, images=decoded.images.iloc[decoded.rows])
    whole = ranks.assemble(decoded.rows, _computed(task, part, own).values)
    cache.forget(part)
    return None if whole is None else cache.keep(name, whole, decoded)


def _can_be_read_now(dataset: Dataset, images: pd.DataFrame) -> bool:
    """Whether an image that could not be read for the cache can be: permissions change no file."""
    for split, found in (("train", dataset.train), ("test", dataset.test)):
        known = images.loc[images["split"] == split, "index"]
        for index in np.setdiff1d(np.arange(len(found)), known):
            with suppress(DatasetError):
                dataset.image(split, int(index))
                return True
    return False


def cache_key(
    config: TrainConfig, dataset: Dataset, where: torch.device, view: Preprocessing
) -> str:
    """The key of the features that a config needs."""
    return cache.key(
        dataset=dataset.fingerprint,
        contents=dataset.contents(),
        transform=transforms.EVAL_VERSION,
        model=config.model,
        weights=weights.digest(config.weights, config.model, config.seed),
        view=view.to_dict(),
        precision=str(device.precision(where)),
    )


def _computed(task: Task, name: str, decoded: Pixels) -> cache.Features:
    def extract(images: np.ndarray, **options) -> np.ndarray:
        return extraction.extract(task.model.backbone, images, task.view, task.where, **options)

    progress = task.reporter.progress
    if task.where.type == "cpu":
        progress = task.reporter.foretelling(COMPUTED_ARE_KEPT)
    return cache.compute(name, decoded, task.model.head.in_features, extract, progress)
