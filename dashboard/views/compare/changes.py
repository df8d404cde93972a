"""The parts of Compare: images by outcome, and groups with their intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core import queries
from core.evaluation.comparison import Comparison
from core.evaluation.wording import VERDICTS, bare_p, interval, points, rate, worst
from dashboard.charts import figures
from dashboard.components.tiles import show_changed
from dashboard.session import navigation
from dashboard.text import plain

PAGE = 12  # images of one outcome at a time
BARS = 25  # groups in the chart
FEW = 10  # images, below which a group is not called the worst

ABOUT = {
    "fixed": "Wrong before, right after.",
    "broken": "Right before, wrong after.",
    "unchanged wrong": "Wrong before and after.",
    "unchanged right": "Right before and after.",
}
COLUMNS = {
    "group": st.column_config.TextColumn("Group", width=215),
    "says": st.column_config.TextColumn("Verdict", width=140),
    "n": st.column_config.NumberColumn("Images", format="localized", width=58),
    "fixed": st.column_config.NumberColumn("Fixed", format="localized", width=55),
    "broken": st.column_config.NumberColumn("Broken", format="localized", width=60),
    "before": st.column_config.NumberColumn("Before, %", format="%.1f", width=70),
    "after": st.column_config.NumberColumn("After, %", format="%.1f", width=62),
    "points": st.column_config.TextColumn(
        "Points (95% interval)", width=160, help="Accuracy after less before; Newcombe's interval"
    ),
    "p": st.column_config.TextColumn("p", width=60, help="Exact McNemar test, this group alone"),
}


def show_outcomes(
    comparison: Comparison, chosen: np.ndarray | None = None, at: str = "compare_", level: int = 3
) -> None:
    """Fixed beside broken; `chosen` (N,) keeps to some images.

    `level` is that of the headings: 3 for a part of the page, 5 below a group's name.
    """
    _side_by_side(comparison, ("fixed", "broken"), chosen, at, level)


def show_unchanged(comparison: Comparison) -> None:
    """What stayed wrong beside what stayed right."""
    _side_by_side(comparison, ("unchanged wrong", "unchanged right"), None, "compare_", 3)


def _side_by_side(
    comparison: Comparison,
    outcomes: tuple[str, str],
    chosen: np.ndarray | None,
    at: str,
    level: int,
) -> None:
    for place, outcome in zip(st.columns(2, gap="large"), outcomes, strict=True):
        mask = (comparison.rows["outcome"] == outcome).to_numpy()
        with place:
            show_images(
                comparison, mask if chosen is None else mask & chosen, outcome.capitalize(),
                ABOUT[outcome], key=f"{at}{outcome.replace(' ', '_')}", level=level,
            )  # fmt: skip


@st.fragment
def show_images(
    comparison: Comparison, mask: np.ndarray, title: str, about: str, key: str, level: int = 3
) -> None:
    """One gallery with its count, the largest change first; turning its page runs only this."""
    navigation.leave_if_asked()
    rows = comparison.most_changed(mask)
    words = f"{plain(title)}: {len(rows):,}"
    if level == 3:
        st.subheader(words)
    else:
        st.markdown(f"{'#' * level} {words}")
    if not len(rows):
        st.caption(f"{about} None.".lstrip())
        return
    pages = -(-len(rows) // PAGE)
    at = f"{key}_page"
    if (page := st.session_state.get(at) or 1) > pages:
        page = st.session_state[at] = pages
    start = (page - 1) * PAGE
    end = min(start + PAGE, len(rows))
    here = "The" if pages == 1 else f"{start + 1:,} to {end:,}, the"
    order = f"{here} largest change of the true class's probability first."
    # Two lines on either side: the images of both then begin at one height.
    st.caption(f"{about}  \n{order}" if about else order)
    found = queries.rows(comparison.after, rows[start:end])
    old = comparison.rows.set_index("row")["pred_before"].loc[found["row"]]
    show_changed(
        comparison.after, found, comparison.split, old.tolist(), key=key, label=f"{title} images"
    )
    if pages > 1:
        st.pagination(pages, key=at, width="stretch", max_visible_pages=5)


@st.fragment
def show_groups(
    comparison: Comparison,
    groups: pd.DataFrame,
    members: Callable[[pd.Series], np.ndarray],
    key: str,
) -> None:
    """Every group with its interval and verdict; a chosen row shows its fixed and broken images.

    Args:
        groups: as `per_class` gives them, in the order to show, with a column `group`.
        members: (N,) which of the compared images a row of `groups` has.
    """
    navigation.leave_if_asked()
    left, right = st.columns([3, 2], gap="large")
    with left:
        top = groups.head(BARS)
        st.plotly_chart(
            figures.differences(top["group"].tolist(), top), key=f"{key}_chart",
            config=figures.STILL, alt=f"Difference of accuracy by group, {len(top)} groups",
        )  # fmt: skip
        if len(groups) > BARS:
            st.caption(f"The first {BARS} of {len(groups):,} groups: the table has all.")
    with right:
        show_worst(groups)
    picked = st.dataframe(
        as_table(groups),
        # A selection is of row numbers, so another list of groups is another table.
        key=f"{key}_table_{hash(tuple(groups['group']))}", hide_index=True, column_config=COLUMNS,
        height="content" if len(groups) <= 20 else 600, on_select="rerun",
        selection_mode="single-row", alt="Every group before and after",
    ).selection.rows  # fmt: skip
    st.caption(
        "Tick a row to see its fixed and broken images. Every group is tested by itself: among "
        "twenty, one may look better or worse by chance."
    )
    if picked and picked[0] < len(groups):
        group = groups.iloc[picked[0]]
        st.markdown(f"#### {plain(group['group'])}")
        show_outcomes(comparison, members(group), f"{key}_", level=5)


def show_worst(groups: pd.DataFrame) -> None:
    """The group with the least accuracy before, and the one after: often not the same."""
    for when, row in worst(groups, FEW).items():
        n = int(row["n"])
        before, after = (f"{round(row[at] * n):,} of {n:,} right" for at in ("before", "after"))
        with st.container(border=True):
            st.markdown(
                f":small[Worst group {when}]  \n**{plain(row['group'])}**  \n"
                f"Before: {before}  \nAfter: {after}",
                help=f"{plain(rate(row['before'], n))} and {plain(rate(row['after'], n))}",
            )
    st.caption(f"Of groups of at least {FEW} images, where there are any.")


def as_table(groups: pd.DataFrame) -> pd.DataFrame:
    """The columns of the table on screen."""
    middles = zip(groups["difference"], groups["low"], groups["high"], strict=True)
    shown = groups.assign(
        says=groups["verdict"].map(VERDICTS),
        points=[f"{points(value)} ({interval(low, high)})" for value, low, high in middles],
        p=[bare_p(p) for p in groups["p"]],
        before=100 * groups["before"],
        after=100 * groups["after"],
    )
    return shown[list(COLUMNS)]
