"""Networks as their own library builds them, head and all: as a call, to make or to write down."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from torch import nn

from core.errors import ModelError
from core.models import preprocessing
from core.models.torchvision_networks import ARGUMENTS


@dataclass(frozen=True)
class Call:
    """`function(name, **options)` of a library."""

    library: str
    function: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def make(self) -> nn.Module:
        return getattr(import_module(self.library), self.function)(self.name, **self.options)

    def source(self) -> str:
        """As a line of Python, once `import library` stands above it."""
        options = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return f"{self.library}.{self.function}({self.name!r}{options})"


def call(name: str, n_classes: int, size: int) -> Call:
    """What makes the network of this name for so many classes and images of this side."""
    if name.startswith("timm/"):
        return _timm(name, n_classes, size)
    options = {"weights": None, "num_classes": n_classes, **ARGUMENTS.get(name, {})}
    if name.startswith("vit_"):
        options["image_size"] = size
    if name.startswith("maxvit_"):
        options["input_size"] = (size, size)
    return Call("torchvision.models", "get_model", name, options)


def _timm(name: str, n_classes: int, size: int) -> Call:
    own = name.removeprefix("timm/")
    plain = Call("timm", "create_model", own, {"num_classes": n_classes})
    if size == preprocessing.of_network(name).size:
        return plain
    sized = Call("timm", "create_model", own, {**plain.options, "img_size": size})
    with suppress(TypeError):  # of one that takes any size, and none to be built for
        sized.make()
        return sized
    return plain


def head_name(whole: nn.Module, backbone: Mapping[str, Any], name: str) -> str:
    """What a library calls the last linear layer: what its network has and the backbone lacks.

    Raises:
        ModelError: that is more than one layer, or another kind of layer.
    """
    more = [key for key in whole.state_dict() if key not in backbone]
    parts = {key.rpartition(".")[0] for key in more}
    part = parts.pop() if len(parts) == 1 else ""
    if not part or not isinstance(whole.get_submodule(part), nn.Linear):
        raise ModelError(f"The head of {name} is no linear layer there: take --to head.")
    return part
