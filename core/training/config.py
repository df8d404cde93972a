"""One frozen dataclass says how to train; command line and form are made from it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any

from core.datasets.kinds import forms, kind_of
from core.errors import FencepostError
from core.runs.names import is_text, name_problem

PREDICT = "predict"  # the mode that trains nothing
PREDICTS = ("dataset", "model", "classes", "size", "mean", "std", "device", "workers", "name")


def option(default: Any, group: str, text: str, choices: Sequence[str] = ()) -> Any:
    """A field with what the command line and the form need to know about it."""
    return field(default=default, metadata={"group": group, "help": text, "choices": choices})


@dataclass(frozen=True)
class TrainConfig:
    """How one model is trained. The defaults are the notebook's recipe for STL-10."""

    dataset: str = option("stl10", "data", f"one of {', '.join(forms())}")
    model: str = option("resnet50", "model", "a torchvision classifier, timm/<name>, or small")
    weights: str = option("default", "model", "default, none, or a state dict: .safetensors, .pth")
    mode: str = option(
        "finetune",
        "model",
        "train all of it, or the head only",
        ("finetune", "head", PREDICT),
    )
    size: int = option(0, "model", "pixels a side of what it is shown; 0 takes its own")
    classes: str = option(
        "",
        PREDICT,
        "its classes in its own order, as a,b,c or a file with one a line; none takes those of the "
        "data",
    )
    mean: str = option("", PREDICT, "of each channel in 0..1, as r,g,b; none takes its own")
    std: str = option("", PREDICT, "the same of the deviations")
    features_by: str = option(
        "", PREDICT, "a network that stands in where this one has no linear head: MODEL[=WEIGHTS]"
    )
    epochs: int = option(15, "training", "passes over train (finetune)")
    batch_size: int = option(64, "training", "images per step")
    lr: float = option(0.001, "training", "learning rate at the start")
    decay_every: int = option(
        7, "training", "epochs after which the learning rate falls to a tenth"
    )
    select_on: str = option(
        "val",
        "training",
        "choose the epoch on val, a tenth of train, or on test as the notebook did",
        ("val", "test"),
    )
    seed: int = option(
        0,
        "run",
        "the same seed on the same machine gives the same table (on a GPU, except for rounding)",
    )
    device: str = option("auto", "run", "auto, cpu, cuda or mps")
    compile: str = option(
        "off", "run", "torch.compile the network: a minute at the start", ("off", "on")
    )
    workers: int = option(2, "run", "processes that decode images")
    name: str = option("", "run", "what to call the run")

    def __post_init__(self) -> None:
        """Raise FencepostError naming the first value that cannot work."""
        for item in fields(self):
            choices = item.metadata["choices"]
            value = getattr(self, item.name)
            if choices and value not in choices:
                raise FencepostError(f"{item.name} is {value!r}: choose {' or '.join(choices)}.")
            if isinstance(value, str) and item.name != "name" and not is_text(value):
                raise FencepostError(f"{item.name} is {value!a}, no UTF-8 text: rename it.")
        self._require(1 <= self.epochs <= 10_000, "epochs", "from 1 to 10,000")
        self._require(self.decay_every >= 1, "decay_every", "at least 1")
        self._require(2 <= self.batch_size <= 65_536, "batch_size", "from 2 to 65,536")
        self._require(0 < self.lr < 1e6, "lr", "above 0 and below a million")
        own = self.size == 0
        self._require(own or 16 <= self.size <= 2048, "size", "from 16 to 2048, or 0")
        for name in ("mean", "std"):
            self._require(colours(getattr(self, name)) != (), name, "three numbers, as r,g,b")
        self._require(0 not in (colours(self.std) or ()), "std", "above 0")
        self._require(0 <= self.workers <= 256, "workers", "from 0 to 256")
        self._require(0 <= self.seed < 2**31, "seed", "from 0 to 2147483647")
        if problem := name_problem(self.name):
            raise FencepostError(problem)

    def _require(self, holds: bool, name: str, wanted: str) -> None:
        if not holds:
            raise FencepostError(f"{name} is {getattr(self, name)!r}: it must be {wanted}.")

    def title(self) -> str:
        """What the training is called where its run has no name yet."""
        return self.name or f"{self.model} on {self.dataset}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def to_argv(self) -> list[str]:
        """The command line that gives this config."""
        return [f"{flag(k)}={v}" for k, v in self.to_dict().items()]


def command_of(values: dict[str, Any]) -> str:
    """The command line that repeats a training, by the config that its run keeps; "" for none.

    Every option that has a value is named: a later version may have other defaults.
    """
    try:
        config = from_dict(values)
    except (FencepostError, TypeError, ValueError):
        return ""
    if "model" not in values or "mode" not in values:
        return ""  # brought as a table: nothing was computed here
    if config.mode == PREDICT:
        given = {name: getattr(config, name) for name in PREDICTS}
        options = [f"{flag(name)}={value}" for name, value in given.items() if value]
        return shlex.join(["fencepost", "predict", config.weights, *options])
    said = (f"{flag(name)}={value}" for name, value in config.to_dict().items() if value != "")
    return shlex.join(["python", "train.py", *said])


def model_in(weights: str) -> str:
    """The network's name where what holds it says it: an .onnx file, a folder of Hugging Face."""
    if weights.endswith(".onnx"):
        return "onnx"
    return "huggingface" if os.path.isfile(os.path.join(weights, "config.json")) else ""


def colours(text: str) -> tuple[float, ...] | None:
    """Three numbers as `r,g,b`; None where there is no text, () where it is something else."""
    if not text:
        return None
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        return ()
    return found if len(found) == 3 and all(map(isfinite, found)) else ()


def flag(name: str) -> str:
    """How the command line calls an option."""
    return f"--{name.replace('_', '-')}"


def recommended(dataset: str, model: str | None = None) -> TrainConfig:
    """The defaults for a data set: what its kind says, or the notebook's recipe.

    Another model than the one recommended wants another pace: it gets the notebook's.
    """
    kind = kind_of(dataset)
    suited = kind.defaults if kind else {}
    if model is not None and model != suited.get("model"):
        suited = {"model": model}
    return replace(TrainConfig(), dataset=dataset, **suited)


def from_dict(values: dict[str, Any]) -> TrainConfig:
    """The config of a run or job; options that this version no longer has are left out."""
    known = {item.name: item for item in fields(TrainConfig)}
    kept: dict[str, Any] = {k: type(known[k].default)(v) for k, v in values.items() if k in known}
    return TrainConfig(**kept)
