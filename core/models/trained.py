"""A trained network with its own head, from a file of its weights."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from core.errors import ModelError
from core.models import huggingface_networks, matching, onnx_networks
from core.models.classifier import Classifier, build_model
from core.models.matching import AUXILIARY, State
from core.models.weights import load_backbone, read_nested

NO_HEAD = (
    "This network's output is no linear layer of a vector: it has no channels to explain, and no "
    "head to fix."
)
IN_PYTHON = "Open it in Python instead: fencepost.evaluate(model, dataset)."


def open_trained(name: str, path: str, size: int = 0) -> Classifier:
    """The network as it was trained: its head gives as many classes as the one in the file.

    Args:
        name: a torchvision classifier, `timm/<name>`, `small`, `onnx` or `huggingface`.
        path: a state dict with the head in it, an .onnx file, or a folder of Hugging Face.
        size: the side in pixels of what it will see; 0 for the network's own.

    Raises:
        ModelError: no such network, weights that do not fit, or no head that is one linear layer.
    """
    if name == onnx_networks.NAME:
        return onnx_networks.open_onnx(path, size)
    if name == huggingface_networks.NAME:
        return huggingface_networks.open_folder(Path(path))
    network = build_model(name, path, 1, seed=0, size=size)
    state, _ = read_nested(Path(path))
    _, prefix = matching.matched(state, network.backbone, path)
    part = head_part(state, network.backbone, network.head.in_features, path, prefix)
    network.head = _head(state, part, path)
    network.origin = {"head": part, "prefix": prefix}
    return network


def of_state(name: str, state: State, head: str) -> Classifier:
    """The network of this name with the weights of one that is open: `head` is its last layer.

    Raises:
        ModelError: no such network, or weights that do not fit.
    """
    part = _head(state, head, "The network")
    network = build_model(name, "none", part.out_features, seed=0)
    load_backbone(network.backbone, dict(state), name, "the network")
    network.head = part
    return network.eval()


def head_part(state: State, backbone: nn.Module, width: int, source: str, prefix: str = "") -> str:
    """The name, in a file, of the linear layer that makes classes of `width` features.

    `prefix` stands there before the names of the backbone.

    Raises:
        ModelError: there is none, or more than one.
    """
    own = {f"{prefix}{key}" for key in backbone.state_dict()}
    parts = [
        key.removesuffix(".weight")
        for key, value in state.items()
        if key not in own and key.endswith(".weight") and value.shape[1:] == (width,)
    ]
    found = [part for part in parts if not part.removeprefix(prefix).startswith(AUXILIARY)]
    found = [part for part in found if prefix and part.startswith(prefix)] or found
    if len(found) == 1:
        return found[0]
    if found:
        raise ModelError(
            f"{source} has more than one layer that could be its head, {found[0]} and {found[1]}. "
            f"{IN_PYTHON}"
        )
    raise ModelError(
        f"{source} has no head: no linear layer of its {width:,} features. It was saved without "
        f"one, or its head is more than one layer. {IN_PYTHON}"
    )


def _head(state: State, part: str, source: str) -> nn.Linear:
    """The linear layer of this name; one without a bias gets one of zeros."""
    weight = state[f"{part}.weight"].float()
    bias = state.get(f"{part}.bias", torch.zeros(len(weight))).float()
    if len(weight) < 2 or bias.shape != weight.shape[:1]:
        raise ModelError(
            f"{part} in {source} gives {len(weight)} number for an image: a head gives one for "
            "each of at least two classes."
        )
    if not (weight.isfinite().all() and bias.isfinite().all()):
        raise ModelError(f"{part} in {source} holds numbers that are not finite: train it again.")
    head = nn.Linear(weight.shape[1], len(weight))
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)
    return head
