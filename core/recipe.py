"""One training from its config to its published run: load, build, fit, predict, save."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from core import (
    checkpoint,
    datasets,
    device,
    features,
    inference,
    limits,
    pixels,
    saving,
    scoring,
    weights,
)
from core.config import TrainConfig
from core.datasets import Dataset
from core.errors import FencepostError
from core.head import fit_head
from core.jobs import Recorder
from core.model import Classifier, build_model
from core.report import Report
from core.training import Examples, Fitting, StepMetrics, history_rows

HISTORY = ["step", "epoch", "split", "loss", "accuracy", "lr", "images_per_second"]


@dataclass(frozen=True)
class Fitted:
    """What either mode leaves: the model's features of every image, and how it got there."""

    features: np.ndarray
    images: pd.DataFrame
    unreadable: list[str]
    history: pd.DataFrame
    figures: dict[str, float]


def train(config: TrainConfig, job: Recorder, run_id: str = "") -> str:
    """Train as the config says and publish the run; gives its id, made up where not given.

    Raises:
        FencepostError: it cannot be done; one line says why and what to do.
    """
    report = Report(job, config.epochs)
    with limits.explained(config):
        dataset = _ready(config, report)
        where = device.choose(config.device)
        report.stage("model", f"Building {config.model}, weights {config.weights}")
        model = build_model(config.model, config.weights, len(dataset.classes), config.seed)
        device.place(model, where)
        fit = _fit_head if config.mode == "head" else _finetune
        fitted = fit(config, dataset, model, where, report, job)
        return _publish(config, dataset, model, fitted, where, report, run_id)


def _ready(config: TrainConfig, report: Report) -> Dataset:
    try:
        return datasets.load_dataset(config.dataset)
    except FencepostError:
        if config.dataset not in ("demo", "stl10"):
            raise
    verb = {"demo": "Drawing", "stl10": "Downloading"}[config.dataset]
    report.stage("download", f"{verb} the data set {config.dataset}")
    datasets.prepare(config.dataset, report.progress)
    return datasets.load_dataset(config.dataset)


def _split(images: pd.DataFrame, config: TrainConfig) -> pd.DataFrame:
    """Part of train held out, unless test chooses the epoch, as in the notebook."""
    if config.select_on == "test":
        return images
    return pixels.hold_out(images, config.val_fraction, config.seed)


def _finetune(
    config: TrainConfig,
    dataset: Dataset,
    model: Classifier,
    where: torch.device,
    report: Report,
    job: Recorder,
) -> Fitted:
    report.stage("images", f"Decoding {len(dataset.train) + len(dataset.test):,} images")
    decoded = pixels.decode(dataset, config.size, config.workers, report.progress)
    images = _split(decoded.images, config)
    values = torch.from_numpy(decoded.values)
    examples = {
        split: _examples(values, images, split, where) for split in ("train", config.select_on)
    }
    fitting = Fitting(model, config, where)
    history = checkpoint.resume(fitting, job.checkpoint)
    report.stage("train", f"Training on {len(examples['train']):,} images, {where.type}")
    if where.type == "cpu":
        each = fitting.seconds_per_image(examples["train"])
        report.expect(each, len(examples["train"]) * (config.epochs - fitting.epoch))
    _run_epochs(fitting, examples, config, history, report, job)
    model.load_state_dict(fitting.best)
    report.stage("predict", f"Predicting {len(images):,} images")
    found = inference.extract(
        model.backbone, decoded.values, config.size, where, progress=report.progress
    )
    best = {"accuracy": fitting.best_figures[0], "loss": -fitting.best_figures[1]}
    return Fitted(found, images, decoded.unreadable, pd.DataFrame(history, columns=HISTORY), best)


def _examples(
    values: torch.Tensor, images: pd.DataFrame, split: str, where: torch.device
) -> Examples:
    rows = np.flatnonzero(images["split"] == split)
    labels = torch.from_numpy(images["label"].to_numpy()[rows].astype(np.int64))
    return Examples(values[torch.from_numpy(rows)].to(where), labels.to(where))


def _run_epochs(
    fitting: Fitting,
    examples: dict[str, Examples],
    config: TrainConfig,
    history: list[dict],
    report: Report,
    job: Recorder,
) -> None:
    steps = config.epochs * -(-len(examples["train"]) // config.batch_size)

    def on_step(metrics: StepMetrics) -> None:
        history.append(history_rows(metrics, config.select_on))
        report.step(metrics, steps)

    for epoch in fitting.fit(examples["train"], examples[config.select_on], on_step):
        history.append(history_rows(epoch, config.select_on))
        report.epoch(epoch, config.select_on)
        checkpoint.keep(job.checkpoint, {**fitting.checkpoint(), "history": history})


def _fit_head(
    config: TrainConfig,
    dataset: Dataset,
    model: Classifier,
    where: torch.device,
    report: Report,
    job: Recorder,
) -> Fitted:
    found = _features(config, dataset, model, where, report)
    images = _split(found.images, config)
    labels, split = images["label"].to_numpy(), images["split"].to_numpy()
    train, held_out = split == "train", split == config.select_on
    report.stage("train", f"Fitting the head on {train.sum():,} images")
    values = np.asarray(found.values)
    head = fit_head(
        values[train],
        labels[train],
        values[held_out],
        labels[held_out],
        len(dataset.classes),
        report.progress,
    )
    with torch.no_grad():
        model.head.weight.copy_(torch.from_numpy(head.weight))
        model.head.bias.copy_(torch.from_numpy(head.bias))
    figures = {"accuracy": head.held_accuracy, "loss": head.held_loss, "strength": head.strength}
    return Fitted(values, images, found.unreadable, pd.DataFrame(columns=HISTORY), figures)


def _features(
    config: TrainConfig, dataset: Dataset, model: Classifier, where: torch.device, report: Report
) -> features.Features:
    name = features.key(
        dataset=dataset.fingerprint,
        model=config.model,
        weights=weights.digest(config.weights, config.model, config.seed),
        size=config.size,
        precision=str(device.precision(where)),
    )
    cached = features.load(name)
    if cached is not None:
        report.note(f"The features of {len(cached.images):,} images come from the cache.")
        return cached
    report.stage("images", f"Decoding {len(dataset.train) + len(dataset.test):,} images")
    decoded = pixels.decode(dataset, config.size, config.workers, report.progress)
    report.stage("features", f"Computing features of {len(decoded.images):,} images, {where.type}")

    def extract(images: np.ndarray, **options) -> np.ndarray:
        return inference.extract(model.backbone, images, config.size, where, **options)

    return features.compute(name, decoded, model.head.in_features, extract, report.progress)


def _publish(
    config: TrainConfig,
    dataset: Dataset,
    model: Classifier,
    fitted: Fitted,
    where: torch.device,
    report: Report,
    run_id: str,
) -> str:
    report.stage("save", "Writing the run")
    state = {k: v.detach().cpu().contiguous().numpy() for k, v in model.state_dict().items()}
    probs = scoring.probabilities(fitted.features, state["head.weight"], state["head.bias"])
    table = scoring.table(fitted.images, dataset.classes, probs)
    report.close()
    run_id = saving.save_run(
        config,
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        classes=dataset.classes,
        table=table,
        history=fitted.history,
        features=fitted.features,
        weights=state,
        timings=report.timings,
        run_id=run_id,
        device=device.describe(where),
        extra={
            "selected": {"split": config.select_on, **fitted.figures},
            "unreadable": {
                "n": len(fitted.unreadable), "files": fitted.unreadable[: pixels.LISTED]
            },
        },
    )  # fmt: skip
    _say_result(run_id, table, len(fitted.unreadable), config, report)
    return run_id


def _say_result(
    run_id: str, table: pd.DataFrame, unreadable: int, config: TrainConfig, report: Report
) -> None:
    test = table[table["split"] == "test"]
    right = int(test["correct"].sum())
    chosen = ", the split that also chose the epoch" if config.select_on == "test" else ""
    if unreadable:
        report.note(f"{unreadable:,} files could not be read and were left out: see run.json.")
    report.note(
        f"test accuracy {right / len(test):.2%} ({right:,} of {len(test):,}){chosen}. Run {run_id}"
    )
