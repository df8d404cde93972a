"""What a page does to runs and jobs: refused where it is not allowed, told when it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import artifacts, runs
from core.errors import FencepostError, JobError
from core.training import jobs
from dashboard.server import access
from dashboard.server.access import Action
from dashboard.session import navigation, state
from dashboard.text import plain

PROBLEM, WATCHED, FINISHED, DELETED = "_problem", "_watched", "_finished", "_deleted"
RENAMING = "runs_renaming"  # whether the popover for it is open
READ_ONLY = "This dashboard is read-only: start one of your own to train, rename or delete."


def may(action: Action, thing: object = None) -> bool:
    """Whether who is at this page may do that."""
    return access.allowed(access.visitor(), action, thing)


def attempt(action: Action, thing: object, do: Callable[..., Any], *args: Any) -> bool:
    """Do it, where that is allowed; what stands in its way is shown by the page."""
    try:
        if not may(action, thing):
            raise FencepostError(READ_ONLY)
        do(*args)
    except (FencepostError, OSError) as error:
        st.session_state[PROBLEM] = artifacts.in_words(error)
        return False
    return True


def show_problem() -> None:
    """Say once why the last action failed."""
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/error:")


def open_run(run_id: str, go: str | None = "overview") -> None:
    """Select a run and all of its images; `go` names the page to open then."""
    st.session_state.pop(WATCHED, None)
    state.clear()
    st.session_state[state.RUN] = run_id
    if go:
        navigation.open_page(go)


def resume(job_id: str) -> None:
    attempt("train", job_id, jobs.resume, job_id)


def who() -> str:
    """Who is at this page, for others to read: their login, else where they are if not here."""
    return access.visitor() or st.context.ip_address or ""


def cancel(job_id: str) -> None:
    attempt("train", None, _cancel, job_id)


def _cancel(job_id: str) -> None:
    job = jobs.open_job(job_id)
    if not may("train", job):
        raise JobError(f"This training is {job.by}'s, who alone can cancel it.")
    jobs.cancel(job_id)


def rename(run_id: str, key: str, seen: str) -> None:
    """Give the run, which was called `seen`, the name in the text input of this key."""
    attempt("rename", run_id, runs.rename, run_id, st.session_state[key], seen)
    st.session_state[RENAMING] = False


def delete(run_id: str, name: str) -> None:
    was_open = st.session_state.get(state.RUN) == run_id
    if attempt("delete", run_id, runs.delete, run_id):
        st.session_state[DELETED] = (run_id, name, was_open)
        if st.query_params.get(state.RUN) == run_id:  # else the next page would wonder where it is
            del st.query_params[state.RUN]


def restore(run_id: str) -> None:
    """Take a run out of the bin."""
    done = attempt("delete", run_id, runs.restore, run_id)
    if done and st.session_state.get(DELETED, ("",))[0] == run_id:
        del st.session_state[DELETED]


def undo_delete(run_id: str) -> None:
    if attempt("delete", run_id, runs.restore, run_id):
        *_, was_open = st.session_state.pop(DELETED)
        if was_open:
            st.session_state[state.RUN] = run_id
