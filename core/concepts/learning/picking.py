"""A concept from picked images of a run: pages and scripts make it here, so it is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core import queries
from core.concepts.concept import Concept
from core.concepts.learning.direction import learn_in, prepare_space
from core.concepts.learning.space import Space
from core.errors import ConceptError
from core.evaluation.statistics import auc, greater
from core.runs import Run

# Row numbers of errors, and of right images of their class, which suggested no picks.
Tests = tuple[Sequence[int] | np.ndarray, Sequence[int] | np.ndarray]


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
    tests: Tests | None = None,
) -> Concept:
    """The concept that the images `shows` of a run share and `without` lack.

    Args:
        shows, without: rows of the run's table; no `without`: random others of the same classes.
        tests: of picks that errors suggested, the images that did not, see `tested`.

    Raises:
        ConceptError: no features, too few picks, picks in both lists or not of this run.
    """
    whole = not all_in_train(run, [*shows, *without])
    found = learn_on(ground(run, whole), shows, without, name=name, seed=seed)
    return found if tests is None else tested(run, found, tests)


def tested(run: Run, concept: Concept, tests: Tests) -> Concept:
    """The concept with AUC and p of images that did not suggest its picks.

    Picks that were ranked by errors lie together whatever the errors are, so neither the picks nor
    those errors can say whether there is anything to them. Errors kept aside can: whether they
    show more of it than right images of their class, one-sided after Mann and Whitney. Where the
    errors are any images of their class, this p is uniform. Without such errors both are nan.
    """
    errors, right = (np.asarray(rows, dtype=np.int64) for rows in tests)
    origin = dict(concept.origin) | {"tests": {"errors": errors.tolist(), "right": right.tolist()}}
    if not len(errors) or not len(right):
        return replace(concept, auc=np.nan, p_value=np.nan, origin=origin)
    features = run.features()
    assert features is not None  # it was learned from them
    high, low = concept.scores(features[errors]), concept.scores(features[right])
    return replace(concept, auc=auc(high, low), p_value=greater(high, low), origin=origin)


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
        raise ConceptError(f"Run {run.name} kept no features: train it again.")
    return Ground(prepare_space(features[rows], table["label"].to_numpy()), rows)


def learn_on(
    ground: Ground, shows: Sequence[int], without: Sequence[int], *, name: str, seed: int = 0
) -> Concept:
    """As `learn_from`, on images made ready before, of which every pick is one."""
    on, off = (
        np.searchsorted(ground.rows, np.asarray(p, dtype=np.int64)) for p in (shows, without)
    )
    found = learn_in(ground.space, on, off if len(off) else None, name=name, seed=seed)
    picked = {"shows": [int(r) for r in shows], "without": [int(r) for r in without] or None}
    return replace(found, origin=dict(found.origin) | picked)
