"""A run made ready for fixes: its features standardised, its head, its validation images."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from safetensors import SafetensorError
from safetensors.numpy import load_file

from core import queries
from core.errors import RunError
from core.fixes.material import Material, Scale, scale_of
from core.fixes.refit import WITHOUT_VALIDATION, choose_penalty
from core.runs import Run, run_json
from core.runs.features import finite, remedy

COLUMNS = 'split, "index", path, label, brightness, contrast, sharpness'


@dataclass(frozen=True)
class Source:
    """A run's features and labels by split, standardised, before any fix.

    `table`: what the data set says of each image, in the features' order.
    """

    run: Run
    table: pd.DataFrame
    features: np.ndarray
    scale: Scale
    material: Material
    held: np.ndarray  # positions of the validation rows
    penalty: float

    def labels(self, rows: np.ndarray) -> np.ndarray:
        return self.table["label"].to_numpy().astype(int)[rows]

    def with_held(self) -> Source:
        """The same, with the validation images after the training images in the material."""
        own, z = self.material, self.scale.standardise(self.features[self.held])
        whole = own.added(z, self.labels(self.held))
        return replace(self, material=replace(whole, rows=np.concatenate([own.rows, self.held])))


def weights_of(run: Run) -> dict[str, np.ndarray]:
    """Every parameter of a run by its name, the head's among them.

    Raises:
        RunError: they cannot be read, or there is no linear head.
    """
    try:
        weights = load_file(run.folder / "model.safetensors")
    except (OSError, SafetensorError, ValueError) as error:
        raise RunError(
            f"The model of run {run.name} cannot be read ({type(error).__name__}): train it again."
        ) from None
    if not {"head.weight", "head.bias"} <= weights.keys():
        raise RunError(f"Run {run.name} has no linear head, which every fix changes.")
    return weights


def open_source(run: Run, needs_held: bool) -> Source:
    """A run made ready for fixes.

    Raises:
        RunError: it lacks features, training images, validation where needed, or a linear head.
    """
    if run.steps:
        # A refit knows the parent's images alone: what earlier steps added would be lost unsaid.
        raise RunError(
            f"Run {run.name} is itself a fix: open its parent, and apply its steps and new ones "
            "there in one stack."
        )
    features = run.features()
    table = queries.ask(run, f"SELECT {COLUMNS} FROM run ORDER BY row")
    if features is None or len(features) != len(table):
        raise RunError(f"Run {run.name} kept no features, which every fix needs: {remedy(run)}.")
    split = table["split"].to_numpy()
    train, held = np.flatnonzero(split == "train"), np.flatnonzero(split == "val")
    if not len(train):
        raise RunError(f"Run {run.name} has no training images to refit its head on.")
    if needs_held and not len(held):
        raise RunError(
            f"Run {run.name} kept no validation images, on which the strength of a fix is chosen "
            "(it chose its epoch on test): train with --select-on val, or set every strength."
        )
    weights = weights_of(run)
    scale = scale_of(features[train])
    labels = table["label"].to_numpy().astype(int)
    z = scale.standardise(features[train])
    head = scale.head_in(weights["head.weight"], weights["head.bias"])
    material = Material(z, labels[train], np.ones(len(train)), train, *head)
    penalty = run_json.number(run.selected.get("strength"))
    if penalty is None and len(held):
        z = scale.standardise(finite(features[held]))
        penalty = choose_penalty(material, z, labels[held])
    elif penalty is None:
        penalty = WITHOUT_VALIDATION
    return Source(run, table, features, scale, material, held, penalty)
