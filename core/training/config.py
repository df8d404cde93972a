"""One frozen dataclass says how to train; command line and sidebar form are made from it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any

from core.datasets.kinds import KINDS, forms, kind_of, with_said
from core.errors import DatasetError, FencepostError
from core.runs.names import is_text, name_problem

CHECK = "--check"
PREDICT = "predict"  # the mode that trains nothing
PREDICTED = {"dataset": ("--data",), "model": ("--arch",)}  # more names for them, to predict
METAVARS = {str: "TEXT", int: "N", float: "X"}


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
    size: int = option(
        0, "model", "side in pixels of the square that the network sees; 0 takes the network's own"
    )
    classes: str = option(
        "",
        PREDICT,
        "its classes in its own order, as a,b,c or a file with one a line; none takes those of the "
        "data",
    )
    mean: str = option("", PREDICT, "of each channel in 0..1, as r,g,b; none takes its own")
    std: str = option("", PREDICT, "the same of the deviations")
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
        return [f"{_flag(k)}={v}" for k, v in self.to_dict().items()]


def colours(text: str) -> tuple[float, ...] | None:
    """Three numbers as `r,g,b`; None where there is no text, () where it is something else."""
    if not text:
        return None
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        return ()
    return found if len(found) == 3 and all(map(isfinite, found)) else ()


def _flag(name: str) -> str:
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


def parser(prog: str = "train.py") -> argparse.ArgumentParser:
    """Grouped options; none has a default of its own, so that the data set can choose it."""
    result = argparse.ArgumentParser(
        prog=prog,
        usage="%(prog)s [options]",
        description="Train an image classifier and leave one run in artifacts/.",
        epilog=" ".join(
            [
                "Defaults stand in brackets.",
                *(_own_defaults(name) for name, kind in KINDS.items() if kind.defaults),
            ]
        ),
        allow_abbrev=False,
    )
    groups: dict[str, Any] = {}
    for item in fields(TrainConfig):
        title = item.metadata["group"]
        if title == PREDICT:  # accepted, for a job is started so; `fencepost predict` shows them
            result.add_argument(_flag(item.name), help=argparse.SUPPRESS)
            continue
        group = groups.setdefault(title, result.add_argument_group(title))
        add_option(group, item)
    groups["data"].add_argument(
        "--images",
        metavar="DIR",
        help="of a table: where its paths begin [beside it]",
    )
    groups["data"].add_argument(
        "--columns",
        action="append",
        metavar="ROLE=NAME",
        help="a table's, each: label=NAME, path=NAME, split=NAME",
    )
    groups["data"].add_argument(
        CHECK,
        action="store_true",
        help="say what the data set holds; train nothing",
    )
    groups["run"].add_argument(
        "--resume",
        nargs="?",
        const="last",
        metavar="JOB",
        help="continue after the last finished epoch of an interrupted job [the newest]",
    )
    return result


def add_option(group: Any, item: Field, *others: str, required: bool = False) -> None:
    """An option of the command line for a field, as its metadata says; `others` are its names."""
    assert item.default is not MISSING
    shown = [choice for choice in item.metadata["choices"] if choice != PREDICT]
    default = "" if required else f" [{_shown(item.default)}]"
    group.add_argument(
        *others,
        _flag(item.name),
        dest=item.name,
        required=required,
        type=type(item.default),
        choices=item.metadata["choices"] or None,
        metavar="|".join(shown) or METAVARS[type(item.default)],
        help=f"{item.metadata['help']}{default}".replace("%", "%%"),
    )


def _shown(default: Any) -> str:
    return "none" if default == "" else str(default)


def _own_defaults(kind: str) -> str:
    options = (f"{_flag(name)} {value}" for name, value in KINDS[kind].defaults.items())
    return f"--dataset {kind} has defaults of its own, for its network: {' '.join(options)}."


def parse_args(
    argv: Sequence[str] | None = None, prog: str = "train.py"
) -> tuple[TrainConfig, str | None]:
    """The config, and the job to resume (`last`, a job id, or None).

    Exits 2 on unknown options, and on any beside --resume: the job's own config counts.
    """
    options = parser(prog)
    given = vars(options.parse_args(argv))
    resume = given.pop("resume")
    given.pop("check")
    chosen = {k: v for k, v in given.items() if v is not None}
    if resume == "":
        options.error("--resume= names no job: give its id, or nothing for the newest")
    if resume is not None and chosen:
        names = ", ".join(map(_flag, chosen))
        options.error(
            f"--resume goes on as the job was configured: leave out {names}, or train anew"
        )
    of_table = {"images": chosen.pop("images", ""), **_roles(options, chosen.pop("columns", []))}
    try:
        name = with_said(chosen.get("dataset", TrainConfig.dataset), of_table)
    except DatasetError as error:
        options.error(str(error))
    if name != TrainConfig.dataset:
        chosen["dataset"] = name
    defaults = recommended(chosen.get("dataset", TrainConfig.dataset), chosen.get("model"))
    return replace(defaults, **chosen), resume


def _roles(options: argparse.ArgumentParser, pairs: Sequence[str]) -> dict[str, str]:
    """Role -> column, of `label=breed`."""
    found = [pair.partition("=") for pair in pairs]
    if wrong := next((role for role, equals, name in found if not (equals and name)), ""):
        options.error(f"--columns {wrong} names no column: write it as label=NAME")
    return {role: name for role, _, name in found}


def parse_predict(
    argv: Sequence[str] | None = None, prog: str = "fencepost predict"
) -> TrainConfig:
    """The config of a prediction with a trained network."""
    options = argparse.ArgumentParser(
        prog=prog,
        usage="%(prog)s WEIGHTS --model NAME --data KIND[:PATH] [options]",
        description="Every image of a data set once through a network that is trained already, "
        "head and all: a run to explain, to fix and to export, and nothing is trained.",
        epilog="Defaults stand in brackets. What the network is shown is its own unless said.",
        allow_abbrev=False,
    )
    options.add_argument("weights", metavar="WEIGHTS", help="its state dict: .safetensors, .pth")
    known = {item.name: item for item in fields(TrainConfig)}
    for name in ("dataset", "model"):
        add_option(options, known[name], *PREDICTED[name], required=True)
    for name in ("classes", "size", "mean", "std", "device", "workers", "name"):
        add_option(options, known[name])
    given = {k: v for k, v in vars(options.parse_args(argv)).items() if v is not None}
    suited = recommended(given["dataset"], given["model"])
    return replace(TrainConfig(mode=PREDICT, size=suited.size), **given)
