"""What to do without a run, and after the demo's."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.runs import Run
from core.training import jobs
from dashboard.components import train_form
from dashboard.session import actions, cached
from dashboard.text import plain


def empty_state(found: Sequence[Run]) -> None:
    """What to do where no run can be opened."""
    st.title("No model yet")
    st.write(
        "Fencepost shows where an image classifier errs, and why. It needs one trained model: "
        "train it here, or in a terminal with `python train.py`."
    )
    actions.show_problem()
    if jobs.running():
        st.info("The first model is being trained: its pages open when it is done.")
    elif not actions.may("train"):
        st.info(actions.READ_ONLY)
    else:
        _offer_trainings()
    show_damaged(found)


def welcome(run: Run) -> None:
    """Where the demo is all there is: what it is, and how to go on to real photographs."""
    alone = run.dataset == "demo" and len(cached.all_runs()) == 1
    if not alone or not actions.may("train") or jobs.running():
        return
    with st.container(border=True, key="welcome"):
        st.write(
            "**Welcome to Fencepost.** These pictures are drawn, not photographed: try every page "
            "on them, then train a model on photographs."
        )
        with st.container(horizontal=True):
            for kind in ("stl10", "folder"):
                train_form.offer(kind, width="content")


def _offer_trainings() -> None:
    with st.grid(3, min_column_width=220):
        for kind, name in train_form.KINDS.items():
            with st.container(border=True, height="stretch"):
                st.subheader(name)
                st.write(train_form.ABOUT[kind])
                st.space("stretch")
                train_form.offer(kind, primary=kind == "demo")


def show_damaged(found: Sequence[Run]) -> None:
    """The runs that cannot be opened, each with its reason."""
    damaged = [run for run in found if run.damage]
    if damaged:
        st.subheader("Damaged runs")
        st.caption("They have not been touched; delete their folders when you no longer need them.")
        for run in damaged:
            words = f"Run **{plain(run.id)}** is damaged: {plain(run.damage)}"
            st.warning(words, icon=":material/warning:")
