"""Other images, one after the other: accepted or rejected with a key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from core.fixes.evidence import Pool
from core.runs import Run
from dashboard.components import others
from dashboard.session import actions, evidence_reviews, navigation
from dashboard.session.evidence_reviews import Subject
from dashboard.text import plain, probability
from dashboard.views.evidence import candidates
from dashboard.views.evidence.candidates import LARGE, THUMB

STRIP = 24  # accepted images that are shown


@st.fragment
def show_review(
    run: Run,
    pool: Pool,
    found: pd.DataFrame,
    subject: Subject,
    threshold: float,
    on_add: Callable[[Pool, Subject], None],
) -> None:
    """One candidate at a time; only this part runs anew with each key."""
    navigation.leave_if_asked()
    others.watch([others.unsaved(run, "evidence")], key="evidence")
    evidence_reviews.read_others(subject)
    actions.show_problem()
    held = evidence_reviews.review(subject)
    reach = min(held.reach, len(found))
    judged = {row for row, _ in held.verdicts}
    rest = found.iloc[:reach]
    rest = rest[~rest["row"].isin(judged)]
    if rest.empty:
        _show_end(held, reach, len(found), subject)
    else:
        _show_candidate(run, pool, rest.iloc[0], subject, threshold, len(held.verdicts), reach)
    _show_accepted(run, pool, subject, on_add)


def _show_candidate(
    run: Run,
    pool: Pool,
    row: pd.Series,
    subject: Subject,
    threshold: float,
    judged: int,
    reach: int,
) -> None:
    number, name = int(row["row"]), plain(run.classes[subject.label])
    left, right = st.columns([3, 2], gap="medium")
    with left:
        data = candidates.thumbnail(pool, pool.key, number, LARGE)
        if data is None:
            st.info("This picture is gone, or can no longer be read.", icon=":material/hide_image:")
        else:
            st.image(data, width=460)
    with right:
        st.subheader(f"{judged + 1} of {reach}")
        st.markdown(f"Does it show **{plain(subject.concept)}** on **{name}**?")
        _show_buttons(run, subject, number, judged)
        with st.grid(2, min_column_width=130):
            st.metric(
                f"Probability of {name}", probability(row["prob"]), help="As the run sees it now"
            )
            shown = "yes" if row["score"] >= threshold else "no"
            st.metric(
                f"Looks like {plain(subject.concept)}", shown,
                help=f"Its score is {row['score']:.2f}; it counts as shown from {threshold:.2f} on",
            )  # fmt: skip
        pred = plain(run.classes[int(row["pred"])])
        st.markdown(f"Predicted as **{pred}** with {probability(row['confidence'])}")
        st.caption(plain(pool.paths[number]))


def _show_buttons(run: Run, subject: Subject, row: int, judged: int) -> None:
    label = st.selectbox(
        "Accept as", run.classes, index=subject.label, key=f"evidence_as_{subject.label}_{row}",
        width=200, help="If it shows the concept on another class, say which.",
    )  # fmt: skip
    # R would be the natural key, but Streamlit keeps it for itself.
    with st.container(horizontal=True):
        st.button(
            "Accept", icon=":material/check:", shortcut="a", key="evidence_accept",
            on_click=evidence_reviews.judge, args=(subject, row, run.classes.index(label)),
        )  # fmt: skip
        st.button(
            "Reject", icon=":material/close:", shortcut="x", key="evidence_reject",
            on_click=evidence_reviews.judge, args=(subject, row, None),
        )  # fmt: skip
        _undo(subject, not judged)


def _undo(subject: Subject, disabled: bool) -> None:
    st.button(
        "Undo", icon=":material/undo:", shortcut="u", key="evidence_undo", disabled=disabled,
        on_click=evidence_reviews.take_back, args=(subject,),
    )  # fmt: skip


def _show_end(held: evidence_reviews.Review, reach: int, there: int, subject: Subject) -> None:
    st.success(f"All {reach} looked through.", icon=":material/check_circle:")
    with st.container(horizontal=True):
        if there > reach:
            more = min(evidence_reviews.AT_ONCE, there - reach)
            st.button(
                f"Show {more} more", icon=":material/expand_more:", key="evidence_more",
                on_click=evidence_reviews.further, args=(subject,),
            )  # fmt: skip
        _undo(subject, not held.verdicts)


def _show_accepted(
    run: Run, pool: Pool, subject: Subject, on_add: Callable[[Pool, Subject], None]
) -> None:
    held = evidence_reviews.review(subject)
    accepted = held.accepted
    st.markdown(
        f"**Accepted** {_count(run, accepted, subject.label)} · "
        f"rejected {len(held.verdicts) - len(accepted)}"
    )
    if accepted:
        shown = [row for row, _ in accepted[::-1][:STRIP]]  # the newest first, where the eye is
        found = [candidates.thumbnail(pool, pool.key, row, THUMB) for row in shown]
        with st.container(horizontal=True, gap="xsmall"):
            for data in filter(None, found):
                st.image(data, width=72)
            if len(accepted) > STRIP:
                st.caption(f"and {len(accepted) - STRIP:,} more", width="content")
    images = "image" if len(accepted) == 1 else "images"
    st.button(
        f"Add {len(accepted)} {images} to the fixes", icon=":material/build:", key="evidence_add",
        type="primary", disabled=not accepted, on_click=on_add, args=(pool, subject),
        help="They join the training images; the Fix page shows the effect",
    )  # fmt: skip


def _count(run: Run, accepted: Sequence[tuple[int, int]], usual: int) -> str:
    """`7`, or `7 (6 as deer, 1 as cat)` where not all are of the usual class."""
    counts = Counter(label for _, label in accepted)
    if not set(counts) - {usual}:
        return str(len(accepted))
    parts = [f"{n} as {plain(run.classes[label])}" for label, n in counts.most_common()]
    return f"{len(accepted)} ({', '.join(parts)})"
