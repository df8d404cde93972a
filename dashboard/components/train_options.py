"""The form that makes a TrainConfig: its fields and choices are those of the dataclass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, fields, replace
from math import floor, log10
from typing import Any

import streamlit as st

from core.training.config import PREDICT, TrainConfig, model_in, recommended

START, PREDICT_NOW = "train_start", "predict_start"
FIRST = ("model", "weights", "mode")  # what decides which others apply
COMMON = ("epochs", "lr", "name")
OF_EPOCHS = ("epochs", "lr", "batch_size", "decay_every", "compile")  # a head alone has none
LABELS = {"lr": "Learning rate", "size": "Image size"}
MODES = {"finetune": "Whole network", "head": "Head only"}
FILE = "a file …"
# Where the dataclass leaves any text open, what most people want; anything else can be typed.
SUGGESTED = {
    "model": ("resnet50", "resnet18", "small", "convnext_tiny", "efficientnet_b0", "vit_b_16"),
    "device": ("auto", "cpu", "cuda", "mps"),
}
SAID = {
    "model": "The network. The larger it is, the better and the slower: resnet18 is a quick start, "
    "resnet50 the notebook's. Any classifier of torchvision can be typed, and timm/<name>.",
    "weights": "What the network knows before: *default* is what torchvision publishes, learned "
    "on ImageNet; *none* starts from chance; a file is a state dict of your own.",
    "mode": "*Whole network* learns every layer, on a GPU or with patience. *Head only* fits the "
    "last layer on what the published network sees: minutes without a GPU.",
    "epochs": "How often every image of train is seen. More help until val no longer improves: the "
    "best epoch is kept.",
    "lr": "How far each step goes. Too high diverges, too low learns slowly; a tenth of this is "
    "the next thing to try.",
    "name": "What the run is called in every list; empty names it after network and data.",
    "size": "Pixels a side of what the network is shown. Twice as many cost four times the time; "
    "0 takes what the network was made for.",
    "batch_size": "Images of one step. More are faster on a GPU and need more of its memory.",
    "decay_every": "After so many epochs the learning rate falls to a tenth.",
    "select_on": "The split that chooses the best epoch. *val* is a tenth of train and keeps test "
    "honest; *test* is what the notebook did.",
    "seed": "Numbers the draws: the same seed on the same machine gives the same run.",
    "device": "Where to compute. *auto* takes a GPU if there is one.",
    "compile": "Have torch compile the network first: a minute at the start, faster epochs after.",
    "workers": "Processes that decode images while the network computes.",
}


def in_words(problem: str) -> str:
    """A problem with an option, under the name that the form gives it."""
    name, verb, rest = problem.partition(" is ")
    return f"{_label(name)}{verb}{rest}" if hasattr(TrainConfig, name) else problem


def _label(name: str) -> str:
    return LABELS.get(name, name.replace("_", " ").capitalize())


def offered(kind: str, earlier: Sequence[TrainConfig] = ()) -> TrainConfig:
    """What the last training on such data was given, else what suits it."""
    last = [c for c in earlier if c.dataset.partition(":")[0] == kind and c.mode != PREDICT]
    return replace(last[0], name="") if last else recommended(kind)


def pick_options(dataset: str, earlier: Sequence[TrainConfig] = ()) -> dict[str, Any] | None:
    """What the form was sent with, or None; `earlier` are trainings, the last one first."""
    kind = dataset.partition(":")[0]
    values = offered(kind, earlier).to_dict()
    with st.container(border=True):
        # Not part of the form: what is chosen here decides what else there is to say.
        chosen = _pick_first(kind, values)
        left_out = OF_EPOCHS if chosen["mode"] == "head" else ()
        with st.form("train_form", enter_to_submit=False, border=False):
            if chosen["weights"] == FILE:
                chosen["weights"] = _pick_file(kind, values["weights"])
            chosen |= _grid(_fields(COMMON, left_out), kind, values)
            with st.expander("More options", icon=":material/tune:"):
                rest = [f.name for f in fields(TrainConfig) if f.metadata["group"] != PREDICT]
                known = (*FIRST, *COMMON, "dataset", *left_out)
                chosen |= _grid(_fields(rest, known), kind, values)
            sent = st.form_submit_button(
                "Start training", key=START, type="primary", icon=":material/play_arrow:"
            )
    return {**{name: values[name] for name in left_out}, **chosen} if sent else None


def _fields(names: Sequence[str], without: Sequence[str] = ()) -> list[Field]:
    options = {item.name: item for item in fields(TrainConfig)}
    return [options[name] for name in names if name not in without]


def _pick_first(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    model, _, mode = _fields(FIRST)
    with st.grid(3, min_column_width=190, gap=("small", "medium")):
        return {
            "model": _widget(model, kind, values["model"]),
            "weights": _pick_weights(kind, values["weights"]),
            "mode": _widget(mode, kind, values["mode"]),
        }


def _pick_weights(kind: str, value: str) -> str:
    known = ["default", "none", FILE]
    return st.segmented_control(
        "Weights", known, default=value if value in known else FILE, required=True,
        key=f"train_{kind}_weights", help=SAID["weights"], persist_state="session",
    )  # fmt: skip


def _pick_file(kind: str, value: str) -> str:
    return st.text_input(
        "File of the weights", "" if value in ("default", "none") else value,
        key=f"train_{kind}_weights_file", placeholder="/path/to/weights.pth",
        persist_state="session",
        help="A state dict, .safetensors or .pth, on the machine that this dashboard runs on",
    ).strip()  # fmt: skip


def pick_trained(dataset: str, earlier: Sequence[TrainConfig] = ()) -> dict[str, Any] | None:
    """What the form for a trained network was sent with, or None."""
    kind = dataset.partition(":")[0]
    suited = recommended(kind).to_dict()
    with st.form("predict_form", enter_to_submit=False):
        values = {"weights": st.text_input(
            "File or folder of the network", key=f"predict_{kind}_weights", persist_state="session",
            placeholder="/path/to/resnet18.pth",
            help="A state dict with the head in it (.safetensors, .pth), an .onnx file, or a "
            "folder of Hugging Face, on the machine that this dashboard runs on",
        ).strip()}  # fmt: skip
        values |= _grid(_fields(("model", "classes", "name")), kind, suited)
        with st.expander("What it is shown, and where", icon=":material/tune:"):
            rest = ("size", "mean", "std", "device", "workers")
            values |= _grid(_fields(rest), kind, suited)
        sent = st.form_submit_button(
            "Predict", key=PREDICT_NOW, type="primary", icon=":material/play_arrow:"
        )
    values["model"] = model_in(values["weights"]) or values["model"]
    return {**values, "mode": PREDICT} if sent else None


def _grid(items: Sequence[Field], kind: str, values: dict[str, Any]) -> dict[str, Any]:
    with st.grid(3, min_column_width=190, gap=("small", "medium")):
        return {item.name: _widget(item, kind, values[item.name]) for item in items}


def _widget(item: Field, kind: str, value: Any) -> Any:
    """The widget that suits a field: by its choices, else by its type."""
    label = _label(item.name)
    text = item.metadata["help"]
    shared: dict[str, Any] = {
        "key": f"train_{kind}_{item.name}",
        "help": SAID.get(item.name) or text[0].upper() + text[1:],
        "persist_state": "session",
    }
    if choices := item.metadata["choices"]:
        shown = [choice for choice in choices if choice != PREDICT]
        return st.segmented_control(
            label, shown, default=value, required=True, format_func=lambda c: MODES.get(c, c),
            **shared,
        )  # fmt: skip
    if suggested := SUGGESTED.get(item.name):
        options = suggested if value in suggested else (value, *suggested)
        return st.selectbox(label, options, options.index(value), accept_new_options=True, **shared)
    if isinstance(value, float):
        step = 10.0 ** floor(log10(value))
        return st.number_input(label, value=value, step=step, format="%g", **shared)
    if isinstance(value, int):
        return st.number_input(label, value=value, step=1, **shared)
    most = 20_000 if item.name == "classes" else 200
    return st.text_input(label, value, max_chars=most, **shared)
