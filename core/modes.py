"""The two ways to fit: fine-tune all of the network, or its head alone on frozen features."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch

from core import augment, checkpoint, device, features, inference, pixels, weights
from core.config import TrainConfig
from core.datasets import Dataset
from core.errors import DatasetError, TrainingError
from core.examples import Examples, Streamed
from core.head import fit_head
from core.history import HISTORY, StepMetrics, history_rows
from core.jobs import Recorder
from core.model import Classifier
from core.pixels import Pixels
from core.ranks import Ranks, step_ends
from core.report import Report
from core.training import Fitting

COMPUTED_ARE_KEPT = "Features computed so far are kept if you stop it."
EPOCHS_ARE_KEPT = "Head mode is much faster. Finished epochs are kept if you stop it."


def stages(config: TrainConfig) -> list[str]:
    """The stages of a training, in their order; features that are cached skip two."""
    if config.mode == "head":
        return ["model", "images", "features", "train", "save"]
    compiled = ["compile"] if config.compile == "on" else []
    return ["model", "images", *compiled, "train", "predict", "save"]


@dataclass(frozen=True)
class Task:
    """One training: what to fit on what, where, with whom, and who is told."""

    config: TrainConfig
    dataset: Dataset
    model: Classifier
    where: torch.device
    ranks: Ranks
    report: Report
    job: Recorder


@dataclass(frozen=True)
class Fitted:
    """What either mode leaves: the model's features of every image, and how it got there."""

    features: np.ndarray
    images: pd.DataFrame
    unreadable: list[str]
    history: pd.DataFrame
    figures: dict[str, float]


def finetune(task: Task) -> Fitted | None:
    """Train backbone and head; None in all processes but the first."""
    config, model, where = task.config, task.model, task.where
    decoded = _decoded(task)
    images = _split(decoded.images, task)
    examples = {
        split: _examples(decoded, images, split, where) for split in ("train", config.select_on)
    }
    fitting = Fitting(model, config, where, task.ranks)
    history, seconds = checkpoint.resume(
        fitting, task.job.checkpoint, _identity(task.dataset), task.ranks
    )
    task.report.go_on(seconds)
    _compile(task, fitting, examples["train"])
    n_train = int((images["split"] == "train").sum())
    task.report.stage("train", f"Training on {n_train:,} images, {where.type}")
    if where.type == "cpu" and task.ranks.first:
        each = fitting.seconds_per_image(examples["train"]) / task.ranks.size
        rest = n_train * (config.epochs - fitting.epoch)
        task.report.expect(each, rest, EPOCHS_ARE_KEPT)
    _run_epochs(task, fitting, examples, n_train, history)
    model.load_state_dict(fitting.best)
    task.report.stage("predict", f"Predicting {len(images):,} images")
    own = inference.extract(
        model.backbone, decoded.values, config.size, where, progress=task.report.progress
    )
    found = task.ranks.assemble(decoded.rows, own)
    if found is None:
        return None
    best = {"accuracy": fitting.best_figures[0], "loss": -fitting.best_figures[1]}
    return Fitted(found, images, decoded.unreadable, pd.DataFrame(history, columns=HISTORY), best)


def _decoded(task: Task) -> Pixels:
    n = len(task.dataset.train) + len(task.dataset.test)
    task.report.stage("images", f"Decoding {n:,} images")
    found = pixels.decode(
        task.dataset,
        task.config.size,
        task.config.workers,
        task.report.progress,
        task.ranks,
        device.room(task.where),
    )
    if isinstance(found.values, Streamed):
        task.report.note("The decoded images do not fit into memory: each epoch reads them anew.")
    return found


def _split(images: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Part of train held out, unless test chooses the epoch, as in the notebook."""
    config = task.config
    if config.select_on == "test":
        return images
    return pixels.hold_out(images, pixels.HELD_OUT, config.seed, task.dataset.classes)


def _examples(decoded: Pixels, images: pd.DataFrame, split: str, where: torch.device) -> Examples:
    """This process's images of a split."""
    own = images.iloc[decoded.rows]
    rows = np.flatnonzero(own["split"] == split)
    labels = torch.from_numpy(own["label"].to_numpy()[rows].astype(np.int64)).to(where)
    if isinstance(decoded.values, Streamed):
        return Examples(decoded.values.select(rows), labels)
    return Examples(torch.from_numpy(decoded.values[rows]).to(where), labels)


def _compile(task: Task, fitting: Fitting, train: Examples) -> None:
    if task.config.compile == "off":
        return
    task.report.stage("compile", "Compiling the network")
    try:
        fitting.compile(train)
    except TrainingError as error:
        task.report.note(f"{error}: it trains as it is.")


def _run_epochs(
    task: Task, fitting: Fitting, examples: dict[str, Examples], n_train: int, history: list[dict]
) -> None:
    config = task.config
    steps = config.epochs * len(step_ends(n_train, config.batch_size, task.ranks.size))

    def on_step(metrics: StepMetrics) -> None:
        history.append(history_rows(metrics, config.select_on))
        task.report.step(metrics, steps)

    for epoch in fitting.fit(examples["train"], examples[config.select_on], on_step):
        history.append(history_rows(epoch, config.select_on))
        task.report.epoch(epoch, config.select_on)
        if task.ranks.first:
            data = _identity(task.dataset)
            told = {"history": history, "data": data, "seconds": task.report.so_far()}
            checkpoint.keep(task.job.checkpoint, {**fitting.checkpoint(), **told})
        task.ranks.wait_for_first()  # a process that dies in the next epoch costs only that one


def _identity(dataset: Dataset) -> list[str]:
    """What tells a data set from itself with other images or classes."""
    return [dataset.fingerprint, *dataset.classes]


def fit_frozen(task: Task) -> Fitted | None:
    """Fit the head on the features of a backbone left as it is; None but in the first process."""
    config, model = task.config, task.model
    found = _features(task)
    if found is None:
        return None
    images = _split(found.images, task)
    labels, split = images["label"].to_numpy(), images["split"].to_numpy()
    train, held_out = split == "train", split == config.select_on
    task.report.stage("train", f"Fitting the head on {train.sum():,} images")
    values = np.asarray(found.values)
    head = fit_head(
        values[train],
        labels[train],
        values[held_out],
        labels[held_out],
        len(task.dataset.classes),
        task.report.progress,
    )
    with torch.no_grad():
        model.head.weight.copy_(torch.from_numpy(head.weight))
        model.head.bias.copy_(torch.from_numpy(head.bias))
    figures = {"accuracy": head.held_accuracy, "loss": head.held_loss, "strength": head.strength}
    return Fitted(values, images, found.unreadable, pd.DataFrame(columns=HISTORY), figures)


def _features(task: Task) -> features.Features | None:
    """From the cache, else computed, by every process a share; None but in the first."""
    config, ranks = task.config, task.ranks
    name = cache_key(config, task.dataset, task.where)
    cached = features.load(name) if ranks.first else None
    if cached is not None and _can_be_read_now(task.dataset, cached.images):
        cached = None
    if ranks.agree(cached is not None):
        if cached is not None:
            task.report.note(f"The features of {len(cached.images):,} images come from the cache.")
        return cached
    decoded = _decoded(task)
    task.report.stage(
        "features", f"Computing features of {len(decoded.images):,} images, {task.where.type}"
    )
    if ranks.size == 1:
        return _computed(task, name, decoded)
    part = f"{name}-{ranks.number}-of-{ranks.size}"
    own = replace(decoded, images=decoded.images.iloc[decoded.rows])
    whole = ranks.assemble(decoded.rows, _computed(task, part, own).values)
    features.forget(part)
    return None if whole is None else features.keep(name, whole, decoded)


def _can_be_read_now(dataset: Dataset, images: pd.DataFrame) -> bool:
    """Whether an image that could not be read for the cache can be: permissions change no file."""
    for split, found in (("train", dataset.train), ("test", dataset.test)):
        known = images.loc[images["split"] == split, "index"]
        for index in np.setdiff1d(np.arange(len(found)), known):
            with suppress(DatasetError):
                dataset.image(split, int(index))
                return True
    return False


def cache_key(config: TrainConfig, dataset: Dataset, where: torch.device) -> str:
    """The key of the features that a config needs."""
    return features.key(
        dataset=dataset.fingerprint,
        contents=dataset.contents(),
        transform=augment.EVAL_VERSION,
        model=config.model,
        weights=weights.digest(config.weights, config.model, config.seed),
        size=config.size,
        precision=str(device.precision(where)),
    )


def _computed(task: Task, name: str, decoded: Pixels) -> features.Features:
    def extract(images: np.ndarray, **options) -> np.ndarray:
        return inference.extract(
            task.model.backbone, images, task.config.size, task.where, **options
        )

    progress = task.report.progress
    if task.where.type == "cpu":
        progress = task.report.foretelling(COMPUTED_ARE_KEPT)
    return features.compute(name, decoded, task.model.head.in_features, extract, progress)
