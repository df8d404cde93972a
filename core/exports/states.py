"""The state dict of a run's network under the names of its library, or of the file it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from core.errors import ModelError
from core.fixes.source import weights_of
from core.models import published, weights
from core.models.matching import State
from core.runs import Run
from core.runs.images import view_of


@dataclass(frozen=True)
class OwnState:
    """Tensors by name; `prefix` stands before the names that the network itself has.

    `of_file`: whether it is the file that the network came in, with another head.
    """

    tensors: dict[str, torch.Tensor]
    prefix: str
    of_file: bool


def own_state(run: Run) -> OwnState:
    """The network of a run with its head, to be loaded by its own library.

    Raises:
        ModelError: it is no network of torchvision or timm with a linear head.
        RunError: the run keeps no weights that can be read.
    """
    kept = {name: torch.from_numpy(value) for name, value in weights_of(run).items()}
    if file := _file_of(run):
        return OwnState(_with_head(file, run.brought["head"], kept), run.brought["prefix"], True)
    if run.config.get("model") == "small":
        return OwnState(kept, "", False)
    if network := _under(kept, "network."):  # of somebody's own program
        return OwnState(_with_head(network, run.brought["head"], kept), "", False)
    backbone = _under(kept, "backbone.")
    name = str(run.config.get("model", ""))
    whole = published.call(name, len(run.classes), view_of(run).size).make()
    part = published.head_name(whole, backbone, name)
    head = {f"{part}.weight": kept["head.weight"], f"{part}.bias": kept["head.bias"]}
    return OwnState({**backbone, **head}, "", False)


def of_hugging_face(run: Run) -> dict[str, np.ndarray]:
    """The weights of a network of transformers under its own names."""
    kept, head = weights_of(run), run.brought["head"]
    before = "backbone.network."
    found = {k.removeprefix(before): v for k, v in kept.items() if k.startswith(before)}
    named = {f"{head}.{part}": kept[f"head.{part}"] for part in ("weight", "bias")}
    # A run keeps single numbers as lists of one, which transformers does not take.
    single = {k: v.reshape(()) for k, v in found.items() if k.endswith("num_batches_tracked")}
    return {k: v.copy(order="C") for k, v in {**found, **single, **named}.items()}


def _under(state: State, prefix: str) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def _file_of(run: Run) -> State | None:
    """What the network came in, where that is still there and as it was."""
    came = run.brought
    path, head = came.get("file", ""), came.get("head", "")
    if not path or not head.startswith(came.get("prefix", "")) or not Path(path).is_file():
        return None
    try:
        same = weights.digest(path, "", 0) == came.get("sha256")
        return weights.read_state(Path(path)) if same else None
    except (OSError, ModelError):
        return None


def _with_head(state: State, part: str, kept: Mapping[str, torch.Tensor]) -> dict:
    """The same tensors, but for those of the head, which keep their type."""
    weight = state[f"{part}.weight"]
    new = {f"{part}.weight": kept["head.weight"].to(weight.dtype)}
    if f"{part}.bias" in state or kept["head.bias"].any():
        new[f"{part}.bias"] = kept["head.bias"].to(weight.dtype)
    return {**state, **new}
