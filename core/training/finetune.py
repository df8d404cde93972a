"""Fine-tuning all of the network, epoch by epoch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from core.datasets import Dataset
from core.errors import TrainingError
from core.inference import extraction
from core.inference.batches import Examples, Streamed
from core.inference.decoding import Pixels
from core.models.distributed import step_ends
from core.runs.history import HISTORY, StepMetrics, history_rows
from core.training import checkpoint
from core.training.loop import Fitting
from core.training.task import Fitted, Task, decode_images, mark_held_out

EPOCHS_ARE_KEPT = "Head mode is much faster. Finished epochs are kept if you stop it."


def finetune(task: Task) -> Fitted | None:
    """Train backbone and head; None in all processes but the first."""
    config, model, where = task.config, task.model, task.where
    decoded = decode_images(task)
    images = mark_held_out(task, decoded.images)
    examples = {
        split: _examples(decoded, images, split, where) for split in ("train", config.select_on)
    }
    fitting = Fitting(model, config, where, task.ranks, task.view)
    history, seconds = checkpoint.resume(
        fitting, task.job.checkpoint, _identity(task.dataset), task.ranks
    )
    task.reporter.go_on(seconds)
    _compile(task, fitting, examples["train"])
    n_train = int((images["split"] == "train").sum())
    task.reporter.stage("train", f"Training on {n_train:,} images, {where.type}")
    if where.type == "cpu" and task.ranks.first:
        each = fitting.seconds_per_image(examples["train"]) / task.ranks.size
        rest = n_train * (config.epochs - fitting.epoch)
        task.reporter.expect(each, rest, EPOCHS_ARE_KEPT)
    _run_epochs(task, fitting, examples, n_train, history)
    model.load_state_dict(fitting.best)
    task.reporter.stage("predict", f"Predicting {len(images):,} images")
    own = extraction.extract(
        model.backbone, decoded.values, task.view, where, progress=task.reporter.progress
    )
    found = task.ranks.assemble(decoded.rows, own)
    if found is None:
        return None
    best = {"accuracy": fitting.best_figures[0], "loss": -fitting.best_figures[1]}
    told = pd.DataFrame(history, columns=HISTORY)
    return Fitted(found, images, decoded.unreadable, told, best, decoded.kept())


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
    task.reporter.stage("compile", "Compiling the network")
    try:
        fitting.compile(train)
    except TrainingError as error:
        task.reporter.note(f"{error}: it trains as it is.")


def _run_epochs(
    task: Task, fitting: Fitting, examples: dict[str, Examples], n_train: int, history: list[dict]
) -> None:
    config = task.config
    steps = config.epochs * len(step_ends(n_train, config.batch_size, task.ranks.size))

    def on_step(metrics: StepMetrics) -> None:
        history.append(history_rows(metrics, config.select_on))
        task.reporter.step(metrics, steps)

    for epoch in fitting.fit(examples["train"], examples[config.select_on], on_step):
        history.append(history_rows(epoch, config.select_on))
        task.reporter.epoch(epoch, config.select_on)
        if task.ranks.first:
            data = _identity(task.dataset)
            told = {"history": history, "data": data, "seconds": task.reporter.so_far()}
            checkpoint.keep(task.job.checkpoint, {**fitting.checkpoint(), **told})
        task.ranks.wait_for_first()  # a process that dies in the next epoch costs only that one


def _identity(dataset: Dataset) -> list[str]:
    """What tells a data set from itself with other images or classes."""
    return [dataset.fingerprint, *dataset.classes]
