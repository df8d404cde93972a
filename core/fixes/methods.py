"""The methods: each takes the training images and a strength, and gives a refitted head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.concepts.effects import erasure
from core.concepts.presence import Presence
from core.errors import RunError
from core.fixes.imagined.transplant import Move
from core.fixes.material import Cut, Mask, Material
from core.fixes.refit import refit
from core.inference.scoring import logits

DRAWS = 5


def balanced(material: Material, shows: np.ndarray, penalty: float, seed: int = 0) -> Material:
    """A head that sees every class x concept group equally often; `shows` (N,) bool.

    Deep feature reweighting (Kirichenko et al., 2022): the mean of heads fitted on DRAWS balanced
    draws. Small groups are drawn with replacement rather than all others cut down to their size:
    with three fenced deer nothing would be left.
    """
    groups = [
        np.flatnonzero((material.labels == c) & (shows == s))
        for c in range(material.n_classes)
        for s in (False, True)
    ]
    groups = [group for group in groups if len(group)]
    size = max(1, len(material.labels) // len(groups))
    rng = np.random.default_rng(seed)
    heads = []
    for _ in range(DRAWS):
        draws = [rng.choice(g, size, replace=len(g) < size) for g in groups]
        heads.append(refit(material.taken(np.concatenate(draws)), penalty))
    weight = np.mean([h.weight for h in heads], axis=0)
    bias = np.mean([h.bias for h in heads], axis=0)
    return replace(material, weight=weight, bias=bias)


def blended(material: Material, other: Material, strength: float) -> Material:
    """The material with its head moved by `strength` towards the other's."""
    return replace(
        material,
        weight=material.weight + strength * (other.weight - material.weight),
        bias=material.bias + strength * (other.bias - material.bias),
    )


def erase(material: Material, shows: np.ndarray, strength: float, penalty: float) -> Material:
    """Refitted without the part `strength` of what tells the concept linearly within a class.

    `shows`: (N,) bool.
    """
    cut = eraser(material.z, shows, material.labels)
    return refit(material.changed(replace(cut, along=strength * cut.along)), penalty)


def eraser(z: np.ndarray, shows: np.ndarray, labels: np.ndarray) -> Cut:
    """The least change of z (N, D) after which no linear function tells `shows` within classes.

    LEACE (Belrose et al., 2023) on what is left of z once class means are taken out: almost only
    cats stand behind fences, and what makes a cat must stay.
    """
    made = erasure.erase(z - _class_means(z, labels), shows)
    move, read = made.move.astype(np.float32), made.read.astype(np.float32)
    return Cut(move, read, z.mean(axis=0))


def _class_means(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(N, D) -> (N, D), for each row the mean of its class."""
    result = np.empty_like(values)
    for c in np.unique(labels):
        result[labels == c] = values[labels == c].mean(axis=0)
    return result


def mute(
    material: Material,
    channels: Sequence[int],
    strength: float,
    penalty: float,
    *,
    classes: Sequence[int] = (),
    again: bool = True,
) -> Material:
    """Channels set to their mean, for some classes' logits or all (after Neuhaus et al., 2022).

    Args:
        classes: whose logits no longer see the channels; empty: all.
        again: refit the head, which only makes sense for all classes.
    """
    muting = np.asarray(channels, dtype=int)
    if not len(muting) or muting.min() < 0 or muting.max() >= material.z.shape[1]:
        raise RunError(f"Mark at least one channel from 0 to {material.z.shape[1] - 1}.")
    if classes:
        weight = material.weight.copy()
        weight[np.ix_(np.asarray(classes), muting)] *= 1 - strength
        return replace(material, weight=weight)
    keep = np.ones(material.z.shape[1], dtype=np.float32)
    keep[muting] = 1 - strength
    muted = material.changed(Mask(keep))
    return refit(muted, penalty) if again else muted


def mistakes(material: Material, strength: float, penalty: float) -> Material:
    """Refitted with weights exp(-strength p) / n_c, with p the head's probability of the label.

    AFR (Qiu et al., 2023); n_c is the number of images of the class.
    """
    counts = np.bincount(material.labels, minlength=material.n_classes)
    weights = np.exp(-strength * material.own_probabilities()) / counts[material.labels]
    return refit(replace(material, weights=material.weights * weights), penalty)


def correct(
    material: Material, drop: Sequence[int], relabel: Mapping[int, int], penalty: float
) -> Material:
    """Refitted without the rows `drop` of the table, and with new labels for others."""
    asked = {int(row) for row in (*drop, *relabel)}
    if not asked:
        raise RunError("Pick training images to drop or to relabel first.")
    if strangers := sorted(asked - set(material.rows.tolist())):
        raise RunError(f"Row {strangers[0]} is not a training image: only those can be corrected.")
    labels = material.labels.copy()
    for row, label in relabel.items():
        if not 0 <= int(label) < material.n_classes:
            raise RunError(f"There is no class {label} to relabel to.")
        labels[material.rows == int(row)] = int(label)
    kept = ~np.isin(material.rows, np.asarray(list(drop), dtype=int))
    return refit(replace(material, labels=labels).taken(kept), penalty)


def transplant(
    material: Material, found: Presence, move: Move, strength: float, penalty: float
) -> Material:
    """Refitted with every image of the other classes added as it would look with the concept.

    `strength` is the share of its own content that an image keeps (see `imagined.transplant`).
    """
    plain = ~np.isin(material.labels, found.carriers) & ~found.shows & (material.rows >= 0)
    made = move.put_in(material.z[plain], strength)
    return refit(material.added(made, material.labels[plain]), penalty)


def evidence(
    material: Material, z: np.ndarray, labels: np.ndarray, penalty: float, weight: float = 1.0
) -> Material:
    """Refitted with accepted images (M, D) of given labels (M,) added, each of this weight."""
    if not len(z):
        raise RunError("Accept at least one image first.")
    return refit(material.added(z, labels, weight), penalty)


def candidates(
    features: np.ndarray,
    scores: np.ndarray,
    head: tuple[np.ndarray, np.ndarray],
    looks_like: int,
    *,
    carriers: Sequence[int],
    top: int,
) -> np.ndarray:
    """Rows of (N, D) raw features that may show the concept on class `looks_like`, best first.

    By the lower of two ranks: that of the concept's score, and that of the class's log-odds. The
    carriers' logits are left out of these, since the concept itself speaks for the carriers.
    """
    others = [c for c in range(len(head[0])) if c not in carriers or c == looks_like]
    found = logits(features, head[0][others], head[1][others])
    mine = others.index(looks_like)
    rest = np.delete(found, mine, axis=1)
    odds = found[:, mine] - (np.logaddexp.reduce(rest, axis=1) if rest.shape[1] else 0)
    order = np.minimum(_ranks(scores), _ranks(odds))  # both must be high
    return np.argsort(-order, kind="stable")[:top]


def _ranks(values: np.ndarray) -> np.ndarray:
    return values.argsort(kind="stable").argsort(kind="stable")
