"""The form that makes a TrainConfig: its fields, helps and choices are those of the dataclass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, fields
from math import floor, log10
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from core.datasets import KINDS, bounds, parted
from core.datasets.kinds import with_said
from core.errors import DatasetError
from core.training.config import PREDICT, TrainConfig, model_in, recommended
from dashboard.session import navigation

ROLES = {"path": "Column of images", "label": "Column of labels", "split": "Column of splits"}
KIND, WAY = "train_data", "train_way"
START, PREDICT_NOW = "train_start", "predict_start"
TRAIN, TRAINED, BRING = "Train a model", "Use a trained model", "Bring predictions"
COMMON = ("model", "weights", "mode", "epochs", "lr", "name")
LABELS = {"lr": "Learning rate", "size": "Image size"}
# Where the dataclass leaves any text open, what most people want; anything else can be typed.
SUGGESTED = {
    "model": ("resnet50", "resnet18", "small", "convnext_tiny", "efficientnet_b0", "vit_b_16"),
    "weights": ("default", "none"),
    "device": ("auto", "cpu", "cuda", "mps"),
}


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


def pick_data() -> str:
    """The name of the data set, and beside it what the kind of data is."""
    kind = st.segmented_control(
        "Data", list(KINDS), default=next(iter(KINDS)), key=KIND, required=True,
        format_func=lambda name: KINDS[name].label, persist_state="session",
    )  # fmt: skip
    st.caption(KINDS[kind].about)
    asked = KINDS[kind].path
    if asked is None:
        return kind
    path = st.text_input(
        asked.label, key=f"train_{kind}_path", placeholder=asked.placeholder,
        persist_state="session",
    ).strip()  # fmt: skip
    if not path and not asked.example:
        return kind
    name = f"{kind}:{path}"
    return name if not path or KINDS[kind].columns is None else _say_more(name)


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


def in_words(problem: str) -> str:
    """A problem with an option, under the name that the form gives it."""
    name, verb, rest = problem.partition(" is ")
    return f"{_label(name)}{verb}{rest}" if hasattr(TrainConfig, name) else problem


def _label(name: str) -> str:
    return LABELS.get(name, name.replace("_", " ").capitalize())


def pick_options(dataset: str) -> dict[str, Any] | None:
    """What the form was sent with, or None; the defaults are those that suit the data."""
    kind = dataset.partition(":")[0]
    offered = recommended(kind)
    asked = (item for item in fields(TrainConfig) if item.metadata["group"] != PREDICT)
    options = {item.name: item for item in asked if item.name != "dataset"}
    with st.form("train_form", enter_to_submit=False):
        values = _grid([options[name] for name in COMMON], kind, offered)
        with st.expander("More options", icon=":material/tune:"):
            rest = [item for name, item in options.items() if name not in COMMON]
            values |= _grid(rest, kind, offered)
        sent = st.form_submit_button(
            "Start training", key=START, type="primary", icon=":material/play_arrow:"
        )
    return values if sent else None


def pick_trained(dataset: str) -> dict[str, Any] | None:
    """What the form for a trained network was sent with, or None."""
    kind = dataset.partition(":")[0]
    offered = recommended(kind)
    with st.form("predict_form", enter_to_submit=False):
        values = {"weights": st.text_input(
            "File or folder of the network", key=f"predict_{kind}_weights", persist_state="session",
            placeholder="/path/to/resnet18.pth",
            help="A state dict with the head in it (.safetensors, .pth), an .onnx file, or a "
            "folder of Hugging Face, on the machine that this dashboard runs on",
        ).strip()}  # fmt: skip
        options = {item.name: item for item in fields(TrainConfig)}
        values |= _grid([options[name] for name in ("model", "classes", "name")], kind, offered)
        with st.expander("What it is shown, and where", icon=":material/tune:"):
            rest = ("size", "mean", "std", "device", "workers")
            values |= _grid([options[name] for name in rest], kind, offered)
        sent = st.form_submit_button(
            "Predict", key=PREDICT_NOW, type="primary", icon=":material/play_arrow:"
        )
    values["model"] = model_in(values["weights"]) or values["model"]
    return {**values, "mode": PREDICT} if sent else None


def _grid(items: list[Field], kind: str, offered: TrainConfig) -> dict[str, Any]:
    with st.grid(3, min_column_width=190, gap=("small", "medium")):
        return {item.name: _widget(item, kind, getattr(offered, item.name)) for item in items}


def _widget(item: Field, kind: str, value: Any) -> Any:
    """The widget that suits a field: by its choices, else by its type."""
    label = _label(item.name)
    text = item.metadata["help"]
    shared: dict[str, Any] = {
        "key": f"train_{kind}_{item.name}",
        "help": text[0].upper() + text[1:],
        "persist_state": "session",
    }
    if choices := item.metadata["choices"]:
        shown = [choice for choice in choices if choice != PREDICT]
        return st.segmented_control(label, shown, default=value, required=True, **shared)
    if suggested := SUGGESTED.get(item.name):
        return st.selectbox(
            label, suggested, suggested.index(value), accept_new_options=True, **shared
        )
    if isinstance(value, float):
        step = 10.0 ** floor(log10(value))
        return st.number_input(label, value=value, step=step, format="%g", **shared)
    if isinstance(value, int):
        return st.number_input(label, value=value, step=1, **shared)
    most = 20_000 if item.name == "classes" else 200
    return st.text_input(label, value, max_chars=most, **shared)
