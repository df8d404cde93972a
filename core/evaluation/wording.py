"""A comparison in words and figures: the same on the page and in the report."""

from __future__ import annotations

import pandas as pd

from core.evaluation.comparison import Comparison, worst_group
from core.evaluation.intervals import span, wilson
from core.evaluation.paired import Change, Kind

SOURCES = {
    "test": "held out from training and from the choice of strengths",
    "val": "they chose the epoch and the strength of fixes, so gains look larger there than they "
    "are",
    "train": "the models learned from them, so gains look larger there than they are",
}

SEEN = "; what to fix was seen on these very images, so expect somewhat less of it on fresh ones"


VERDICTS: dict[Kind, str] = {
    "better": "Better",
    "worse": "Worse",
    "no difference": "No difference shown",
    "too few": "Too few to tell",
}


def sentence(change: Change, split: str) -> str:
    """The whole comparison in one sentence."""
    rates = f"from {change.before:.1%} to {change.after:.1%}"
    return (
        f"{VERDICTS[change.verdict().kind]}: accuracy on {split} went {rates}, "
        f"{points(change.difference)} points (95% interval {interval(change.low, change.high)}, "
        f"exact McNemar {p_value(change.p)}, n = {change.n:,}), "
        f"with {change.fixed:,} images fixed and {change.broken:,} broken."
    )


def source(comparison: Comparison) -> str:
    """Which images the figures come from."""
    split, chosen = comparison.split, [comparison.before, comparison.after]
    chosen = [run.name for run in chosen if run.selected_on_test and split == "test"]
    words = SOURCES[split]
    if split == "test" and comparison.after.steps:
        words += SEEN
    if chosen:
        names = " and of ".join(chosen)
        words = f"they chose the epoch of {names}, so accuracies look better there than they are"
    return f"All figures come from the {len(comparison.rows):,} images of {split}: {words}."


def points(value: float) -> str:
    """A difference of rates in percentage points, with its sign: `+1.3`; a zero has none."""
    text = f"{100 * value:+.1f}"
    return "0.0" if text in {"+0.0", "-0.0"} else text


def interval(low: float, high: float) -> str:
    return f"{points(low)} to {points(high)}"


def p_value(p: float) -> str:
    """`p = 0.021`, and never a 0 that is none."""
    bare = bare_p(p)
    return f"p {bare}" if bare.startswith("<") else f"p = {bare}"


def bare_p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def rate(value: float, n: int) -> str:
    """An accuracy with its n and its 95 % interval (Wilson)."""
    low, high = wilson(round(value * n), n)
    return f"{value:.1%} of {n:,} (95% interval {span(low, high)})"


def worst(groups: pd.DataFrame, least: int) -> dict[str, pd.Series]:
    """The worst group `before` and `after`, or `before and after` where they are one.

    Args:
        groups: with a column `group`, its name; least: images a group must have to count.
    """
    found = worst_group(groups, least=least)
    if found["before"]["group"] == found["after"]["group"]:
        return {"before and after": found["after"]}
    return found
