"""torchvision's classifiers by name, without their head."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torchvision import models

from core.errors import ModelError, first_line
from core.models.matching import State
from core.models.preprocessing import WrongSize
from core.models.weights import load_backbone, torchvision_weights

# Extra training outputs would get in the way; and these two, as torchvision trained them, turn
# ImageNet's normalisation into another one themselves.
ODD = {"aux_logits": False, "init_weights": True, "transform_input": True}
ARGUMENTS: Mapping[str, Mapping[str, Any]] = {"googlenet": ODD, "inception_v3": ODD}
PLACES = "encoder.pos_embedding"  # of a vision transformer: a vector for each patch


def build(name: str, weights: str, size: int) -> tuple[nn.Module, int, str]:
    """The network, how many features it gives, and what is to be said of its weights.

    Raises:
        ModelError: no such network, not for this size, or its weights do not fit.
    """
    known = models.list_models(module=models)
    if name not in known:
        raise ModelError(
            f"torchvision has no classifier {name!r}: give one of {', '.join(known[:4])} ... "
            "(torchvision.models.list_models()), timm/<name>, or small."
        )
    network = _made(name, size)
    if isinstance(network, models.SqueezeNet):
        last = network.classifier[1]
        assert isinstance(last, nn.Conv2d)  # it classifies each place, and means are taken then
        n_features = last.in_channels
        network.set_submodule("classifier", nn.AdaptiveAvgPool2d(1))
    else:
        n_features = _without_head(network, name)
    return network, n_features, _filled(network, name, weights)


def _made(name: str, size: int) -> nn.Module:
    """The network, for this size where it is built for one."""
    options = dict(ARGUMENTS.get(name, {}))
    if size and name.startswith("vit_"):
        options["image_size"] = size
    if size and name.startswith("maxvit_"):
        options["input_size"] = (size, size)
    try:
        return models.get_model(name, weights=None, **options)
    except (AssertionError, ValueError, RuntimeError) as error:
        raise WrongSize(first_line(error)) from None


def _filled(network: nn.Module, name: str, weights: str) -> str:
    """Fill the network; what is to be said of it."""
    if weights == "none":
        return ""
    found, file = torchvision_weights(name) if weights == "default" else (weights, "")
    return load_backbone(network, found, name, file, partial(_for_size, network))


def _for_size(network: nn.Module, state: State) -> State:
    """The weights of a transformer with its places interpolated to as many as it has here."""
    if not isinstance(network, models.VisionTransformer) or PLACES not in state:
        return state
    wanted = network.encoder.pos_embedding
    return {**state, PLACES: _interpolated(state[PLACES], wanted)}


def _interpolated(places: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """(1, 1 + n * n, D) -> (1, 1 + m * m, D): the class's own place first, then a square."""
    before, after = round((places.shape[1] - 1) ** 0.5), round((wanted.shape[1] - 1) ** 0.5)
    if before == after or before**2 != places.shape[1] - 1:
        return places
    first, rest = places[:, :1], places[:, 1:]
    square = rest.permute(0, 2, 1).reshape(1, -1, before, before).float()
    found = functional.interpolate(square, (after, after), mode="bicubic", align_corners=True)
    return torch.cat([first, found.flatten(2).permute(0, 2, 1).to(places.dtype)], dim=1)


def _without_head(network: nn.Module, name: str) -> int:
    """Take its last linear layer away; gives how many features that layer had."""
    linear = [key for key, part in network.named_modules() if isinstance(part, nn.Linear)]
    last = network.get_submodule(linear[-1]) if linear else None
    if not isinstance(last, nn.Linear) or last.out_features != 1000:
        raise ModelError(f"{name} does not end in a linear layer: choose another network.")
    network.set_submodule(linear[-1], nn.Identity())
    return last.in_features
