"""Image classifiers in folders of Hugging Face, through transformers where it is installed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import ModelError, first_line
from core.models.classifier import Classifier
from core.models.preprocessing import Preprocessing

NAME = "huggingface"  # of the network, where a run says which one it has
NEEDED = "A folder of Hugging Face needs transformers: pip install transformers."
CONFIG, SHOWN = "config.json", "preprocessor_config.json"
RESAMPLING = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")  # as Pillow counts
WARPED = 384  # from here on ConvNeXt's own code squashes and cuts nothing
EQUAL = 1e-4


class Headless(nn.Module):
    """A classifier of transformers that gives what its last linear layer is given."""

    def __init__(self, network: nn.Module, head: str) -> None:
        super().__init__()
        network.set_submodule(head, nn.Identity())
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.network(pixel_values=images).logits


def open_folder(folder: Path, *, weights: bool = True) -> Classifier:
    """The network in a folder, with its class names and what it is shown.

    Args:
        weights: whether to read model.safetensors, or only build what config.json says.

    Raises:
        ModelError: transformers is not installed, or the folder holds no classifier of images
            that ends in a linear layer.
    """
    network, view = _network(folder, weights), view_of(folder)
    name, layer = _head(network, view.size, folder)
    found = Classifier(Headless(network, name), layer.in_features, layer.out_features)
    found.head.load_state_dict(
        layer.state_dict() if layer.bias is not None else
        {**layer.state_dict(), "bias": torch.zeros(layer.out_features)}
    )  # fmt: skip
    found.view, found.classes = view, _classes(network, layer.out_features)
    found.origin = {"head": name, "prefix": ""}
    return found.eval()


def _network(folder: Path, weights: bool) -> nn.Module:
    try:
        from transformers import AutoConfig, AutoModelForImageClassification
    except ImportError:
        raise ModelError(NEEDED) from None
    here: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        if weights:
            return AutoModelForImageClassification.from_pretrained(
                folder, use_safetensors=True, dtype=torch.float32, **here
            ).eval()
        config = AutoConfig.from_pretrained(folder, **here)
        return AutoModelForImageClassification.from_config(config, dtype=torch.float32).eval()
    except Exception as error:  # transformers raises nearly anything on other files
        raise ModelError(
            f"{folder} cannot be opened as a classifier of images ({first_line(error)}): it needs "
            "config.json and model.safetensors."
        ) from None


@torch.no_grad()
def _head(network: nn.Module, side: int, folder: Path) -> tuple[str, nn.Linear]:
    """The linear layer that makes the logits, and its name."""
    calls: list[tuple[str, nn.Linear, torch.Tensor]] = []
    hooks = [
        part.register_forward_hook(lambda p, _, out, name=name: calls.append((name, p, out)))
        for name, part in network.named_modules()
        if isinstance(part, nn.Linear)
    ]
    noise = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    try:
        logits = network(pixel_values=noise).logits
    except (RuntimeError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"The network in {folder} cannot be run ({first_line(error)}).") from None
    finally:
        for hook in hooks:
            hook.remove()
    for name, layer, output in reversed(calls):
        if output.shape == logits.shape and torch.allclose(output, logits, EQUAL, EQUAL):
            return name, layer
    raise ModelError(f"The output of the network in {folder} is no linear layer of a vector.")


def _classes(network: nn.Module, n: int) -> tuple[str, ...]:
    """The names of its classes, unless they only count."""
    named = getattr(network.config, "id2label", None) or {}
    found = tuple(str(named.get(k, "")) for k in range(n))
    counted = all(name in ("", f"LABEL_{k}") for k, name in enumerate(found))
    return () if counted or len(set(found)) < n else found


def view_of(folder: Path) -> Preprocessing:
    """What the network in a folder is shown, as preprocessor_config.json says.

    Raises:
        ModelError: it is missing, or says what is not done here.
    """
    try:
        return _view(json.loads((folder / SHOWN).read_text("utf-8")))
    except (OSError, KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelError(
            f"{folder / SHOWN} does not say in a way known here what the network is shown "
            f"({first_line(error)})."
        ) from None


def _view(said: Mapping[str, Any]) -> Preprocessing:
    scale = said.get("rescale_factor", 1 / 255) if said.get("do_rescale", True) else 1.0
    plain = said.get("do_normalize", True)
    mean = tuple(map(float, said["image_mean"])) if plain else (0.0, 0.0, 0.0)
    std = tuple(map(float, said["image_std"])) if plain else (1.0, 1.0, 1.0)
    # Ours count in 0..1, theirs in what the rescaling makes of 0..255.
    mean, std = (tuple(v / (255 * scale) for v in values) for values in (mean, std))
    size, resize, cut = _sides(said)
    return Preprocessing(size, resize, cut, RESAMPLING[int(said.get("resample", 2))], mean, std)


def _sides(said: Mapping[str, Any]) -> tuple[int, int, str]:
    """The side of what is seen, of what the image is resized to, and how."""
    crop = said.get("crop_size") if said.get("do_center_crop") else None
    seen = crop["height"] if isinstance(crop, Mapping) else crop
    size = said["size"]
    shorter = size.get("shortest_edge") if isinstance(size, Mapping) else None
    if shorter is None:
        side = int(size["height"] if isinstance(size, Mapping) else size)
        return int(seen or side), side, "squash"
    if seen is None and shorter < WARPED and "crop_pct" in said:
        return int(shorter), math.floor(shorter / said["crop_pct"]), "centre"
    if seen is None and shorter >= WARPED:
        return int(shorter), int(shorter), "squash"
    return int(seen or shorter), int(shorter), "centre"
