"""A backbone and a linear head: torchvision's classifiers by name, timm's where it is installed."""

from __future__ import annotations

import pickle

import torch
from torch import nn
from torchvision import models

from core.errors import ModelError, first_line
from core.models.weights import load_backbone, tensors_only, torchvision_weights

# Extra training outputs would get in the way; and these two, as torchvision trained them, turn
# ImageNet's normalisation into another one themselves.
ODD = {"aux_logits": False, "init_weights": True, "transform_input": True}
ARGUMENTS = {"googlenet": ODD, "inception_v3": ODD}


class Classifier(nn.Module):
    """`backbone`: (B, 3, S, S) -> (B, D) features; `head`: linear, (B, D) -> (B, K) logits."""

    def __init__(self, backbone: nn.Module, n_features: int, n_classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(n_features, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.backbone(images))


def build_model(name: str, weights: str, n_classes: int, seed: int) -> Classifier:
    """A network with a new head.

    Args:
        name: a torchvision classifier, `timm/<name>`, or `small`.
        weights: `default` (pretrained), `none`, or the path of a state dict.

    Raises:
        ModelError: no such network, or its weights cannot be had or do not fit; says which.
    """
    torch.manual_seed(seed)
    if name.startswith("timm/"):
        backbone, n_features = _timm(name.removeprefix("timm/"), weights == "default")
    elif name == "small":
        backbone, n_features = SmallNet(), SmallNet.WIDTHS[-1]
        if weights == "default":
            raise ModelError("The network 'small' has no pretrained weights: use --weights none.")
    else:
        backbone, n_features = _torchvision(name, weights == "default")
    if weights not in ("default", "none"):
        load_backbone(backbone, weights, name)
    # The head's start depends on the seed alone, not on how many numbers the backbone drew.
    torch.manual_seed(seed)
    return Classifier(backbone, n_features, n_classes)


@torch.no_grad()
def check_side(network: nn.Module, name: str, side: int) -> None:
    """Raise ModelError where a network cannot take squares of this side."""
    network.eval()
    try:
        network(torch.zeros(1, 3, side, side))
    except (AssertionError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"{name} cannot take images of --size {side} ({first_line(error)}): most networks were "
            "made for 224."
        ) from None
    finally:
        network.train()


def _torchvision(name: str, pretrained: bool) -> tuple[nn.Module, int]:
    known = models.list_models(module=models)
    if name not in known:
        raise ModelError(
            f"torchvision has no classifier {name!r}: give one of {', '.join(known[:4])} ... "
            "(torchvision.models.list_models()), timm/<name>, or small."
        )
    network = models.get_model(name, weights=None, **ARGUMENTS.get(name, {}))
    if isinstance(network, models.SqueezeNet):
        n_features = network.classifier[1].in_channels
        network.classifier = nn.AdaptiveAvgPool2d(1)  # it classifies each place, then takes means
    else:
        n_features = _without_head(network, name)
    if pretrained:
        state, file = torchvision_weights(name)
        load_backbone(network, state, name, file)
    return network, n_features


def _without_head(network: nn.Module, name: str) -> int:
    """Take its last linear layer away; gives how many features that layer had."""
    linear = [key for key, part in network.named_modules() if isinstance(part, nn.Linear)]
    last = network.get_submodule(linear[-1]) if linear else None
    if last is None or last.out_features != 1000:
        raise ModelError(f"{name} does not end in a linear layer: choose another network.")
    network.set_submodule(linear[-1], nn.Identity())
    return last.in_features


def _timm(name: str, pretrained: bool) -> tuple[nn.Module, int]:
    try:
        import timm
    except ImportError:
        raise ModelError("timm/<name> needs timm: pip install timm.") from None
    if not timm.is_model(name):
        raise ModelError(f"timm has no model {name!r}: see timm.list_models().")
    try:
        with tensors_only():
            network = timm.create_model(name, pretrained=pretrained, num_classes=0)
    except (OSError, RuntimeError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"The weights of timm/{name} cannot be loaded ({first_line(error)}): give a file with "
            "--weights PATH."
        ) from None
    return network, network.num_features


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
