"""The command lines of `fencepost train` and `fencepost predict`, made of the config's fields."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import MISSING, Field, fields, replace
from typing import Any

from core.datasets.kinds import KINDS, with_said
from core.errors import DatasetError
from core.training.config import PREDICT, TrainConfig, flag, model_in, recommended

CHECK, WAIT = "--check", "--wait"
METAVARS = {str: "TEXT", int: "N", float: "X"}
ALSO = {"dataset": ("--data",), "model": ("--arch",)}  # more names for them, to predict
OPTIONAL = ("classes", "size", "mean", "std", "features_by", "device", "workers", "name")


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
            result.add_argument(flag(item.name), help=argparse.SUPPRESS)
            continue
        group = groups.setdefault(title, result.add_argument_group(title))
        add_option(group, item)
    add_table_options(groups["data"])
    groups["data"].add_argument(
        CHECK,
        action="store_true",
        help="say what the data holds, and train nothing",
    )
    groups["run"].add_argument(
        WAIT,
        action="store_true",
        help="train once the others are done, where others do",
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
        flag(item.name),
        dest=item.name,
        required=required,
        type=type(item.default),
        choices=item.metadata["choices"] or None,
        metavar="|".join(shown) or METAVARS[type(item.default)],
        help=f"{item.metadata['help']}{default}".replace("%", "%%"),
    )


def add_table_options(group: Any) -> None:
    """What may be said of a table of images."""
    group.add_argument(
        "--images",
        metavar="DIR",
        help="of a table: where its paths begin [beside it]",
    )
    group.add_argument(
        "--columns",
        action="append",
        metavar="ROLE=NAME",
        help="a table's, each: label=NAME, path=NAME, split=NAME",
    )


def _shown(default: Any) -> str:
    return "none" if default == "" else str(default)


def _own_defaults(kind: str) -> str:
    options = (f"{flag(name)} {value}" for name, value in KINDS[kind].defaults.items())
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
    given.pop("wait")
    chosen = {k: v for k, v in given.items() if v is not None}
    if resume == "":
        options.error("--resume= names no job: give its id, or nothing for the newest")
    if resume is not None and chosen:
        names = ", ".join(map(flag, chosen))
        options.error(
            f"--resume goes on as the job was configured: leave out {names}, or train anew"
        )
    name = named_dataset(options, chosen)
    if name != TrainConfig.dataset:
        chosen["dataset"] = name
    defaults = recommended(chosen.get("dataset", TrainConfig.dataset), chosen.get("model"))
    return replace(defaults, **chosen), resume


def named_dataset(options: argparse.ArgumentParser, chosen: dict[str, Any]) -> str:
    """The name of the data set, with what was said of a table; that is taken out of `chosen`."""
    of_table = {"images": chosen.pop("images", ""), **_roles(options, chosen.pop("columns", []))}
    try:
        return with_said(chosen.get("dataset", TrainConfig.dataset), of_table)
    except DatasetError as error:
        options.error(str(error))


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
        usage="%(prog)s NETWORK --data KIND[:PATH] [--model NAME] [options]",
        description="Every image of a data set once through a network that is trained already, "
        "head and all: a run to explain, to fix and to export, and nothing is trained.",
        epilog="Defaults stand in brackets. What the network is shown is its own unless said.",
        allow_abbrev=False,
    )
    options.add_argument(
        "weights",
        metavar="NETWORK",
        help="its state dict, .safetensors or .pth; an .onnx file; or a folder of Hugging Face",
    )
    known = {item.name: item for item in fields(TrainConfig)}
    for name, others in ALSO.items():
        add_option(options, known[name], *others, required=name == "dataset")
    add_table_options(options)
    for name in OPTIONAL:
        add_option(options, known[name])
    given = {k: v for k, v in vars(options.parse_args(argv)).items() if v is not None}
    given["dataset"] = named_dataset(options, given)
    given.setdefault("model", model_in(given["weights"]))
    if not given["model"]:
        options.error("say which network it is, with --model")
    suited = recommended(given["dataset"], given["model"])
    return replace(TrainConfig(mode=PREDICT, size=suited.size), **given)
