"""Two runs on the same images: what got better, what got worse, and what may be chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from core import queries
from core.errors import RunError
from core.evaluation.paired import Change, change
from core.runs import Run

OUTCOMES = ("fixed", "broken", "unchanged right", "unchanged wrong")


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

    def among(self, mask: np.ndarray) -> Change:
        """Of some of the images only, (N,) bool."""
        return _change(self.rows[mask])


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


def per_class(comparison: Comparison) -> pd.DataFrame:
    """class, label, n, fixed, broken, before, after, low, high, p, difference, verdict, words.

    `verdict` and `words` are the two parts of `Change.verdict`.
    """
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
            verdict = made.verdict()
            said = {"difference": made.difference, "verdict": verdict.kind, "words": verdict.words}
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
