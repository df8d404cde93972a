"""What is shown about training: its state, what to do without a run, and after the demo's."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core import jobs
from core.errors import JobError
from core.jobs import Job
from core.runs import Run
from dashboard import actions, state, train_form
from dashboard.actions import FINISHED, WATCHED
from dashboard.job_panels import bar_text
from dashboard.markdown import plain


def training_status(on_train_page: bool) -> None:
    """The Train button, or how far the training is; stands before the run picker.

    The Train page itself tells of the training, so there the sidebar need not.
    """
    if run_id := st.session_state.pop(FINISHED, None):
        actions.open_run(run_id, go=None)
    if job := jobs.running():
        st.session_state[WATCHED] = job.id
        if not on_train_page:
            _show_running(job.id)
        return
    if WATCHED in st.session_state and not on_train_page:
        _show_outcome(st.session_state[WATCHED])
    if not on_train_page and not state.read_only():
        st.button(
            "Train a model", key="sidebar_train", icon=":material/play_circle:", width="stretch",
            on_click=state.open_page, args=("train",),
        )  # fmt: skip


@st.fragment(run_every="2s")
def _show_running(job_id: str) -> None:
    """A small bar that lives on while the page stays as it is."""
    state.leave_if_asked()
    job = _job(job_id)
    if job is None or not job.active:
        st.rerun()
    progress = job.progress()
    st.progress(progress.fraction or 0.0, text=plain(bar_text(job, progress)))
    st.button(
        "Watch the training", key="sidebar_watch", icon=":material/monitoring:", width="stretch",
        on_click=state.open_page, args=("train",),
    )  # fmt: skip


def _job(job_id: str) -> Job | None:
    try:
        return jobs.open_job(job_id)
    except JobError:
        return None


def _show_outcome(job_id: str) -> None:
    """How the training ended that this tab saw running."""
    job = _job(job_id)
    seen = job and job.state == "done" and job.run_id == st.session_state.get(state.RUN)
    if job is None or job.state == "cancelled" or seen:
        del st.session_state[WATCHED]
    elif job.state == "done":
        st.success("Training finished.", icon=":material/check_circle:")
        st.button(
            "Open the new run", key="sidebar_open", type="primary", width="stretch",
            on_click=actions.open_run, args=(job.run_id,),
        )  # fmt: skip
    else:
        st.error(f"Training {job.state}.", icon=":material/error:")
        st.button(
            "See why", key="sidebar_why", width="stretch", on_click=state.open_page, args=("train",)
        )


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
    elif state.read_only():
        st.info(actions.READ_ONLY)
    else:
        _offer_trainings()
    show_damaged(found)


def welcome(run: Run) -> None:
    """Where the demo is all there is: what it is, and how to go on to real photographs."""
    if run.dataset != "demo" or state.read_only() or len(state.all_runs()) > 1 or jobs.running():
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
            st.warning(f"**{plain(run.id)}**: {plain(run.damage)}", icon=":material/warning:")
