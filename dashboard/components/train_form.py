"""What the Train page asks first: how a run comes about, and on which data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

from core.datasets import KINDS, bounds, parted
from core.datasets.kinds import with_said
from core.errors import DatasetError
from core.training.config import TrainConfig
from dashboard.session import navigation

ROLES = {"path": "Column of images", "label": "Column of labels", "split": "Column of splits"}
KIND, WAY = "train_data", "train_way"
TRAIN, TRAINED, BRING = "Train a model", "Use a trained model", "Bring predictions"


def offer(
    kind: str, *, primary: bool = False, width: Literal["stretch", "content"] = "stretch"
) -> None:
    """A button that opens the Train page with this kind of data chosen."""
    st.button(
        KINDS[kind].offer, key=f"offer_{kind}", on_click=_open_with, args=(kind,), width=width,
        type="primary" if primary else "secondary",
    )  # fmt: skip


def _open_with(kind: str) -> None:
    st.session_state[KIND] = kind
    st.session_state[WAY] = TRAIN
    navigation.open_page("train")


def offer_bringing(*, width: Literal["stretch", "content"] = "stretch") -> None:
    """A button that opens the Train page where a table of predictions is brought."""
    st.button(BRING, key="offer_bring", on_click=_open_bringing, width=width)


def _open_bringing() -> None:
    st.session_state[WAY] = BRING
    navigation.open_page("train")


def pick_way() -> str:
    """How a run comes about: by a training, or from predictions that there are."""
    return st.segmented_control(
        "How", [TRAIN, TRAINED, BRING], default=TRAIN, key=WAY, required=True,
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip


def pick_data(earlier: Sequence[TrainConfig] = ()) -> str:
    """The name of the data set, and beside it what the kind of data is.

    `earlier` are trainings, the last one first: a place is offered that was read before.
    """
    kind = st.segmented_control(
        "Data", list(KINDS), default=next(iter(KINDS)), key=KIND, required=True,
        format_func=lambda name: KINDS[name].label, persist_state="session",
    )  # fmt: skip
    st.caption(KINDS[kind].about)
    asked = KINDS[kind].path
    if asked is None:
        return kind
    places = [config.dataset for config in earlier if config.dataset.startswith(f"{kind}:")]
    path = st.text_input(
        asked.label, _place(places[0]) if places else "", key=f"train_{kind}_path",
        placeholder=asked.placeholder, persist_state="session",
    ).strip()  # fmt: skip
    if not path and not asked.example:
        return kind
    name = f"{kind}:{path}"
    return name if not path or KINDS[kind].columns is None else _say_more(name)


def _place(dataset: str) -> str:
    """The path in a data set's name, without what was said of its columns."""
    return dataset.partition(":")[2].partition("?")[0]


def _say_more(name: str) -> str:
    """The name of a table with where its images lie, and which columns are said to be what."""
    said = {
        "images": st.text_input(
            "Folder of the images", key="train_csv_images", placeholder="The table's own",
            persist_state="session", help="Where the paths in the table begin, if not beside it",
        ).strip()
    }  # fmt: skip
    kind, path = parted(name)
    try:
        if problem := bounds.folder_problem(Path(path)):
            raise DatasetError(problem)
        assert kind.columns is not None
        columns, guessed = kind.columns(path)
        with st.container(horizontal=True):
            for role, label in ROLES.items():
                said[role] = _pick_column(role, label, columns, getattr(guessed, role))
        return with_said(name, said)
    except DatasetError:  # the preview says why
        return name


def _pick_column(role: str, label: str, columns: Sequence[str], guessed: str) -> str:
    """The column that is said; "" where the guess is left as it is."""

    def shown(name: str) -> str:
        return name or (f"{guessed} (guessed)" if guessed else "none")

    chosen = st.selectbox(
        label, ["", *columns], key=f"train_csv_column_{role}", format_func=shown, width=220,
        persist_state="session",
    )  # fmt: skip
    return "" if chosen in (None, guessed) else chosen


def missing(dataset: str) -> str:
    """What the form still needs before its data can be looked for, or nothing."""
    kind, _, path = dataset.partition(":")
    asked = KINDS[kind].path
    return asked.missing if asked and not path else ""
