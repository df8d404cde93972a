"""One training from its config to its published run: load, build, fit, predict, save."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core import datasets
from core.datasets import Dataset
from core.errors import TrainingError
from core.inference import decoding, scoring
from core.models import device, onnx_networks, preprocessing
from core.models.classifier import Classifier, build_model, check_side
from core.models.distributed import joined
from core.models.trained import open_trained
from core.runs import writing
from core.runs.table import metadata
from core.training import finetune, frozen, limits, predicting
from core.training.config import PREDICT, TrainConfig
from core.training.jobs import Recorder
from core.training.reporter import Reporter
from core.training.task import Fitted, Task, stages

FITS = {"finetune": finetune.finetune, "head": frozen.fit_frozen, PREDICT: predicting.predict}


def train(config: TrainConfig, job: Recorder, run_id: str = "") -> str:
    """Train as the config says and publish the run; gives its id, made up where not given.

    Of several processes that torchrun started, each does its share and the first one publishes:
    its config counts, and the others give "".

    Raises:
        FencepostError: it cannot be done; one line says why and what to do.
    """
    with joined(job) as ranks, limits.explained(config):
        config, job.folder = ranks.agree((config, job.folder))
        where = device.choose(config.device)
        reporter = Reporter(job, config.epochs, stages(config), silent=not ranks.first)
        with ranks.first_alone():
            dataset = _ready(config, reporter)
            for note in dataset.notes:
                reporter.note(note)
            reporter.stage("model", f"Building {config.model}, weights {config.weights}")
            view = preprocessing.of_network(config.model, config.weights, config.size)
            model, dataset = _built(config, dataset)
            view = predicting.shown(config, view, model)
            config = replace(config, size=view.size)
            if config.model == onnx_networks.NAME:
                reporter.note(onnx_networks.said(view))
            check_side(model, config.model, config.size)
            if model.note:
                reporter.note(model.note)
        device.move(model, where)
        task = Task(config, dataset, model, where, ranks, reporter, job, view)
        fitted = FITS[config.mode](task)
        return _publish(task, fitted, run_id) if fitted else ""


def _built(config: TrainConfig, dataset: Dataset) -> tuple[Classifier, Dataset]:
    """The network, and the data set with its labels as the network counts its classes."""
    if config.mode == PREDICT:
        model = open_trained(config.model, config.weights, config.size)
        return model, predicting.in_its_order(config, dataset, model)
    n_classes = len(dataset.classes)
    return build_model(config.model, config.weights, n_classes, config.seed, config.size), dataset


def _ready(config: TrainConfig, reporter: Reporter) -> Dataset:
    name = config.dataset
    if not datasets.is_ready(name):
        kind, _ = datasets.parted(name)
        reporter.stage("download", f"{kind.preparing} the data set {name}")
        datasets.prepare(name, reporter.progress)
    return datasets.load_dataset(name)


def _publish(task: Task, fitted: Fitted, run_id: str) -> str:
    config, dataset, reporter = task.config, task.dataset, task.reporter
    reporter.stage("save", "Writing the run")
    state = {k: v.detach().cpu().contiguous().numpy() for k, v in task.model.state_dict().items()}
    with np.errstate(invalid="ignore", over="ignore"):
        if fitted.answers is not None:
            state, probs = {}, scoring.softmax(fitted.answers)
        else:
            head = state["head.weight"], state["head.bias"]
            probs = scoring.probabilities(fitted.features, *head)
    if not np.isfinite(probs).all():
        raise TrainingError(f"The network's answers are not finite numbers: {_why(config)}")
    table = scoring.table(fitted.images, dataset.classes, probs)
    table = metadata.with_metadata(table, dataset.metadata)
    reporter.close()
    run_id = writing.save_run(
        config.name,
        config.to_dict(),
        seed=config.seed,
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        classes=dataset.classes,
        table=table,
        history=fitted.history,
        features=fitted.features,
        weights=state,
        timings=reporter.timings,
        run_id=run_id,
        files=fitted.files,
        publishing=task.job.publishing,
        device=device.describe(task.where, task.ranks.size),
        extra={
            "data_wait": round(reporter.waited, 3),
            "selected": {"split": config.select_on, **fitted.figures},
            "unreadable": {
                "n": len(fitted.unreadable), "files": fitted.unreadable[: decoding.LISTED]
            },
            "left_out": dict(dataset.left_out),
            "refused": list(dataset.refused),
            "data_notes": [*dataset.notes, *fitted.read.get("notes", ())],
            "notes": list(fitted.notes),
            "brought": dict(fitted.brought),
            "preprocessing": task.view.to_dict(),
            "read": {name: value for name, value in fitted.read.items() if name != "notes"},
        },
    )  # fmt: skip
    _say_result(run_id, table, len(fitted.unreadable), config, reporter)
    return run_id


def _why(config: TrainConfig) -> str:
    if config.mode == PREDICT:
        return "check what it is shown (--size, --mean, --std), and its weights."
    return f"training diverged. Lower --lr (it is {config.lr:g}), or check --weights."


def _say_result(
    run_id: str, table: pd.DataFrame, unreadable: int, config: TrainConfig, reporter: Reporter
) -> None:
    test = table[table["split"] == "test"]
    right = int(test["correct"].sum())
    chosen = ", the split that also chose the epoch" if config.select_on == "test" else ""
    if unreadable:
        files = "1 file" if unreadable == 1 else f"{unreadable:,} files"
        reporter.note(f"{files} could not be read, left out: run.json lists them.")
    reporter.note(
        f"test accuracy {right / len(test):.2%} ({right:,} of {len(test):,}){chosen}. Run {run_id}"
    )
