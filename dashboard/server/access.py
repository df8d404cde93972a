"""Who may do what: the one question that every page, callback and thread asks before a change."""

from __future__ import annotations

import os
from typing import Literal, get_args

import streamlit as st

# What can be done to runs, jobs, concepts and pictures. To look at them is none of these.
Action = Literal[
    "train",  # start, resume or cancel a training
    "rename",  # give a run another name
    "delete",  # put a run or a concept into the bin, or bring it back
    "save",  # keep a fix, a concept, or work that is not done yet
    "mark",  # say what a channel sees
    "count",  # note that a fix was seen on test
    "compute",  # have the network look at images that it has not seen
    "store",  # keep the demo's pictures
]
ACTIONS = get_args(Action)


def allowed(who: str | None, action: Action, thing: object = None) -> bool:
    """Whether a person may do this to a thing.

    Args:
        who: the person's name, as `visitor` gives it; None where nobody had to say.
        thing: the run, job or concept, or its id; None where there is none yet.

    The answer is no where FENCEPOST_READ_ONLY is 1, and of a job that another login has started.
    """
    if action not in ACTIONS:
        raise ValueError(f"There is no action {action!r}: {', '.join(ACTIONS)}.")
    if who and getattr(thing, "by", "") not in ("", who):
        return False
    return os.environ.get("FENCEPOST_READ_ONLY", "").lower() not in {"1", "true", "yes", "on"}


def visitor() -> str | None:
    """Who is at this page, by the name that their login gave; None without one."""
    email = st.user.get("email")
    return str(email) if email else None
