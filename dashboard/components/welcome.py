"""What to do without a run, and after the demo's."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.datasets import KINDS, kind_of
from core.runs import Run, shipped
from core.training import jobs
from dashboard.components import train_form
from dashboard.session import actions, cached
from dashboard.text import plain


def empty_state(found: Sequence[Run]) -> None:
    """What to do where no run can be opened."""
    st.title("No model yet")
    st.write(
        "Fencepost shows where an image classifier errs, and why. It needs one trained model: "
        "train it here, or in a terminal with `fencepost train`."
    )
    actions.show_problem()
    if jobs.running():
        st.info("The first model is being trained: its pages open when it is done.")
    elif not actions.may("train"):
        st.info(actions.READ_ONLY)
    else:
        _offer_demo()
        _offer_trainings()
    show_damaged(found)


def welcome(run: Run) -> None:
    """Where the demo is all there is: what it is, and how to go on to real photographs."""
    kind = kind_of(run.dataset)
    if kind is None or not kind.stored_unasked or not actions.may("train"):
        return
    if len(cached.all_runs()) > 1 or jobs.running():
        return
    with st.container(border=True, key="welcome"):
        st.write(
            "**Welcome to Fencepost.** These pictures are drawn, not photographed: try every page "
            "on them, then train a model on photographs."
        )
        with st.container(horizontal=True):
            for name, other in KINDS.items():
                if other is not kind:
                    train_form.offer(name, width="content")
            train_form.offer_bringing(width="content")


def _offer_demo() -> None:
    """The run that ships with Fencepost, by one click."""
    if shipped.can_be_added():
        st.button(
            "Look at the demo run", icon=":material/play_circle:", type="primary", key="add_demo",
            on_click=_add_demo,
        )  # fmt: skip


def _add_demo() -> None:
    if actions.attempt("save", shipped.RUN_ID, shipped.add):
        actions.open_run(shipped.RUN_ID)


def _offer_trainings() -> None:
    with st.grid(3, min_column_width=220):
        for name, kind in KINDS.items():
            with st.container(border=True, height="stretch"):
                st.subheader(kind.label)
                st.write(kind.about)
                st.space("stretch")
                train_form.offer(name, primary=kind.stored_unasked)
        with st.container(border=True, height="stretch"):
            st.subheader("Predictions")
            st.write(
                "Yours: a table of what any model said of your images. Nothing is trained, and "
                "nothing but the table is needed."
            )
            st.space("stretch")
            train_form.offer_bringing()


def show_damaged(found: Sequence[Run]) -> None:
    """The runs that cannot be opened, each with its reason."""
    damaged = [run for run in found if run.damage]
    if damaged:
        st.subheader("Damaged runs")
        st.caption("They have not been touched; delete their folders when you no longer need them.")
        for run in damaged:
            words = f"Run **{plain(run.id)}** is damaged: {plain(run.damage)}"
            st.warning(words, icon=":material/warning:")
