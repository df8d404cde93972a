"""What the sidebar shows about training: how far it is, and how it ended."""

from __future__ import annotations

import streamlit as st

from core.errors import JobError
from core.training import jobs
from core.training.jobs import Job
from dashboard.components.job_panels import bar_text, started
from dashboard.server import access
from dashboard.session import actions, navigation, state
from dashboard.session.actions import FINISHED, WATCHED
from dashboard.text import plain


def open_finished() -> None:
    """Select the run of a training that this tab saw end, before the run picker is drawn."""
    if run_id := st.session_state.pop(FINISHED, None):
        actions.open_run(run_id, go=None)


def training_status(on_train_page: bool) -> None:
    """How far the training is, and who waits; the Train page itself tells of it."""
    job, waiting = jobs.running(), jobs.waiting()
    watched = st.session_state.get(WATCHED)
    if watched and (job is None or job.id != watched) and not on_train_page:
        _show_outcome(watched)
    if job:
        st.session_state.setdefault(WATCHED, job.id)
    if (job or waiting) and not on_train_page:
        _show_running(job.id if job else "")


@st.fragment(run_every="2s")
def _show_running(job_id: str) -> None:
    """A small bar that lives on while the page stays as it is."""
    navigation.leave_if_asked()
    line = jobs.waiting()
    job = _job(job_id) if job_id else jobs.running()
    if (job_id and (job is None or not job.active)) or (not job_id and (job or not line)):
        st.rerun()
    if job:
        progress = job.progress()
        st.progress(progress.fraction or 0.0, text=plain(bar_text(job, progress)))
        st.caption(started(job))
    if line:
        st.caption(_counted(line))
    st.button(
        "Watch the training", key="sidebar_watch", icon=":material/monitoring:", width="stretch",
        on_click=navigation.open_page, args=("train",),
    )  # fmt: skip


def _counted(line: list[Job]) -> str:
    """How many wait, and the place of one's own, where it can be known as that."""
    n, me = len(line), access.visitor()
    own = next((place for place, job in enumerate(line, 1) if me and job.by == me), None)
    return f"{n} {'waits' if n == 1 else 'wait'}" + (f", yours is number {own}" if own else "")


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
            "See why",
            key="sidebar_why",
            width="stretch",
            on_click=navigation.open_page,
            args=("train",),
        )
