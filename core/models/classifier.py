"""A backbone and a linear head, by the network's name."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

import torch
from torch import nn

from core.errors import ModelError, first_line
from core.models import preprocessing, timm_networks, torchvision_networks
from core.models.preprocessing import Preprocessing, WrongSize
from core.models.weights import load_backbone


class Classifier(nn.Module):
    """`backbone`: (B, 3, S, S) -> (B, D) features; `head`: linear, (B, D) -> (B, K) logits.

    `note`: what is to be said of its weights, or "". `origin`: of one that was trained elsewhere,
    what its file calls the head, and what stands there before the network's own names; `view` and
    `classes`: what it is shown and what it tells apart, where its file says so.
    """

    note = ""
    origin: Mapping[str, str] = MappingProxyType({})
    view: Preprocessing | None = None
    classes: tuple[str, ...] = ()

    def __init__(self, backbone: nn.Module, n_features: int, n_classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(n_features, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.backbone(images))


def build_model(name: str, weights: str, n_classes: int, seed: int, size: int = 0) -> Classifier:
    """A network with a new head.

    Args:
        name: a torchvision classifier, `timm/<name>`, or `small`.
        weights: `default` (pretrained), `none`, or the path of a state dict.
        size: the side in pixels of what it will see, for networks built for one; 0 for their own.

    Raises:
        ModelError: no such network, or its weights cannot be had or do not fit; says which.
    """
    torch.manual_seed(seed)
    try:
        backbone, n_features, note = _backbone(name, weights, size)
    except WrongSize as error:
        raise _refused(name, size, str(error)) from None
    # The head's start depends on the seed alone, not on how many numbers the backbone drew.
    torch.manual_seed(seed)
    built = Classifier(backbone, n_features, n_classes)
    built.note = note
    return built


def _backbone(name: str, weights: str, size: int) -> tuple[nn.Module, int, str]:
    """The backbone, how many features it gives, and what is to be said of its weights."""
    if name.startswith("timm/"):
        return timm_networks.build(name, weights, size)
    if name != "small":
        return torchvision_networks.build(name, weights, size)
    if weights == "default":
        raise ModelError("The network 'small' has no pretrained weights: use --weights none.")
    backbone = SmallNet()
    note = "" if weights == "none" else load_backbone(backbone, weights, name)
    return backbone, SmallNet.WIDTHS[-1], note


def check_side(network: nn.Module, name: str, side: int) -> None:
    """Raise ModelError where a network cannot take squares of this side; names some that it can."""
    if reason := _failure(network, side):
        raise _refused(name, side, reason)


def _refused(name: str, side: int, reason: str) -> ModelError:
    works = (str(other) for other in _sides_near(name, side) if _works(name, other))
    if takes := list(islice(works, 2)):
        return ModelError(
            f"{name} cannot take images of --size {side} ({reason}): it takes "
            f"{' and '.join(takes)}."
        )
    return ModelError(f"{name} cannot be used here ({reason}): choose another network.")


def _sides_near(name: str, side: int) -> list[int]:
    """Sides that a network may take: its own, then multiples of what networks divide by."""
    own = preprocessing.of_network(name).size
    multiples = {side // d * d + more for d in (14, 16, 32) for more in (0, d)} - {0}
    near = sorted(multiples, key=lambda other: (abs(other - side), other))
    return [other for other in dict.fromkeys([own, *near, 224]) if other != side]


def _works(name: str, side: int) -> bool:
    try:
        return not _failure(_backbone(name, "none", side)[0], side)
    except ModelError:
        return False


@torch.no_grad()
def _failure(network: nn.Module, side: int) -> str:
    """Why a network cannot take squares of this side; "" where it can."""
    network.eval()
    try:
        network(torch.zeros(1, 3, side, side))
    except (AssertionError, RuntimeError, ValueError) as error:
        return first_line(error)
    finally:
        network.train()
    return ""


class SmallNet(nn.Module):
    """A residual network for small pictures that learns from scratch within minutes on a CPU."""

    WIDTHS = (32, 64, 128, 256)

    def __init__(self) -> None:
        super().__init__()
        self.stem = _conv(3, self.WIDTHS[0], stride=2)
        pairs = zip(self.WIDTHS, self.WIDTHS[1:], strict=False)
        self.stages = nn.Sequential(*(SmallStage(a, b) for a, b in pairs))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.stages(self.stem(images)).mean(dim=(2, 3))


class SmallStage(nn.Module):
    """Halve the side, widen, then one residual convolution."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.reduce = _conv(n_in, n_out, stride=2)
        self.refine = _conv(n_out, n_out, stride=1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        reduced = self.reduce(maps)
        return reduced + self.refine(reduced)


def _conv(n_in: int, n_out: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(n_out),
        nn.ReLU(inplace=True),
    )
