"""Train a model, and watch it learn."""

import streamlit as st

from core.errors import FencepostError
from core.models import lazy_torch
from core.training import jobs
from core.training.config import TrainConfig
from dashboard.components import (
    bring,
    data_preview,
    job_panels,
    others,
    train_form,
    train_options,
)
from dashboard.session import actions
from dashboard.session.actions import WATCHED
from dashboard.text import plain

ANNOUNCED = "_announced"
AGAIN = "train_again"  # whether another training is asked for while one runs
STARTED = "_train_started"  # so that the next drawing asks for no other


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
    elif actions.attempt("train", None, jobs.start, config, None, actions.who()):
        st.session_state[STARTED] = True
        st.rerun()


def asked_again() -> bool:
    """Whether another training is to be started; a form may be sent before its page knew of one."""
    sent = any(
        st.session_state.get(key) for key in (train_options.START, train_options.PREDICT_NOW)
    )
    return actions.may("train") and (st.toggle("Train another after it", key=AGAIN) or sent)


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

if st.session_state.pop(STARTED, False):
    st.session_state[AGAIN] = False
others.watch(["jobs/"], key="train")
job, line = jobs.running(), jobs.waiting()
found = [each for each in jobs.list_jobs() if not each.alive]
by_id = {each.id: each for each in found}
if watched := by_id.get(st.session_state.get(WATCHED, "")):
    del st.session_state[WATCHED]
    if watched.state == "done":
        announce(watched)
newest = found[0] if found else None
if newest and newest.state != "done":
    if not job:
        job_panels.show_ended(newest)
elif announced := by_id.get(st.session_state.get(ANNOUNCED, "")):
    job_panels.show_done(announced)
if job:
    job_panels.show_running(job.id)
if line:
    job_panels.show_line(tuple(each.id for each in line))
if (job or line) and not asked_again():
    st.stop()

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
