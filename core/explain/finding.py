"""What is known of a confusion's cause, in a sentence, and how sure it is.

Two questions are asked: do the errors share something, and what else do they differ in. Each has
half of 1 in 20, so that where errors are any images of their class, at most 1 in 20 is claimed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import DatasetError, ExplainError
from core.evaluation.statistics import auc, greater
from core.evaluation.wording import bare_p, p_value
from core.explain.channels import Explanation
from core.explain.differences import SURE, differences
from core.explain.halves import halves
from core.explain.properties.measured import of_some
from core.explain.properties.wording import OF_FILES
from core.explain.shared import scores as how_much
from core.runs import Run

SAID = 3  # differences in one sentence


@dataclass(frozen=True)
class Shared:
    """How often an error that suggested nothing shows more of what the others share.

    `auc` against right images, `p` one-sided; nan where too few errors are there. `errors`,
    `right`: how many were compared.
    """

    auc: float
    p: float
    errors: int
    right: int

    @property
    def clear(self) -> bool:
        return self.p < SURE


def shared(run: Run, explanation: Explanation) -> Shared:
    """Whether errors that suggested nothing show what the others share, beside right images."""
    parts = halves(explanation)
    errors, right = parts.tests.errors, parts.tests.right
    if not len(errors) or not len(right):
        return Shared(math.nan, math.nan, len(errors), len(right))
    values = how_much(run, explanation, parts.suggests, np.concatenate([errors, right]))
    high, low = values[: len(errors)], values[len(errors) :]
    return Shared(auc(high, low), greater(high, low), len(errors), len(right))


def of(
    run: Run, explanation: Explanation, scores: Mapping[str, np.ndarray] | None = None
) -> tuple[Shared, pd.DataFrame | None]:
    """Both answers: what they share, and what else they differ in, the pictures looked at.

    None for the latter where nothing is known of them.

    Args:
        scores: as for `differences`.
    """
    rows, reference = explanation.rows, explanation.reference
    try:
        pictures = of_some(run, rows, reference)
    except DatasetError:
        pictures = None
    try:
        differing = differences(run, rows, reference, scores, pictures)
    except ExplainError:
        differing = None
    return shared(run, explanation), differing


def most_telling(differing: pd.DataFrame) -> pd.DataFrame:
    """The clear differences to name: what can be seen, before what only the files say."""
    clear = differing[differing["clear"]]
    seen = ~clear["measure"].str.startswith(OF_FILES)
    return (clear[seen] if seen.any() else clear).head(SAID)


def sentence(label: str, found: Shared, differing: pd.DataFrame | None) -> str:
    """What sets errors apart from right images of class `label`, as far as it is clear.

    Empty where nothing is.
    """
    told = [] if differing is None else by_verb(most_telling(differing)["words"].tolist())
    if found.clear:
        told.append(f"share something that right {label} images lack")
    if not told:
        return ""
    return f"These errors {joined(told)}{'' if found.clear else f' than right {label} images'}"


def sureness(found: Shared, differing: pd.DataFrame | None) -> str:
    """The figures behind it, one clause a claim."""
    clauses = []
    if found.clear:
        clauses.append(
            f"an error shows more of what the others share than a right image "
            f"{100 * found.auc:.0f} times in 100 (AUC {found.auc:.2f}, {found.errors} errors that "
            f"suggested nothing against {found.right} right images, {p_value(found.p)})"
        )
    if differing is not None and len(named := most_telling(differing)):
        q = float(named["q"].max())
        n = len(differing)
        clauses.append(
            f"of {n:,} differences looked for, those named have a false discovery rate "
            f"{'' if q < 0.001 else 'of '}{bare_p(q)}"
        )
    return "; ".join(clauses)


def by_verb(words: Sequence[str]) -> list[str]:
    """Clauses on errors, a verb once: `are darker and yellower`, `show more of fence`."""
    ends: dict[str, list[str]] = {}
    for clause in words:
        verb, _, rest = clause.removeprefix("errors ").partition(" ")
        ends.setdefault(verb, []).append(rest)
    return [f"{verb} {joined(rest)}" for verb, rest in ends.items()]


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; commas part what has an `and` of its own."""
    if len(words) == 1:
        return words[0]
    comma = "," if any(" and " in each for each in words[:-1]) else ""
    return f"{', '.join(words[:-1])}{comma} and {words[-1]}"
