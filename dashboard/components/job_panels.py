"""A training as the Train page shows it: alive, ended, or long past."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.training import jobs
from core.training.config import PREDICT
from core.training.jobs import Job
from core.training.jobs.progress import Progress, duration, when
from dashboard.charts import figures
from dashboard.session import actions
from dashboard.text import plain

ICONS = {
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "interrupted": ":material/power_off:",
    "cancelled": ":material/cancel:",
}
EARLIER = 8


def bar_text(job: Job, progress: Progress) -> str:
    """The line above a progress bar."""
    if job.cancelling:
        return "Cancelling"
    text = progress.text
    if progress.stage == "train" and progress.epoch:
        text = f"Training: epoch {progress.epoch} of {progress.epochs}"
    elif progress.seconds_left:
        speed = progress.images_per_second
        text += f", {speed:,.0f} images/s" if speed else ""
        text += f", {duration(progress.seconds_left)} left"
    # The bar is the step's own: without its number it would seem to fall back at the next one.
    return f"Step {progress.part[0]} of {progress.part[1]}. {text}" if progress.part else text


@st.fragment(run_every="1s")
def show_running(job_id: str) -> None:
    """The live panel: bar, numbers, curves, cancel and log."""
    job = jobs.open_job(job_id)
    if not job.active:
        st.rerun()
    actions.show_problem()
    progress = job.progress()
    st.subheader(title(job))
    st.caption(started(job))
    st.progress(progress.fraction or 0.0, text=plain(bar_text(job, progress)))
    # Each part in a container that is there from the start: nothing below moves when it fills.
    with st.container():
        if progress.epoch:
            _show_numbers(progress)
    with st.container():
        for note in (*progress.notes, *filter(None, [progress.expected])):
            st.caption(f":material/info: {plain(note)}")
    if actions.may("train", job):
        st.button(
            "Cancel", key="train_cancel", icon=":material/stop_circle:", disabled=job.cancelling,
            on_click=actions.cancel, args=(job.id,),
            help="Finished epochs are kept: it can be resumed",
        )  # fmt: skip
    with st.container():
        _show_curves(job)
    show_log(job)


def started(job: Job) -> str:
    """Who started it, and when, as Markdown."""
    by = f" by {plain(job.by)}" if job.by else ""
    return f"Started{by}, {when(job.queued or job.created)}"


@st.fragment(run_every="2s")
def show_line(known: tuple[str, ...]) -> None:
    """Those that wait, in their order; the page anew where it has changed."""
    found = jobs.waiting()
    if tuple(job.id for job in found) != known:
        st.rerun()
    actions.show_problem()
    st.subheader("Waiting")
    for place, job in enumerate(found, 1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{place}. **{title(job)}** · {started(job)}", width="content")
            if actions.may("train", job):
                st.button(
                    "Cancel", key=f"cancel_{job.id}", icon=":material/close:", type="tertiary",
                    disabled=job.cancelling, on_click=actions.cancel, args=(job.id,),
                )  # fmt: skip


def _show_numbers(progress: Progress) -> None:
    percent = "{:.1%}".format
    shown = {
        "Epoch": progress.epoch and f"{progress.epoch} of {progress.epochs}",
        "Loss": _format("{:.3f}".format, progress.loss),
        "Train accuracy": _format(percent, progress.accuracy),
        "Held-out accuracy": _format(percent, progress.held_out),
        "Images per second": _format("{:,.0f}".format, progress.images_per_second),
        "Time left": _format(duration, progress.seconds_left),
    }
    with st.grid(6, min_column_width=140):
        for label, value in shown.items():
            st.metric(label, value or "—")


def _format(how, value: float | None) -> str:
    return "" if value is None else how(value)


def _show_curves(job: Job) -> None:
    rows = pd.DataFrame(job.curve(), columns=["at", "epoch", "split", "loss", "accuracy"])
    if rows.empty:
        return
    for column, value in zip(st.columns(2), ("accuracy", "loss"), strict=True):
        with column:
            st.markdown(f"**{value.capitalize()}**")
            st.plotly_chart(
                figures.training_curves(rows, value), key=f"train_curve_{value}",
                config=figures.STILL, alt=f"Training {value} so far",
            )  # fmt: skip


def show_log(job: Job) -> None:
    """The end of what the process printed, once it is asked for."""
    log = st.expander("Log", icon=":material/terminal:", key=f"log_{job.id}", on_change="rerun")
    if log.open:
        end = log.container(height=320, border=False, autoscroll=True)
        end.code(job.log() or "It has printed nothing.", language=None, wrap_lines=True)


def title(job: Job) -> str:
    """What a job trains, as Markdown."""
    if job.config is None:
        return "Training"
    return plain(job.config.title())


def show_ended(job: Job) -> None:
    """The newest job's end, where there is something to say or to do about it."""
    if job.state == "failed":
        st.error(f"**{title(job)}** failed: {plain(job.error)}", icon=ICONS["failed"])
    elif job.state == "interrupted":
        st.warning(
            f"**{title(job)}** was interrupted: its process was killed, perhaps by a restart, a "
            "lack of memory or a full disk.",
            icon=ICONS["interrupted"],
        )
    else:
        st.info(f"**{title(job)}** was cancelled.", icon=ICONS["cancelled"])
    _offer_resume(job)
    show_log(job)


def _offer_resume(job: Job) -> None:
    if job.resumable and actions.may("train", job):
        st.button(
            "Resume", key=f"resume_{job.id}", icon=":material/resume:", on_click=actions.resume,
            args=(job.id,), help="Continue after the last finished epoch",
        )  # fmt: skip


def show_done(job: Job) -> None:
    done = "predicted" if job.config and job.config.mode == PREDICT else "trained"
    st.success(f"**{title(job)}** has been {done} and is now open.", icon=ICONS["done"])
    st.button(
        "See its errors", key="train_open", type="primary", icon=":material/arrow_forward:",
        on_click=actions.open_run, args=(job.run_id,),
    )  # fmt: skip


def show_earlier(found: list[Job]) -> None:
    """The last jobs, a line each, with what is left of them inside."""
    if not found:
        return
    st.subheader("Earlier jobs")
    for job in found[:EARLIER]:
        label = f"{title(job)} · {plain(job.state)} · {when(job.created)}"
        with st.expander(label, icon=ICONS.get(job.state), key=f"job_{job.id}"):
            st.caption(f"Job {job.id}")
            if job.error:
                st.write(plain(job.error))
            _offer_resume(job)
            show_log(job)
