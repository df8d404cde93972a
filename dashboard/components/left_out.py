"""What of a data set is no row of a run: a line that leads to the list, and the list."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.runs import Run, left_out
from dashboard.session import navigation
from dashboard.text import plain

SHOWN = "left_out"  # whether the list is open


def show_line(run: Run) -> None:
    """How many files were left out, with a button to their list on the Runs page."""
    found = left_out.of(run)
    if not found.n:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f":material/rule_folder: {_files(found.n)} left out of the data set.", width="content"
        )
        st.button("See which", key="left_out_open", type="tertiary", on_click=_open)


def _open() -> None:
    st.session_state[SHOWN] = True
    navigation.open_page("runs")


def show_list(run: Run) -> None:
    """Every reason with its number of files, and the images that could not be read."""
    found = left_out.of(run)
    if not found.n and not found.notes:
        return
    title = f"{_files(found.n)} left out" if found.n else "How the data set was read"
    opened = st.session_state.pop(SHOWN, False)
    with st.expander(title, icon=":material/rule_folder:", expanded=opened):
        for note in found.notes:
            st.caption(plain(note))
        if found.n:
            st.dataframe(
                pd.DataFrame(found.reasons.items(), columns=["Reason", "Files"]),
                hide_index=True, key="left_out_reasons", alt="How many files, by reason",
            )  # fmt: skip
        if found.files:
            st.dataframe(
                pd.DataFrame({"Image that could not be read": found.files}),
                hide_index=True, key="left_out_files", alt="Images that could not be read",
            )  # fmt: skip


def _files(n: int) -> str:
    return "1 file was" if n == 1 else f"{n:,} files were"
