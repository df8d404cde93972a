"""Train a model, and watch it learn."""

import streamlit as st

from core.errors import FencepostError
from core.models import lazy_torch
from core.training import jobs
from core.training.config import TrainConfig
from dashboard.components import bring, data_preview, job_panels, train_form, train_options
from dashboard.session import actions
from dashboard.session.actions import WATCHED
from dashboard.text import plain

ANNOUNCED = "_announced"


def start(values: dict) -> None:
    """Start the training that the form asks for, or say why it cannot work."""
    if problem := train_form.missing(values["dataset"]):
        st.session_state[actions.PROBLEM] = problem
        return
    try:
        config = TrainConfig(**values)
    except FencepostError as error:
        st.session_state[actions.PROBLEM] = train_options.in_words(str(error))
        return
    with st.spinner("Checking data, weights and disk"):
        refusal = jobs.refusal(config)
    if refusal:
        st.session_state[actions.PROBLEM] = refusal
    elif actions.attempt("train", None, jobs.start, config):
        st.rerun()


def announce(job: jobs.Job) -> None:
    """Select the run of a training that this tab saw end; the rerun does it before the picker."""
    st.session_state[ANNOUNCED] = job.id
    st.session_state[actions.FINISHED] = job.run_id
    st.rerun()


st.title("Train")

way = train_form.TRAIN
if not actions.may("train"):
    st.info(actions.READ_ONLY, icon=":material/lock:")
elif (way := train_form.pick_way()) == train_form.BRING:
    bring.show()
    st.stop()
st.caption(
    "Training runs in a process of its own: it continues if you close this tab or stop the server."
)

if job := jobs.running():
    if st.session_state.get(
        train_options.START
    ):  # sent before this page knew of the other training
        st.warning(
            f"Your training was not started. {plain(jobs.busy(job))}", icon=":material/block:"
        )
    job_panels.show_running(job.id)
    st.stop()

found = jobs.list_jobs()
newest = found[0] if found else None
watched = st.session_state.pop(WATCHED, None)
if newest and newest.state == "done":
    if watched == newest.id:
        announce(newest)
    if st.session_state.get(ANNOUNCED) == newest.id:
        job_panels.show_done(newest)
elif newest:
    job_panels.show_ended(newest)

if actions.may("train") and (missing := lazy_torch.missing()):
    st.info(plain(missing), icon=":material/info:")
elif actions.may("train"):
    trained = way == train_form.TRAINED
    if trained:
        st.caption(
            "A network that is trained already, head and all: every image goes through it once, "
            "and nothing is trained."
        )
    earlier = [job.config for job in found if job.config]
    dataset = train_form.pick_data(earlier)
    preview = st.container()
    problem = st.container()
    pick = train_options.pick_trained if trained else train_options.pick_options
    values = pick(dataset, earlier)
    if values is not None:
        start({"dataset": dataset, **values})
    with preview:  # last: it takes a while, and whoever has opened a choice meanwhile keeps it open
        data_preview.show(dataset)
    with problem:
        actions.show_problem()

job_panels.show_earlier(found[1:] if newest and newest.state != "done" else found)
