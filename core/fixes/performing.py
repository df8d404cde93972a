"""One step of a stack carried out at each of its strengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import RunError
from core.fixes import methods
from core.fixes.imagined.overlay import overlays
from core.fixes.imagined.presence import Presence
from core.fixes.imagined.transplant import move_of
from core.fixes.material import Material
from core.fixes.source import Source
from core.fixes.steps import METHODS, Step

OVERLAYS, EACH = 4000, 2  # images that are made: at most, and for each training image
Pools = Mapping[str, np.ndarray]  # name -> (M, D) features of images from elsewhere


def at_each_strength(
    source: Source,
    material: Material,
    step: Step,
    strengths: Sequence[float],
    found: Mapping[str, Presence],
    pools: Pools,
) -> list[Material]:
    """The step at each strength."""
    if step.method == "rebalance":  # the same draws serve every strength
        shows = _shows(source, material, found[step.options["concept"]])
        seed = source.run.seed
        whole = methods.balanced(material, shows, source.penalty, seed)
        return [methods.blended(material, whole, s) for s in strengths]
    if step.method == "overlay":  # and so do the same images
        made = _overlaid(source, material, found[step.options["concept"]])
        return [methods.evidence(material, *made, source.penalty, weight=s) for s in strengths]
    steps = [replace(step, strength=s) for s in strengths]
    return [_perform(source, material, s, found, pools) for s in steps]


def _perform(
    source: Source,
    material: Material,
    step: Step,
    found: Mapping[str, Presence],
    pools: Pools,
) -> Material:
    options: dict[str, Any] = step.options
    strength, penalty = float(step.strength or 1.0), source.penalty
    if METHODS[step.method].needs_concept:
        return _perform_with(source, material, step, found[options["concept"]])
    if step.method == "mute":
        return methods.mute(
            material,
            options.get("channels", ()),
            strength,
            penalty,
            classes=options.get("classes", ()),
            again=options.get("refit", True),
        )
    if step.method == "mistakes":
        return methods.mistakes(material, strength, penalty)
    if step.method == "correct":
        relabel = {int(row): int(label) for row, label in options.get("relabel", {}).items()}
        return methods.correct(material, options.get("drop", ()), relabel, penalty)
    features, labels = _from_pool(options, pools, material.n_classes)
    return methods.evidence(material, _as_left(source, material, features), labels, penalty)


def _overlaid(source: Source, material: Material, who: Presence) -> tuple[np.ndarray, np.ndarray]:
    """(M, D), (M,): images with the concept laid over them, as earlier steps leave features."""
    real = material.rows >= 0
    rows = material.rows[real]
    found = overlays(
        source.run,
        rows,
        material.labels[real],
        _by_row(source, who)[rows],
        count=min(OVERLAYS, EACH * len(rows)),
        seed=source.run.seed,
    )
    return _as_left(source, material, found.features), found.labels


def _as_left(source: Source, material: Material, features: np.ndarray) -> np.ndarray:
    """Raw features (M, D), standardised and changed as the steps so far have changed the others."""
    z = source.scale.standardise(features)
    for change in material.changes:
        z = change.apply(z)
    return z


def _by_row(source: Source, who: Presence) -> np.ndarray:
    """(N,) bool, by row of the table: earlier steps may have dropped or added images."""
    by_row = np.zeros(len(source.table), dtype=bool)
    by_row[source.material.rows] = who.shows
    return by_row


def _from_pool(
    options: Mapping[str, Any], pools: Pools, n_classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """(M, D) features and (M,) labels of the images to add."""
    name = options.get("pool")
    if name not in pools:
        raise RunError(f"The images {name!r} to add are not at hand: open them first.")
    rows, labels = (np.asarray(options.get(k, ()), dtype=int) for k in ("rows", "labels"))
    if len(rows) != len(labels):
        raise RunError(f"{len(rows)} images to add and {len(labels)} labels: give one for each.")
    if len(rows) and not (rows.min() >= 0 and rows.max() < len(pools[name])):
        raise RunError(f"Images to add are not among the {len(pools[name]):,} of {name!r}.")
    if len(labels) and not (labels.min() >= 0 and labels.max() < n_classes):
        raise RunError(f"Images to add have a label outside of 0 to {n_classes - 1}.")
    return np.asarray(pools[name])[rows], labels


def _shows(source: Source, material: Material, who: Presence) -> np.ndarray:
    """(N,) bool; what earlier steps added was added because it shows the concept."""
    return np.where(material.rows >= 0, _by_row(source, who)[material.rows], True)


def _perform_with(source: Source, material: Material, step: Step, who: Presence) -> Material:
    shows = _shows(source, material, who)
    strength, penalty = float(step.strength or 1.0), source.penalty
    if step.method == "erase":
        return methods.erase(material, shows, strength, penalty)
    now = replace(who, shows=shows)
    # Once something was cut out of z, its least values are no longer those of a ReLU.
    floor = np.full_like(source.scale.floor, -np.inf) if material.changes else source.scale.floor
    move = move_of(material.z, material.labels, now, floor)
    return methods.transplant(material, now, move, strength, penalty)
