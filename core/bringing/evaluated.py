"""A network and data sets of somebody's own program: asked once, and published as a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from core.bringing import kept, modules, pictures
from core.bringing.kept import Kept
from core.bringing.modules import Answers, Head
from core.bringing.pictures import Pictures
from core.datasets import ProgressCallback
from core.errors import DatasetError, ModelError
from core.evaluation import suspicions
from core.inference import scoring
from core.models import device
from core.models.trained import NO_HEAD
from core.runs import writing
from core.runs.history import HISTORY
from core.runs.table.schema import MEASURES

LOOKED_AT = 8  # images, by which the layer is found that is the head
OWN_INPUTS = (
    "The pictures are what the network was given, stretched to 0..255: no files and no images "
    "were found behind the data set."
)
UNLIKE = (
    "{}, shown images as it was published with, says something else than the network that was "
    "brought: so where it looked cannot be shown here."
)


@dataclass(frozen=True)
class Brought:
    """A network, and the splits that it is asked for, each a data set of (tensor, label).

    Attributes:
        images: pictures for splits, in their order; where none are given, files are looked for.
        arch: the network's name at torchvision or timm, where it is one of theirs.
        told: what is to be said of the run, as it is found out.
    """

    model: nn.Module
    splits: Mapping[str, Any]
    images: Mapping[str, Any]
    classes: tuple[str, ...]
    arch: str = ""
    batch_size: int = 64
    workers: int = 0
    told: list[str] = field(default_factory=lambda: [suspicions.ORIGIN])


def publish(
    brought: Brought, name: str, progress: Callable[[str], ProgressCallback]
) -> tuple[str, list[str]]:
    """Ask the network and publish the run; gives its id, and what is to be said of it.

    Args:
        progress: called with a split's name, it gives what is told how far that one is.

    Raises:
        FencepostError: the network's answers or the data sets cannot be used; says why.
    """
    started = time.perf_counter()
    head, answers = _asked(brought, progress)
    timings = {"predict": round(time.perf_counter() - started, 3)}
    classes = checked(brought.classes, answers)
    found = _pictures(brought, answers)
    network = _kept(brought, head, answers["test"], found)
    features, probs = _scored(head, answers)
    if head is None:
        brought.told.append(NO_HEAD)
    table = scoring.table(_rows(answers, found), classes, probs)
    split, label, pred = (table[column].to_numpy() for column in ("split", "label", "pred"))
    if said := suspicions.told(split, label, pred, classes):
        brought.told.append(said)
    dataset = f"folder:{found.root}"
    run_id = writing.save_run(
        name,
        {"model": network.model, "mode": "predict", "dataset": dataset, "weights": ""},
        dataset=dataset,
        fingerprint=found.fingerprint,
        classes=classes,
        table=table,
        history=pd.DataFrame(columns=HISTORY),
        features=features,
        weights=network.weights,
        timings=timings,
        device=device.describe(modules.device_of(brought.model)),
        extra={
            "notes": brought.told,
            "brought": {"head": head.name if head else ""},
            **network.extra(),
        },
    )
    return run_id, brought.told


def _asked(
    brought: Brought, progress: Callable[[str], ProgressCallback]
) -> tuple[Head | None, dict[str, Answers]]:
    model, options = brought.model, {"batch_size": brought.batch_size, "workers": brought.workers}
    with modules.as_it_predicts(model):
        head = modules.find_head(model, _some(brought.splits["test"]).to(modules.device_of(model)))
        if head and head.ends == modules.TWICE:
            brought.told.append(modules.SOFTMAX_TWICE)
        return head, {
            name: modules.ask(model, dataset, head, progress=progress(name), **options)
            for name, dataset in brought.splits.items()
        }


def _some(dataset: Any) -> torch.Tensor:
    """The first images, as the network is given them."""
    try:
        return torch.stack([dataset[k][0] for k in range(min(LOOKED_AT, len(dataset)))])
    except (TypeError, IndexError, KeyError, RuntimeError):
        raise DatasetError(
            "The data set must give (tensor, label) for each number below its length, with all "
            "tensors of one size: add transforms."
        ) from None


def checked(named: Sequence[str], answers: Mapping[str, Answers]) -> tuple[str, ...]:
    """The class names, one for each of the network's outputs; numbered where none are given.

    Raises:
        ModelError: there are more or fewer names than outputs.
        DatasetError: a label that is no class.
    """
    k = answers["test"].probabilities.shape[1]
    classes = tuple(map(str, named)) or tuple(f"class {number}" for number in range(k))
    if len(classes) != k or len(set(classes)) < k:
        raise ModelError(
            f"The network gives {k:,} classes and {len(set(classes)):,} are named: give "
            "classes=[...], a name for each of its outputs, in its order."
        )
    labels = _joined(answers, "labels")
    low, high = labels.min(), labels.max()
    if (low, high) == (1, k):
        raise DatasetError(f"The labels run from 1 to {k}, not from 0 to {k - 1}: subtract 1.")
    if low < 0 or high >= k:
        raise DatasetError(
            f"The labels run from {low} to {high}, and the network has classes 0 to {k - 1}: is "
            "it of other data?"
        )
    return classes


def _joined(answers: Mapping[str, Answers], what: str) -> np.ndarray:
    return np.concatenate([getattr(each, what) for each in answers.values()])


def _scored(head: Head | None, answers: Mapping[str, Answers]) -> tuple[np.ndarray, np.ndarray]:
    """Features, as they are kept, and probabilities."""
    if head is None:
        probs = _joined(answers, "probabilities")
        return np.zeros((len(probs), 0), dtype=np.float16), probs
    weight, bias = kept.head_of(head)
    features = scoring.as_kept(_joined(answers, "features"), weight, bias)
    return features, scoring.probabilities(features, weight, bias)


def _kept(brought: Brought, head: Head | None, test: Answers, found: Pictures) -> Kept:
    if brought.arch and head:
        if again := kept.built_again(brought.model, brought.arch, head, test, found):
            return again
        brought.told.append(UNLIKE.format(brought.arch))
    return kept.weights_of(brought.model, head)


def _pictures(brought: Brought, answers: Mapping[str, Answers]) -> Pictures:
    """The images: those given beside, else the data sets' files, else the inputs themselves."""
    for name, given in brought.images.items():
        if len(given) != len(brought.splits[name]):
            raise DatasetError(
                f"{len(given):,} images were given for the {len(brought.splits[name]):,} of {name}."
            )
    if brought.images:
        return pictures.stored({name: _each(given) for name, given in brought.images.items()})
    files = {name: pictures.files_of(dataset) for name, dataset in brought.splits.items()}
    known = {name: found for name, found in files.items() if found is not None}
    if len(known) == len(files):
        return pictures.of_files(known)
    brought.told.append(OWN_INPUTS)
    return pictures.stored(
        {n: pictures.stretched(d, answers[n].seen) for n, d in brought.splits.items()}
    )


def _each(images: Any) -> Iterator[Any]:
    return (images[k] for k in range(len(images)))


def _rows(answers: Mapping[str, Answers], found: Pictures) -> pd.DataFrame:
    """What the data sets say of each image: the columns that the table is made of."""
    return pd.concat(
        [
            pd.DataFrame(np.asarray(found.measures[name], np.float32), columns=list(MEASURES))
            .assign(split=name, index=np.arange(len(each.labels)), path=found.paths[name])
            .assign(label=each.labels)
            for name, each in answers.items()
        ],
        ignore_index=True,
    )
