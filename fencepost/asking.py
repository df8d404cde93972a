"""What a script asks for, as core understands it; what it cannot mean is refused with a remedy."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from core.concepts.stored import features_digest
from core.errors import ConceptError, FencepostError
from core.runs import Run

MOST = 10  # names in a message


def class_id(run: Run, name: str) -> int:
    """The number of a class.

    Raises:
        FencepostError: the run has no such class.
    """
    if name in run.classes:
        return run.classes.index(name)
    close = get_close_matches(str(name), run.classes, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"choose {some(run.classes)}."
    raise FencepostError(f"Run {run.name} has no class {name!r}: {hint}")


def some(names: Sequence[str]) -> str:
    """The names, or the first of them and how many more there are."""
    more = len(names) - MOST
    return ", ".join(names[:MOST]) + (f" and {more} more" if more > 0 else "")


def check_split(run: Run, split: str) -> None:
    """Raise FencepostError where a run has no such split."""
    if split not in run.metrics:
        raise FencepostError(
            f"Run {run.name} has no split {split!r}: choose {some([*run.metrics])}."
        )


def check_same_run(run: Run, other: Run, what: str) -> None:
    """Raise FencepostError where a result belongs to another run."""
    if run.id != other.id:
        raise FencepostError(
            f"{what} is of run {other.name}, not of {run.name}: make it anew there."
        )


def check_features(run: Run, learned_on: Run, name: str) -> None:
    """Raise ConceptError where a concept means nothing in the features of a run."""
    if run.id != learned_on.id and features_digest(run) != features_digest(learned_on):
        raise ConceptError(
            f"Concept {name} was learned on the features of run {learned_on.name}, and those of "
            f"run {run.name} differ: learn it again on this run."
        )
