"""What else the errors of a confusion differ in, and the kinds of images among them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import queries
from core.errors import FencepostError
from core.evaluation.intervals import span
from core.explain import Subgroup
from core.explain.channels import FEWEST
from core.queries.selection import Cell
from core.runs import Run
from dashboard.charts import figures
from dashboard.components.tiles import show_strip
from dashboard.session import concept_draft
from dashboard.text import plain
from dashboard.views.explain import reasons

STRIP = 10


def show_differences(run: Run, cell: Cell, split: str) -> None:
    """Measures and concepts, the largest effect first, in words and as a chart."""
    a = plain(run.classes[cell[0]])
    st.subheader("What else differs")
    try:
        found = reasons.differences(run, cell, split)
    except FencepostError as error:
        st.caption(f":material/info: {plain(error)}")
        return
    clear = found[found["clear"]]
    st.caption(
        f"Against {a} predicted correctly: brightness, contrast, sharpness, and the concepts you "
        "made. Effects in standard deviations (Cohen's d), bars their 95% intervals."
    )
    if clear.empty:
        st.markdown("No clear difference.")
    else:
        st.markdown(f"The errors {_sentence(clear['words'].tolist())}.")
    st.plotly_chart(figures.effects(found), config=figures.STILL, alt=_in_words(found))


def _sentence(words: list[str]) -> str:
    """What `differences` says, as one sentence: `are darker and show more of fence`."""
    said = []
    for verb in ("are", "show"):
        start = f"errors {verb} "
        if found := [plain(w.removeprefix(start)) for w in words if w.startswith(start)]:
            said.append(f"{verb} {_listed(found)}")
    return " and ".join(said)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


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
        f"**Group {number}**: {group.errors} of {group.n} such {a} are predicted as {b} "
        f"({group.rate:.0%}, 95% interval {span(group.low, group.high)})"
    )
    show_strip(
        run, queries.rows(run, group.rows[:STRIP].tolist()), split, key=f"explain_group_{number}",
        label=f"Group {number}, most typical first",
    )  # fmt: skip
    if group.nearest:
        st.caption(f"Nearest known concept: **{plain(group.nearest)}**, effect {group.effect:.1f}.")
    if group.caution:
        st.caption(f":material/warning: {group.caution}")
    st.button(
        "Make a concept", key=f"explain_group_concept_{number}", icon=":material/category:",
        type="tertiary", help="From this group, against correctly predicted images of the class",
        on_click=concept_draft.make_concept,
        args=(reasons.group_picks(run, cell, split, group.rows, number),),
    )  # fmt: skip
