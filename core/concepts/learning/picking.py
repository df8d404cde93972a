"""A concept from picked images of a run: pages and scripts make it here, so it is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core import queries
from core.concepts.concept import Concept
from core.concepts.held_out import HeldOut
from core.concepts.learning.direction import learn_in, prepare_space
from core.concepts.learning.space import Space
from core.datasets import ProgressCallback
from core.errors import ConceptError
from core.runs import Run
from core.runs.features import remedy


@dataclass(frozen=True, eq=False)
class Ground:
    """The images that a concept is learned on: their space, and their `rows` (M,), ascending."""

    space: Space
    rows: np.ndarray


def learn_from(
    run: Run,
    shows: Sequence[int],
    without: Sequence[int] = (),
    *,
    name: str,
    seed: int = 0,
    held_out: HeldOut | None = None,
) -> Concept:
    """The concept that the images `shows` of a run share and `without` lack.

    Args:
        shows, without: rows of the run's table; no `without`: random others of the same classes.
        held_out: of picks that errors suggested, the images that did not: they test it.

    Raises:
        ConceptError: no features, too few picks, picks in both lists or not of this run.
    """
    whole = not all_in_train(run, [*shows, *without])
    found = learn_on(ground(run, whole), shows, without, name=name, seed=seed)
    return found if held_out is None else tested(run, found, held_out)


def tested(run: Run, concept: Concept, held_out: HeldOut) -> Concept:
    """The concept with AUC and p of the images that did not suggest its picks."""
    features = run.features()
    assert features is not None  # it was learned from them
    auc, p_value = held_out.test(concept.scores(features))
    origin = dict(concept.origin) | {"held_out": held_out.to_json()}
    return replace(concept, auc=auc, p_value=p_value, origin=origin)


def all_in_train(run: Run, picks: Sequence[int]) -> bool:
    """Whether every pick is a training image: then nothing else need be learned from.

    Raises:
        ConceptError: one of them is no image of this run.
    """
    wanted = sorted({int(row) for row in picks})
    found = queries.rows(run, wanted)
    if strangers := sorted(set(wanted) - set(found["row"].tolist())):
        raise ConceptError(
            f"Row {strangers[0]} is not an image of run {run.name}: the picks are of another run "
            "or data set; pick again."
        )
    return bool((found["split"] == "train").all())


def ground(run: Run, whole: bool = False) -> Ground:
    """The training images of a run, or the whole of it; to be kept, so that a refit is quick.

    Of picks in train nothing else is learned from: what is tested later stays unseen.

    Raises:
        ConceptError: the run kept no features.
    """
    table = queries.ask(run, "SELECT row, split, label FROM run ORDER BY row")
    if not whole:
        table = table[table["split"] == "train"]
    rows, features = table["row"].to_numpy(), run.features()
    if features is None:
        raise ConceptError(f"Run {run.name} kept no features: {remedy(run)}.")
    return Ground(prepare_space(features[rows], table["label"].to_numpy()), rows)


def learn_on(
    ground: Ground,
    shows: Sequence[int],
    without: Sequence[int],
    *,
    name: str,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> Concept:
    """As `learn_from`, on images made ready before, of which every pick is one."""
    on, off = (
        np.searchsorted(ground.rows, np.asarray(p, dtype=np.int64)) for p in (shows, without)
    )
    off = off if len(off) else None
    found = learn_in(ground.space, on, off, name=name, seed=seed, progress=progress)
    picked = {"shows": [int(r) for r in shows], "without": [int(r) for r in without] or None}
    return replace(found, origin=dict(found.origin) | picked)
