"""What a stack of fixes would make, as far as validation can say. Test is looked at afterwards."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import queries
from core.evaluation.intervals import span, wilson
from core.evaluation.paired import Change
from core.fixes import Preview
from core.fixes.validation.checking import Check
from core.runs import Run
from dashboard.text import plain

TRIALS = {
    "strength": st.column_config.NumberColumn("Strength", format="%g"),
    "score": st.column_config.NumberColumn(
        "Score on validation", format="%.2f",
        help="Halfway between the worst group's accuracy and the groups' mean accuracy, less a "
        "penalty for accuracy lost on images without the concept. The highest is chosen.",
    ),
    "chosen": st.column_config.TextColumn("Chosen"),
}  # fmt: skip


def show_figures(run: Run, made: Preview) -> None:
    """Accuracy before and after, what to make of a fall, and how the strengths were chosen."""
    (before, after), n = held_out(run, made)
    if made.helped and made.plain:  # first what it was made for: whole validation hardly shows it
        st.markdown(f"**{plain(about_both(made.helped, made.plain, made.check))}**")
    with st.grid(3, min_column_width=190):
        for title, k in (("Validation before", before), ("Validation after", after)):
            st.metric(
                title, f"{k / n:.1%}" if n else "none",
                help=f"{k:,} of {n:,} right, 95% interval {span(*wilson(k, n), 1)}",
            )  # fmt: skip
        st.metric("Seconds", f"{made.seconds:.1f}", help="To refit the head and predict anew")
    if not made.gains:
        st.warning(no_gain(made), icon=":material/block:")
    if made.check and after < before:
        text = about_a_fall(made.check, before - after, n, run.classes)
        st.info(plain(text), icon=":material/info:")
    for step, trials in zip(made.steps, made.trials, strict=True):
        if len(trials) > 1:
            show_trials(step.fix.title, trials, step.strength)
    for note in made.notes:
        st.caption(plain(note))


def about_both(helped: Change, kept: Change, check: Check | None) -> str:
    """What the images that a fix is made for gain, and what the others lose."""
    name = check.concept if check else ""
    return (
        f"With “{name}”, classes that it was not picked in: {_points(helped)} of {helped.n:,} "
        f"images, real or imagined. Without it: {_points(kept)} of {kept.n:,} images."
    )


def _points(change: Change) -> str:
    """A change in points of accuracy, with its interval."""
    low, value, high = (100 * each for each in (change.low, change.difference, change.high))
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"


def no_gain(made: Preview) -> str:
    """That it should not be saved, why, and what may help where no fix of the head does."""
    if made.helped is None:
        said = (
            "By the measure that chose the strengths, validation scores the model as it is "
            f"{made.as_it_was:.2f} and this fix {made.score:.2f}."
        )
    elif made.helped.low <= 0:
        said = "The images that it is made for gain no more than chance would give them."
    else:
        said = "Images without the concept seem to lose more than those with it gain."
    return (
        f"**No gain: do not save it.** {said} The concept may do little harm, or the features may "
        "not tell enough. What may help instead: correcting wrong labels, more images of these "
        "classes, a larger input, or fine-tuning the whole network."
    )


def show_trials(title: str, trials: tuple[tuple[float, float], ...], chosen: float | None) -> None:
    """The strengths of a step, what validation gave each, and which was taken."""
    table = pd.DataFrame(trials, columns=["strength", "score"])
    table["chosen"] = ["chosen" if strength == chosen else "" for strength in table["strength"]]
    st.markdown(f"**{title}**: the strengths tried")
    st.dataframe(table, hide_index=True, column_config=TRIALS, width=420, height="content")


def held_out(run: Run, made: Preview) -> tuple[tuple[int, int], int]:
    """((right before, right after), n) on the validation images."""
    before = queries.ask(
        run, "SELECT count(*) FILTER (correct) k, count(*) n FROM run WHERE split = 'val'"
    ).iloc[0]
    after = int(made.table.loc[made.table["split"] == "val", "correct"].sum())
    return (int(before["k"]), after), int(before["n"])


def about_a_fall(check: Check, lost: int, n: int, classes: tuple[str, ...]) -> str:
    """Why fewer validation images are right, as far as that is known, and what to judge by."""
    worst = check.worst
    name = classes[worst.label] + (f" with “{check.concept}”" if worst.shows else "")
    images = f"{worst.n:,}{' imagined' if worst.imagined else ''} images"
    group = f"{name} ({images}): {worst.before:.0%} right before, {worst.after:.0%} after"
    fell = f"{lost:,} fewer of the {n:,} validation images {'is' if lost == 1 else 'are'} right"
    if not check.concept:
        return f"{fell}: you decide whether the fix is worth it. Worst class: {group}."
    if check.blind:
        return (
            f"{fell}. The fix may help all the same: {_shown(check, classes)}, so validation "
            "has hardly any of the images that the fix is made for. Judge it by the worst group, "
            f"{group}; and by test, on the next page."
        )
    return (
        f"{fell}. Of the {check.elsewhere:,} that show “{check.concept}” on a class other than the "
        f"one it was picked in, {check.right[0]:,} were right before and {check.right[1]:,} are "
        f"after. Worst group: {group}."
    )


def _shown(check: Check, classes: tuple[str, ...]) -> str:
    if not check.shown:
        return f"none shows “{check.concept}”"
    total = sum(check.shown.values())
    some = f"only {total:,} {'shows' if total == 1 else 'show'} “{check.concept}”"
    most = sorted(check.shown, key=lambda c: -check.shown[c])[:3]
    if len(check.shown) == 1 and total > 1:
        return f"{some}, all of them {classes[most[0]]}"
    parts = ", ".join(f"{check.shown[c]:,} {classes[c]}" for c in most)
    return f"{some} ({parts}{' and others' if len(check.shown) > len(most) else ''})"
