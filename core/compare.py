"""Two runs on the same images: what got better, what got worse, and what may be chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import sqrt

import numpy as np
import pandas as pd
from scipy.special import bdtr

from core import queries
from core.concepts.stored import Stored
from core.errors import ConceptError, RunError
from core.metrics import wilson
from core.runs import Run

OUTCOMES = ("fixed", "broken", "unchanged right", "unchanged wrong")
LEAST_CHANGED = 6  # with five or fewer, even a clean sweep has p >= 0.0625


@dataclass(frozen=True)
class Change:
    """A paired change over n images.

    Attributes:
        n, fixed, broken: images; wrong before and right after; right before and wrong after.
        before, after: accuracy; 0 where n is 0.
        low, high: 95 % interval of after - before.
        p: exact McNemar p.
    """

    n: int
    fixed: int
    broken: int
    before: float
    after: float
    low: float
    high: float
    p: float

    @property
    def difference(self) -> float:
        return self.after - self.before

    def verdict(self) -> str:
        """What may be said: better, worse, too few to tell, or no difference shown."""
        if self.fixed + self.broken < LEAST_CHANGED:
            return f"too few to tell: {self.fixed + self.broken} of {self.n:,} images changed"
        if self.p < 0.05:
            return "better" if self.fixed > self.broken else "worse"
        return f"no difference shown: {self.fixed} fixed, {self.broken} broken"


@dataclass(frozen=True)
class Comparison:
    """Two runs on one split; `rows`: row, label, pred_before, pred_after, gain, outcome.

    `gain` is by how much the probability of the true class rose.
    """

    before: Run
    after: Run
    split: str
    rows: pd.DataFrame = field(repr=False)

    def of(self, outcome: str) -> np.ndarray:
        """Row numbers of an outcome (one of OUTCOMES), for a gallery."""
        return self.rows.loc[self.rows["outcome"] == outcome, "row"].to_numpy()

    def most_changed(self, chosen: np.ndarray) -> np.ndarray:
        """Row numbers where the mask `chosen` (N,) is true, the largest gain or loss first."""
        rows = self.rows[chosen]
        order = np.argsort(-rows["gain"].abs().to_numpy(), kind="stable")
        return rows["row"].to_numpy()[order]

    def overall(self) -> Change:
        return _change(self.rows)


def compare(before: Run, after: Run, split: str = "test") -> Comparison:
    """Two runs, image by image.

    Raises:
        RunError: they are not about the same images, or have none of this split.
    """
    a, b = before.meta["dataset"], after.meta["dataset"]
    if before.classes != after.classes or a.get("fingerprint") != b.get("fingerprint"):
        raise RunError(
            f"{before.name} and {after.name} were made from different data, {a['name']} and "
            f"{b['name']}, or from versions of it: only runs on the same images can be compared."
        )
    columns = (
        'SELECT row, "index", path, label, pred, label_prob FROM run WHERE split = ? ORDER BY row'
    )
    old, new = (queries.ask(run, columns, [split]) for run in (before, after))
    if old.empty:
        raise RunError(f"{before.name} has no {split} images: compare on another split.")
    same = ["row", "index", "path", "label"]
    if not old[same].equals(new[same]):
        raise RunError(
            f"{before.name} and {after.name} have different {split} images or labels, so they "
            "cannot be compared image by image."
        )
    rows = old[["row", "label"]].assign(
        pred_before=old["pred"],
        pred_after=new["pred"],
        gain=new["label_prob"] - old["label_prob"],
    )
    return Comparison(before, after, split, rows.assign(outcome=_outcomes(rows)))


def _outcomes(rows: pd.DataFrame) -> np.ndarray:
    was, now = rows["pred_before"] == rows["label"], rows["pred_after"] == rows["label"]
    return np.select([~was & now, was & ~now, was & now], OUTCOMES[:3], OUTCOMES[3])


def _change(rows: pd.DataFrame) -> Change:
    counts = rows["outcome"].value_counts()
    return change(*(int(counts.get(name, 0)) for name in OUTCOMES))


def change(fixed: int, broken: int, right: int, wrong: int) -> Change:
    """The change from how many images each outcome has."""
    n = fixed + broken + right + wrong
    low, high = paired_interval(fixed, broken, right, wrong)
    rates = ((right + broken) / n, (right + fixed) / n) if n else (0.0, 0.0)
    return Change(n, fixed, broken, *rates, low, high, mcnemar(fixed, broken))


def mcnemar(fixed: int, broken: int) -> float:
    """Exact two-sided p that fixed and broken are equally likely (McNemar 1947, binomial)."""
    changed = fixed + broken
    return min(1.0, 2 * float(bdtr(min(fixed, broken), changed, 0.5)))


def paired_interval(fixed: int, broken: int, right: int, wrong: int) -> tuple[float, float]:
    """95 % interval of the difference of two paired proportions (Newcombe 1998, method 10).

    Wilson's intervals of both, joined by their correlation; (-1, 1) where there is no image.
    """
    n = fixed + broken + right + wrong
    if n == 0:
        return -1.0, 1.0
    p1, p2 = (right + fixed) / n, (right + broken) / n
    (l1, u1), (l2, u2) = wilson(right + fixed, n), wilson(right + broken, n)
    phi = _correlation(fixed, broken, right, wrong)
    down = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    up = (u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    # Rounding may leave a square a hair below 0.
    return p1 - p2 - sqrt(max(down, 0.0)), p1 - p2 + sqrt(max(up, 0.0))


def _correlation(fixed: int, broken: int, right: int, wrong: int) -> float:
    """Newcombe's phi, drawn towards 0 by half an image where it is positive."""
    n = fixed + broken + right + wrong
    margins = (right + fixed) * (broken + wrong) * (right + broken) * (fixed + wrong)
    if margins == 0:
        return 0.0
    cross = right * wrong - fixed * broken
    return (cross if cross < 0 else max(cross - n / 2, 0)) / sqrt(margins)


def per_class(comparison: Comparison) -> pd.DataFrame:
    """class, label, n, fixed, broken, before, after, low, high, p, difference, verdict."""
    return _grouped(comparison, {})


def per_class_and_concept(
    comparison: Comparison, shows: np.ndarray | Sequence[bool], concept: str
) -> pd.DataFrame:
    """As `per_class`, each class with the concept and without, in the column `concept`.

    Args:
        shows: (N,) whether each row of the comparison shows it.
    """
    shows = np.asarray(shows, dtype=bool)
    if len(shows) != len(comparison.rows):
        raise RunError(f"{concept!r} was scored for other images than those compared.")
    return _grouped(comparison, {f"with {concept}": shows, f"without {concept}": ~shows})


def shown(comparison: Comparison, stored: Stored) -> np.ndarray:
    """(N,) which of the compared images show a concept, by the features of a run that it fits.

    Raises:
        ConceptError: it fits neither run; says why.
    """
    reasons = []
    for run in (comparison.before, comparison.after):
        try:
            reason = stored.unfit(run)
        except ConceptError as error:  # this run kept no features; the other may have
            reason = str(error)
        if not reason:
            return stored.concept.shown(run.features()[comparison.rows["row"].to_numpy()])
        reasons.append(reason)
    raise ConceptError(reasons[-1])


def _grouped(comparison: Comparison, sides: dict[str, np.ndarray]) -> pd.DataFrame:
    label = comparison.rows["label"].to_numpy()
    outcome = pd.Categorical(comparison.rows["outcome"], OUTCOMES).codes
    tables = {}
    for side, shows in (sides or {"": np.ones(len(label), dtype=bool)}).items():
        tables[side] = np.zeros((len(comparison.before.classes), len(OUTCOMES)), dtype=int)
        np.add.at(tables[side], (label[shows], outcome[shows]), 1)
    found = []
    for number, name in enumerate(comparison.before.classes):
        for side, table in tables.items():
            if not table[number].any():
                continue
            made = change(*table[number].tolist())
            first = {"class": name, "label": number} | ({"concept": side} if sides else {})
            said = {"difference": made.difference, "verdict": made.verdict()}
            found.append(first | asdict(made) | said)
    return pd.DataFrame(found)


def worst_first(groups: pd.DataFrame) -> pd.DataFrame:
    """The groups, those with the concept first, then by their errors in the run that has more."""
    errors = groups["n"] * (1 - groups[["before", "after"]].min(axis=1))
    keys = pd.DataFrame({"errors": -errors.round(), "n": -groups["n"]})
    if "concept" in groups:
        keys.insert(0, "without", groups["concept"].str.startswith("without "))
    order = keys.sort_values(list(keys), kind="stable").index
    return groups.loc[order].reset_index(drop=True)


def worst_group(groups: pd.DataFrame, *, least: int = 1) -> dict[str, pd.Series]:
    """The row with the least accuracy `before`, and the one `after`; they may be two groups.

    Args:
        least: images a group must have to count, where any has as many.
    """
    enough = groups[groups["n"] >= least]
    groups = groups if enough.empty else enough
    return {when: groups.loc[groups[when].idxmin()] for when in ("before", "after")}
