"""A trained network as it is: every image through it once, and nothing is fitted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.datasets import Dataset
from core.datasets.renumbered import listed, names_of, renumbered
from core.errors import DatasetError, ModelError
from core.evaluation import suspicions
from core.inference import extraction, scoring, stand_in
from core.models import huggingface_networks, onnx_networks, weights
from core.models.classifier import Classifier
from core.models.preprocessing import Preprocessing
from core.models.trained import NO_HEAD
from core.runs.history import HISTORY
from core.runs.run import ONNX_FILE
from core.training import trials
from core.training.config import TrainConfig, colours
from core.training.task import Fitted, Task, decode_images, mark_held_out


def shown(config: TrainConfig, view: Preprocessing, model: Classifier) -> Preprocessing:
    """What the network is shown, with the mean and the deviation that somebody gave."""
    mean, std = colours(config.mean), colours(config.std)
    if model.view:
        view = model.view.sized(config.size)
    if isinstance(model.backbone, onnx_networks.OnnxBackbone):
        view = view.sized(model.backbone.graph.size)
    return replace(view, mean=mean or view.mean, std=std or view.std)


def in_its_order(config: TrainConfig, dataset: Dataset, model: Classifier) -> Dataset:
    """The data set with its labels in the order of the network's classes.

    Raises:
        DatasetError: it has a class that the network lacks.
        ModelError: the network gives another number of classes than there are names.
    """
    n_classes = model.head.out_features
    said = names_of(config.classes) if config.classes else model.classes
    classes = said or dataset.classes
    if len(classes) != n_classes:
        whose = "--classes names" if config.classes else f"{dataset.name} has"
        more = n_classes == len(classes) + 1
        raise ModelError(
            f"The head in {config.weights} gives {n_classes:,} classes and {whose} {len(classes):,}"
            f" ({listed(classes)}): name those of the head, in its own order, with --classes a,b,c "
            "or a file." + (" Is the first one for images of none of them?" if more else "")
        )
    return renumbered(dataset, classes)


def predict(task: Task) -> Fitted | None:
    """Every image through the network; None in all processes but the first."""
    decoded = decode_images(task)
    images, notes = _held_out(task, decoded.images)
    task.reporter.stage("predict", f"Predicting {len(images):,} images, {task.where.type}")
    own = extraction.extract(
        task.model.backbone,
        decoded.values,
        task.view,
        task.where,
        progress=task.reporter.progress,
        exact=True,
    )
    found = task.ranks.assemble(decoded.rows, own)
    if found is None:
        return None
    labels = images["label"].to_numpy()[decoded.rows]
    tried = trials.told(task.model, decoded.values, labels, own, task.view, task.where)
    notes += [note for note in (_suspected(task, images, found), tried) if note]
    for note in notes:
        task.reporter.note(note)
    history = pd.DataFrame(columns=HISTORY)
    origin = _origin(task)
    answers = None if origin["head"] else found
    if answers is None:
        kept = scoring.as_kept(found, *_head(task.model))
    else:
        kept = _by_a_stand_in(task, len(images))
        notes = [NO_HEAD, *([stand_in.told(task.config.features_by)] if kept.size else []), *notes]
    return Fitted(
        kept,
        images,
        decoded.unreadable,
        history,
        {},
        decoded.kept(),
        (suspicions.ORIGIN, *notes),
        origin,
        _files(task),
        answers,
    )


def _by_a_stand_in(task: Task, n: int) -> np.ndarray:
    """(N, D) features of the images by the network that somebody named; D is 0 where nobody did."""
    if not (by := task.config.features_by):
        return np.zeros((n, 0), np.float16)
    task.reporter.stage("features", f"Features by {by}, which stands in, {task.where.type}")
    splits = {name: task.dataset.split(name) for name in ("train", "test")}
    # What cannot be read is left out of the table, too: so the rows are the same.
    return stand_in.features(
        by,
        splits,
        workers=task.config.workers,
        on=task.config.device,
        progress=task.reporter.progress,
    )[0]


def _files(task: Task) -> dict[str, Path]:
    """What builds the network again and is no weights, by its name in the run."""
    came = Path(task.config.weights)
    if task.config.model == onnx_networks.NAME:
        return {ONNX_FILE: came}
    names = (huggingface_networks.CONFIG, huggingface_networks.SHOWN)
    return {f"network/{name}": came / name for name in names} if came.is_dir() else {}


def _origin(task: Task) -> dict[str, str]:
    """Where the network came from, for whoever takes it back."""
    file = task.config.weights
    digest = "" if Path(file).is_dir() else weights.digest(file, task.config.model, 0)
    return {"file": file, "sha256": digest, **task.model.origin}


def _held_out(task: Task, images: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """A part of train as val, on which the strength of a fix is chosen; none where it cannot be."""
    try:
        return mark_held_out(task, images), []
    except DatasetError as error:
        return images, [f"No validation images are held out. {error}"]


def _head(model: Classifier) -> tuple[np.ndarray, np.ndarray]:
    weight, bias = (p.detach().float().cpu().numpy() for p in model.head.parameters())
    return weight, bias


def _suspected(task: Task, images: pd.DataFrame, features: np.ndarray) -> str:
    with np.errstate(invalid="ignore", over="ignore"):
        pred = scoring.logits(features, *_head(task.model)).argmax(axis=1)
    split, label = (images[name].to_numpy() for name in ("split", "label"))
    return suspicions.told(split, label, pred, task.dataset.classes)
