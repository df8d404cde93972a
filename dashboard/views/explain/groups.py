"""What else the errors of a confusion differ in, and the kinds of images among them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import queries
from core.errors import FencepostError
from core.evaluation.intervals import span
from core.explain import Subgroup
from core.explain.channels import FEWEST
from core.explain.differences import SURE
from core.explain.finding import by_verb, joined
from core.queries.selection import Cell
from core.runs import Run
from dashboard.charts import figures
from dashboard.components.tiles import show_strip
from dashboard.components.waiting import show_waiting
from dashboard.session import concept_draft
from dashboard.text import plain
from dashboard.views.explain import picks, reasons

STRIP = 10
DRAWN = 8  # differences in the chart, besides those that are clear


def show_differences(run: Run, cell: Cell, split: str) -> None:
    """The pictures and the concepts, the largest effect first, in words and as a chart."""
    a = plain(run.classes[cell[0]])
    st.subheader("What else differs")
    try:
        found = reasons.differences(run, cell, split)
    except FencepostError as error:
        st.caption(f":material/info: {plain(error)}")
        return
    work = reasons.measuring(run, cell, split)
    if found is None:
        st.caption(f"Looking at the pictures of {a}: what they are like is kept once it is known.")
        _show_measuring(run, cell, split)
        return
    st.caption(
        f"Against {a} predicted correctly, in {len(found):,} respects: what the pictures are like, "
        "the columns of the table, and the concepts you made. Coloured: what is clear.",
        help="Effects in standard deviations (Cohen's d), bars their 95% intervals. Clear is what "
        f"has a false discovery rate below {SURE:.1%} over all of them.",
    )
    clear = found[found["clear"]]
    if clear.empty:
        st.markdown("No clear difference.")
    else:
        st.markdown(f"The errors {joined(by_verb([plain(w) for w in clear['words']]))}.")
    st.plotly_chart(figures.effects(_first(found)), config=figures.STILL, alt=_in_words(found))
    if work.stopped:
        _show_measuring(run, cell, split)
    if work.error:
        st.caption(f":material/info: The pictures were not looked at. {plain(work.error)}")


def _show_measuring(run: Run, cell: Cell, split: str) -> None:
    show_waiting(
        reasons.measuring(run, cell, split), "Pictures measured", key="explain_measuring",
        again=reasons.measure_again, args=(run, cell, split),
    )  # fmt: skip


def _first(found: pd.DataFrame) -> pd.DataFrame:
    """Every clear difference, and the largest of the others, the largest effect first."""
    order = found["clear"].astype(int).sort_values(ascending=False, kind="stable").index
    return found.loc[sorted(order[: max(DRAWN, int(found["clear"].sum()))])]


def _in_words(found: pd.DataFrame) -> str:
    first = found.iloc[0]
    return f"Largest effect: {first['measure']}, {first['effect']:.2f} standard deviations"


def show_groups(run: Run, cell: Cell, split: str) -> None:
    """The kinds of images among the errors, most errors first."""
    st.subheader("Kinds of errors")
    try:
        groups = reasons.subgroups(run, cell, split)
    except FencepostError as error:
        st.caption(f":material/info: {plain(error)}")
        return
    if sum(group.errors for group in groups) < FEWEST:
        st.caption(":material/info: Too few errors to look for kinds among them.")
        return
    if len(groups) == 1:
        st.caption("The errors are alike to the model: they make one group.")
    else:
        st.caption(
            "Images that lie together in the features and fail together. A group is a hint at "
            "where to look; nobody has checked that it means anything."
        )
    for number, group in enumerate(groups, 1):
        with st.container(border=True):
            _show_group(run, cell, split, group, number)


def _show_group(run: Run, cell: Cell, split: str, group: Subgroup, number: int) -> None:
    a, b = (plain(run.classes[k]) for k in cell)
    st.markdown(
        f"**Group {number}**: of {group.n:,} images of {a} like these, {group.errors:,} are "
        f"predicted as {b}",
        help=f"{group.rate:.0%}, 95% interval {span(group.low, group.high)}",
    )
    show_strip(
        run, queries.rows(run, group.rows[:STRIP].tolist()), split, key=f"explain_group_{number}",
        label=f"Group {number}, most typical first",
    )  # fmt: skip
    if group.nearest:
        st.caption(
            f"Nearest known concept: **{plain(group.nearest)}**.",
            help=f"Effect {group.effect:.1f}, in standard deviations",
        )
    if group.caution:
        st.caption(f":material/warning: {group.caution}")
    st.button(
        "Make a concept", key=f"explain_group_concept_{number}", icon=":material/category:",
        type="tertiary", help="From this group, against correctly predicted images of the class",
        on_click=concept_draft.make_concept,
        args=(picks.group_picks(run, cell, split, group.rows, number),),
    )  # fmt: skip
