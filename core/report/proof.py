"""What was changed, and what it changed: gains and losses side by side, class by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.concepts.effects import compared
from core.concepts.stored import Stored
from core.errors import ConceptError
from core.evaluation import wording
from core.evaluation.comparison import Comparison, per_class, per_class_and_concept, worst_first
from core.fixes.steps import METHODS
from core.report.effect import NONE
from core.report.markup import Markup, images, lines, table, tag, whisker
from core.report.pictures import Pictures

SHOWN, MOST_GROUPS, FEW = 12, 30, 10
MOODS = ("better", "worse")  # classes of report.css; every other verdict is unclear


def titles(comparison: Comparison) -> list[str]:
    """The fix and what it did, in a line; nothing where there was none."""
    if comparison.after.parent != comparison.before.id:
        return []
    found = [METHODS[s["method"]] for s in comparison.after.steps if s["method"] in METHODS]
    if not found:
        return []
    named = ", then ".join(method.title for method in found).lower()
    return [f"The fix: {named}. {' '.join(dict.fromkeys(method.done for method in found))}"]


def steps(comparison: Comparison) -> list[Markup]:
    """Each step of the fix with its strength, and what a reader should know of how it was made."""
    before, after = comparison.before, comparison.after
    done = after.steps
    if after.parent != before.id:
        text = (
            f"{after.name} was not made from {before.name} by a fix: it is another model, "
            "compared on the same images."
        )
        if done:
            text += " It is a fix of another run, by the steps below."
        return lines([text]) + _listed(done, after.notes)
    if not done:
        text = (
            f"{after.name} does not say which steps made it, so what was changed is not known here."
        )
        return lines([text])
    return _listed(done, after.notes)


def _listed(done: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> list[Markup]:
    parts = [tag("ol", *(tag("li", *_step(step)) for step in done))] if done else []
    return parts + lines(notes, cls="note")


def _step(step: Mapping[str, Any]) -> list[str]:
    method = METHODS.get(step["method"])
    concept = f" “{step['concept']}”" if step.get("concept") else ""
    words: list[str] = [tag("b", f"{method.title if method else step['method']}{concept}.")]
    if method:
        words.append(f" {method.done}")
    if method and isinstance(step.get("strength"), int | float):
        words.append(f" Strength {step['strength']:g}: {method.strength}.")
    for key, what in (
        ("drop", "images dropped"), ("relabel", "images relabelled"), ("rows", "images added"),
        ("channels", "channels muted"),
    ):  # fmt: skip
        if isinstance(step.get(key), list | dict) and step[key]:
            words.append(f" {len(step[key]):,} {what}.")
    return words


def outcomes(comparison: Comparison, pictures: Pictures) -> list[Markup]:
    """Fixed beside broken, of one size, and the counts of what stayed."""
    made = comparison.overall()
    columns = [_outcome(comparison, name, pictures) for name in ("fixed", "broken")]
    right, wrong = (len(comparison.of(f"unchanged {name}")) for name in ("right", "wrong"))
    return [
        tag("p", wording.sentence(made, comparison.split)),
        tag("div", *columns, cls="beside"),
        *lines([f"Unchanged: {right:,} right before and after, {wrong:,} wrong before and after."]),
    ]


def _outcome(comparison: Comparison, outcome: str, pictures: Pictures) -> Markup:
    rows = comparison.most_changed((comparison.rows["outcome"] == outcome).to_numpy())
    preds = comparison.rows.set_index("row")
    names = comparison.before.classes
    tiles = [
        (
            uri,
            f"{names[int(row['label'])]}: {names[int(preds.loc[row['row'], 'pred_before'])]} → "
            f"{names[int(preds.loc[row['row'], 'pred_after'])]}",
        )
        for uri, row in pictures.of(rows[:SHOWN])
    ]
    some = "" if len(rows) <= SHOWN else f", {SHOWN} of them here"
    told = images(tiles, outcome) if tiles else tag("p", "None.")
    caption = tag("p", "True class: predicted class before → after.", cls="note")
    return tag("div", tag("h3", f"{outcome.capitalize()}: {len(rows):,}{some}"), told, caption)


def classes(comparison: Comparison) -> list[Markup]:
    """Every class before and after, those with most errors first."""
    rows = worst_first(per_class(comparison))
    return _groups(rows.assign(group=rows["class"]))


def groups(comparison: Comparison, stored: Stored | None) -> list[Markup]:
    """Each class with the concept and without it, and the worst of them before and after."""
    if stored is None:
        return lines([NONE])
    try:
        shown = compared.shown(comparison, stored)
    except ConceptError as error:
        return lines([f"This part is left out. {error}"])
    rows = worst_first(per_class_and_concept(comparison, shown, stored.name))
    rows = rows.assign(group=rows["class"] + " " + rows["concept"])
    return [*_worst(rows), *_groups(rows)]


def _worst(rows: pd.DataFrame) -> list[Markup]:
    return lines(
        f"Worst group {when}: {row['group']}, right {wording.rate(row['before'], int(row['n']))} "
        f"before, {wording.rate(row['after'], int(row['n']))} after."
        for when, row in wording.worst(rows, FEW).items()
    )


def _groups(rows: pd.DataFrame) -> list[Markup]:
    listed = rows.head(MOST_GROUPS)
    reach = float(np.abs(listed[["low", "high"]].to_numpy()).max(initial=0.01))
    # The verdict comes early: on a phone the last columns lie outside.
    titles = (
        "Group", "Verdict", "Points (95% interval)", "", "n", "Fixed", "Broken", "Before", "After",
    )  # fmt: skip
    made = [table(titles, [_group(row, reach) for _, row in listed.iterrows()])]
    if len(listed) < len(rows):
        made += lines([f"The first {len(listed)} of {len(rows):,} groups."], cls="note")
    return made


def _group(row: pd.Series, reach: float) -> tuple[str, ...]:
    ends = wording.interval(row["low"], row["high"])
    mood = row["verdict"] if row["verdict"] in MOODS else "unclear"
    return (
        str(row["group"]),
        f"{wording.VERDICTS[row['verdict']]}, {wording.p_value(row['p'])}",
        f"{wording.points(row['difference'])} ({ends})",
        whisker(row["low"], row["high"], row["difference"], reach, mood),
        *(f"{row[key]:,}" for key in ("n", "fixed", "broken")),
        *(f"{row[key]:.1%}" for key in ("before", "after")),
    )
