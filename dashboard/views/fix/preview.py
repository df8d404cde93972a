"""What a stack of fixes would make, as far as validation can say. Test is looked at afterwards."""

from __future__ import annotations

from typing import Literal

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


Verdict = Literal["worth", "few", "none"]
BADGES: dict[Verdict, str] = {
    "worth": ":green-badge[Worth testing]",
    "few": ":gray-badge[Too few to tell]",
    "none": ":orange-badge[No gain]",
}
IMAGINED = (
    "Images of other classes than the one it was picked in. Where validation has too few of them, "
    "they are imagined: real images with the concept added. The change with its 95% interval."
)
ELSEWHERE = "Real images of validation, right before and after. The change with its 95% interval."
FEW = (
    "What it seems to gain may be chance: it would be no surprise if test showed nothing, or a "
    "loss. More validation images, or more images with the concept, would tell."
)


def verdict(made: Preview) -> Verdict:
    """What may be said of it before test was looked at; a gain that may be chance is none yet."""
    if (helped := made.helped) is not None:
        return "worth" if made.gains else "few" if helped.low <= 0 < helped.difference else "none"
    if made.plain is None:
        return "few"
    if made.plain.low > 0:
        return "worth"
    return "few" if made.gains and made.plain.high > 0 else "none"


def show_figures(run: Run, made: Preview) -> None:
    """The verdict, what gains and what it costs in images, and how that was worked out."""
    (before, after), n = held_out(run, made)
    kind, concept = verdict(made), made.check.concept if made.check else ""
    with st.container(border=True):
        st.markdown(f"### {BADGES[kind]}")
        if kind != "worth":
            st.markdown(no_gain(made) if kind == "none" else FEW)
        with st.grid(3, min_column_width=230):
            if made.helped and made.plain:
                _show_change(f"With “{plain(concept)}”, other classes", made.helped, IMAGINED)
                _show_change(f"Without “{plain(concept)}”", made.plain, ELSEWHERE)
                _show_whole(before, after, n)
            elif made.plain:
                _show_change("All of validation", made.plain, ELSEWHERE)
            else:
                _show_whole(before, after, n)
        if kind == "worth" and made.check and after < before:
            st.caption(plain(about_a_fall(made.check, before - after, n, run.classes)))
    with st.expander("How it was worked out", icon=":material/function:"):
        for step, trials in zip(made.steps, made.trials, strict=True):
            if len(trials) > 1:
                show_trials(step.fix.title, trials, step.strength)
        for note in (*made.notes, f"It took {made.seconds:.1f} seconds."):
            st.caption(plain(note))


def _show_whole(before: int, after: int, n: int) -> None:
    rates = f"{before / max(n, 1):.1%} and {after / max(n, 1):.1%}"
    st.metric(
        "All of validation", f"{before:,} → {after:,} of {n:,}", f"{after - before:+,} images",
        delta_color="off",
        help=f"Right before and after: {rates}, 95% interval after {span(*wilson(after, n), 1)}",
    )  # fmt: skip


def _show_change(title: str, change: Change, about: str) -> None:
    """How many images are right before and after, with the interval of the change in images."""
    right = [round(rate * change.n) for rate in (change.before, change.after)]
    low, high = (round(end * change.n) for end in (change.low, change.high))
    st.metric(
        title, f"{right[0]:,} → {right[1]:,} of {change.n:,}",
        f"{right[1] - right[0]:+,} images ({low:+,} to {high:+,})",
        delta_color="normal" if change.low > 0 or change.high < 0 else "off", help=about,
    )  # fmt: skip


def no_gain(made: Preview) -> str:
    """That it should not be saved, why, and what may help where no fix of the head does."""
    if made.doubtful:
        said = (
            f"Errors that did not suggest “{plain(made.doubtful)}” do not show more of it than "
            "right images, so what it is worth cannot be shown."
        )
    elif made.helped is None:
        said = (
            "Validation loses more images than chance would take."
            if made.gains
            else "By the measure that chose the strengths it is no better than the model as it is "
            f"({made.score:.2f} against {made.as_it_was:.2f})."
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
    right, now = (round(rate * worst.n) for rate in (worst.before, worst.after))
    group = f"{name}: {right:,} of {images} right before, {now:,} after"
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
