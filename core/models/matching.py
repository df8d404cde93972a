"""Which of the tensors in a file are a network's: under which name, behind which prefix."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from core.errors import ModelError

# Under which a training keeps its network, the first of these that there is.
NESTED = ("state_dict", "model_state_dict", "model", "ema", "model_ema", "state_dict_ema",
          "net", "network", "module", "weights")  # fmt: skip
DEEPEST = 3
AUXILIARY = ("aux", "Aux")  # outputs beside the last one, of googlenet and inception_v3
State = Mapping[str, torch.Tensor]


def unwrapped(found: object) -> tuple[object, str]:
    """The dict of tensors inside of what a training kept, and where it lay: `model.`, or ""."""
    place = ""
    for _ in range(DEEPEST):
        inner = next((k for k in NESTED if isinstance(_in(found, k), Mapping)), None)
        if inner is None:
            break
        found, place = _in(found, inner), f"{place}{inner}."
    return found, place


def _in(found: object, key: str) -> object:
    return found.get(key) if isinstance(found, Mapping) else None


def matched(state: State, backbone: nn.Module, source: str) -> tuple[State, str]:
    """The tensors under the network's own names, and the prefix that they had.

    Raises:
        ModelError: more than one network in the file fits.
    """
    wanted = [key for key in backbone.state_dict() if not key.endswith("num_batches_tracked")]
    fitting = [prefix for prefix in _prefixes(state, wanted) if _fits(state, wanted, prefix)]
    if "" in fitting:
        return state, ""
    if len(fitting) > 1:
        raise ModelError(
            f"{source} holds more than one network, under {' and '.join(sorted(fitting))}: save "
            "the state_dict() of the one that is meant."
        )
    if fitting:
        [prefix] = fitting
        return _under(state, prefix), prefix
    return _by_place(state, backbone, wanted) or (_without_common(state), "")


def _under(state: State, prefix: str) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def _prefixes(state: State, wanted: list[str]) -> set[str]:
    """What stands before the network's first tensor."""
    first = wanted[0] if wanted else ""
    return {key.removesuffix(first) for key in state if key == first or key.endswith(f".{first}")}


def _fits(state: State, wanted: list[str], prefix: str) -> bool:
    return all(f"{prefix}{key}" in state for key in wanted)


def _by_place(state: State, backbone: nn.Module, wanted: list[str]) -> tuple[State, str] | None:
    """Tensors named by the places of a network's parts, as fastai does: `0.4.0.conv1.weight`."""
    parts = {str(k): name for k, (name, _) in enumerate(backbone.named_children())}
    part, _, rest = wanted[0].partition(".") if wanted else ("", "", "")
    first = f"{list(parts.values()).index(part) if part in parts.values() else 0}.{rest}"
    for prefix in sorted(_prefixes(state, [first])):
        split = {key: key.partition(".") for key in _under(state, prefix)}
        named = {
            f"{parts[place]}.{rest}": state[f"{prefix}{key}"]
            for key, (place, _, rest) in split.items()
            if place in parts
        }
        if _fits(named, wanted, ""):
            return named, f"{prefix}0."
    return None


def _without_common(state: State) -> State:
    """Without what the names of all tensors begin with: so a message names what the network has."""
    names = list(state)
    while names and all("." in name for name in names):
        first = {name.partition(".")[0] for name in names}
        if len(first) > 1:
            break
        names = [name.partition(".")[2] for name in names]
    return dict(zip(names, state.values(), strict=True))


def parts_beside(state: State, wanted: State) -> list[str]:
    """The layers that only the weights have, in their order, but those used in training alone."""
    names = [key for key in state if key not in wanted and key.endswith((".weight", ".bias"))]
    parts = dict.fromkeys(name.rpartition(".")[0] for name in names)
    return [part for part in parts if not part.startswith(AUXILIARY)]
