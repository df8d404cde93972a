"""What each fix does at each of its strengths, on the training images that earlier steps left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.concepts.presence import Presence
from core.errors import RunError
from core.fixes import methods
from core.fixes.imagined.looks import Looks
from core.fixes.imagined.transplant import move_of
from core.fixes.material import Material
from core.fixes.source import Source
from core.fixes.told import Told

Pools = Mapping[str, np.ndarray]  # name -> (M, D) features of images from elsewhere


@dataclass(frozen=True)
class Inputs:
    """What a fix works with.

    Attributes:
        material: the training images as earlier steps have left them.
        options: of the step.
        presence: who shows the concept of its options, on the run as it was; None without one.
        pools: the features of images from elsewhere.
        looks: what the network sees of images that a concept's look was put on.
        told: is told of every head that was fitted.
    """

    source: Source
    material: Material
    options: Mapping[str, Any]
    presence: Presence | None
    pools: Pools
    looks: Looks
    told: Told = field(default_factory=Told)

    @property
    def who(self) -> Presence:
        """Who shows the concept, of a fix that needs one."""
        assert self.presence is not None, "Step sees to it that the concept is there"
        return self.presence


Perform = Callable[[Inputs, Sequence[float]], list[Material]]


def each(perform: Callable[[Inputs, float], Material]) -> Perform:
    """A fix whose strengths share nothing."""
    return lambda inputs, strengths: _made(inputs, strengths, lambda s: perform(inputs, s))


def _made(
    inputs: Inputs, strengths: Sequence[float], make: Callable[[float], Material]
) -> list[Material]:
    """What each strength makes, told of one by one."""
    made = []
    for strength in strengths:
        made.append(make(strength))
        inputs.told.more()
    return made


def rebalance(inputs: Inputs, strengths: Sequence[float]) -> list[Material]:
    """The same draws serve every strength."""
    source, material = inputs.source, inputs.material
    seed = source.run.seed
    whole = methods.balanced(material, _shows(inputs), source.penalty, seed)
    return _made(inputs, strengths, lambda s: methods.blended(material, whole, s))


def overlay(inputs: Inputs, strengths: Sequence[float]) -> list[Material]:
    """The same images with the concept laid over them serve every strength."""
    source, material = inputs.source, inputs.material
    made = inputs.looks.made(inputs.options["concept"], inputs.who)
    real = material.rows >= 0
    labels = dict(zip(material.rows[real].tolist(), material.labels[real].tolist(), strict=True))
    known = np.isin(made.rows, material.rows)  # an earlier step may have dropped some
    z = _as_left(inputs, made.features[known])
    own = np.array([labels[row] for row in made.rows[known].tolist()])
    share = material.weights.sum() / max(len(z), 1)
    return _made(
        inputs, strengths, lambda s: methods.evidence(material, z, own, source.penalty, s * share)
    )


def transplant(inputs: Inputs, strength: float) -> Material:
    source, material = inputs.source, inputs.material
    now = replace(inputs.who, shows=_shows(inputs))
    # Once something was cut out of z, its least values are no longer those of a ReLU.
    floor = np.full_like(source.scale.floor, -np.inf) if material.changes else source.scale.floor
    move = move_of(material.z, material.labels, now, floor)
    return methods.transplant(material, now, move, strength, source.penalty)


def erase(inputs: Inputs, strength: float) -> Material:
    return methods.erase(inputs.material, _shows(inputs), strength, inputs.source.penalty)


def mute(inputs: Inputs, strength: float) -> Material:
    options = inputs.options
    return methods.mute(
        inputs.material,
        options.get("channels", ()),
        strength,
        inputs.source.penalty,
        classes=options.get("classes", ()),
        again=options.get("refit", True),
    )


def mistakes(inputs: Inputs, strength: float) -> Material:
    return methods.mistakes(inputs.material, strength, inputs.source.penalty)


def correct(inputs: Inputs, strength: float) -> Material:
    options = inputs.options
    relabel = {int(row): int(label) for row, label in options.get("relabel", {}).items()}
    return methods.correct(inputs.material, options.get("drop", ()), relabel, inputs.source.penalty)


def evidence(inputs: Inputs, strength: float) -> Material:
    features, labels = _from_pool(inputs)
    return methods.evidence(
        inputs.material, _as_left(inputs, features), labels, inputs.source.penalty
    )


def _as_left(inputs: Inputs, features: np.ndarray) -> np.ndarray:
    """Raw features (M, D), standardised and changed as the steps so far have changed the others."""
    z = inputs.source.scale.standardise(features)
    for change in inputs.material.changes:
        z = change.apply(z)
    return z


def _by_row(inputs: Inputs) -> np.ndarray:
    """(N,) bool, by row of the table: earlier steps may have dropped or added images."""
    by_row = np.zeros(len(inputs.source.table), dtype=bool)
    by_row[inputs.source.material.rows] = inputs.who.shows
    return by_row


def _shows(inputs: Inputs) -> np.ndarray:
    """(N,) bool; what earlier steps added was added because it shows the concept."""
    rows = inputs.material.rows
    return np.where(rows >= 0, _by_row(inputs)[rows], True)


def _from_pool(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """(M, D) features and (M,) labels of the images to add."""
    options, pools, n_classes = inputs.options, inputs.pools, inputs.material.n_classes
    name = options.get("pool")
    if name is None or name not in pools:
        raise RunError(f"The images {name!r} to add are not at hand: open them first.")
    rows, labels = (np.asarray(options.get(k, ()), dtype=int) for k in ("rows", "labels"))
    if len(rows) != len(labels):
        raise RunError(f"{len(rows)} images to add and {len(labels)} labels: give one for each.")
    if len(rows) and not (rows.min() >= 0 and rows.max() < len(pools[name])):
        raise RunError(f"Images to add are not among the {len(pools[name]):,} of {name!r}.")
    if len(labels) and not (labels.min() >= 0 and labels.max() < n_classes):
        raise RunError(f"Images to add have a label outside of 0 to {n_classes - 1}.")
    return np.asarray(pools[name])[rows], labels
