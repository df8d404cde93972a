"""Where a network looked: the map of a channel, and Grad-CAM for a class.

Both come from the last map that is pooled evenly, every place alike, which most convolutional
networks have. The others, such as vision transformers, get attributions instead: input times
gradient, summed over the squares of a grid.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from core.datasets.picture import shown
from core.errors import ExplainError, ModelError
from core.inference.network import open_classifier, stored_side
from core.models import transforms
from core.models.classifier import Classifier
from core.models.preprocessing import Preprocessing
from core.runs import Run
from core.runs.images import view_of

GRID = 14  # squares a side, over which attributions are summed
KEPT = 3  # networks held open
# One question at a time: each hangs hooks on a network that all pages share.
LOCK = threading.RLock()
_open: dict[str, Network] = {}


@dataclass(frozen=True, eq=False)
class Network:
    """The network of a run, on the CPU.

    Attributes:
        view: what it is shown of a picture.
        side: of the picture as it is stored, in pixels.
        pooled: the module whose map is pooled evenly, or None where there is none.
        grid: height and width of that map, or of the grid that stands in for it.
        is_features: whether that map has a channel for each of the features.
    """

    model: Classifier
    view: Preprocessing
    side: int
    pooled: nn.Module | None
    grid: tuple[int, int]
    is_features: bool

    def input(self, image: Image.Image) -> torch.Tensor:
        """(1, 3, size, size): the image as it was when it was predicted."""
        pixels = torch.from_numpy(shown(image.convert("RGB"), self.view, self.side).copy())
        return transforms.eval_transform(pixels[None], self.view)

    @property
    def size(self) -> int:
        """The side of what it sees, in pixels."""
        return self.view.size


def open_network(run: Run) -> Network:
    """The network of a run, kept open for the next question.

    Raises:
        ExplainError: the run keeps no network that fits.
    """
    with LOCK:
        name = str(run.folder)
        if name not in _open:
            while len(_open) >= KEPT:
                _open.pop(next(iter(_open)))
            _open[name] = _load(run)
        return _open[name]


def activations(run: Run, image: Image.Image) -> np.ndarray:
    """(D, h, w) float32: the last map; its mean over places is the features, but for a last norm.

    Raises:
        ExplainError: this network has no such map.
    """
    network = open_network(run)
    if network.pooled is None or not network.is_features:
        raise ExplainError(f"The network of run {run.name} has no map for each of its channels.")
    with LOCK, torch.no_grad():
        maps, _ = _watched(network.model.backbone, network.pooled, network.input(image))
        return maps[0].numpy()


def channel_map(run: Run, image: Image.Image, channel: int) -> np.ndarray:
    """(size, size) in 0..1: where in an image a channel of the features responds.

    Raises:
        ExplainError: there is no such channel; and as `open_network`.
    """
    network = open_network(run)
    n = network.model.head.in_features
    if not 0 <= channel < n:
        raise ExplainError(f"There is no channel {channel}: run {run.name} has {n}.")
    if network.is_features:
        return _upsampled(torch.from_numpy(activations(run, image)[channel]), network.size)
    return _attributed(network, network.model.backbone, image, channel)


def direction_map(run: Run, image: Image.Image, direction: np.ndarray, least: float) -> np.ndarray:
    """(size, size) in 0..1: where in an image the features lie along a direction (D,).

    A place counts by how far its own features times the direction exceed `least`, such as that of
    images that lack what the direction means.

    Raises:
        ExplainError: as `open_network`.
    """
    network = open_network(run)
    if network.is_features:
        along = np.tensordot(direction, activations(run, image), axes=1) - least
        return _upsampled(torch.from_numpy(along.astype(np.float32)), network.size)
    scored = nn.Linear(len(direction), 1, bias=False).requires_grad_(False)
    scored.weight.copy_(torch.from_numpy(direction)[None])
    return _attributed(network, nn.Sequential(network.model.backbone, scored), image, 0)


def grad_cam(run: Run, image: Image.Image, pred: int) -> np.ndarray:
    """(size, size) in 0..1: what in an image speaks for a class (Selvaraju et al., 2017).

    Raises:
        ExplainError: there is no such class; and as `open_network`.
    """
    network = open_network(run)
    if not 0 <= pred < len(run.classes):
        raise ExplainError(f"There is no class {pred}: run {run.name} has {len(run.classes)}.")
    if network.pooled is None:
        return _attributed(network, network.model, image, pred)
    with LOCK:
        found = weighted_maps(network.model, network.pooled, network.input(image), pred)
    return _upsampled(found, network.size)


def _attributed(network: Network, module: nn.Module, image: Image.Image, output: int) -> np.ndarray:
    """Input times gradient of one output: what speaks for it, a sum for each square of a grid."""
    with LOCK:
        found = input_times_gradient(module, network.input(image), output).sum(dim=0)
    squares = functional.adaptive_avg_pool2d(found[None, None], GRID)
    return _upsampled(squares[0, 0], network.size)


def weighted_maps(
    model: nn.Module, module: nn.Module, shown: torch.Tensor, output: int
) -> torch.Tensor:
    """(h, w): Grad-CAM before what is below 0 is left out.

    The sum over channels k of a_k A_k, where A is what the module answers, and a_k the mean over
    places of the gradient of the output (a logit, a feature) with respect to A_k.
    """
    maps, answer = _watched(model, module, shown.detach().requires_grad_())
    (slope,) = torch.autograd.grad(answer[0, output], maps)
    return (slope.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1)[0].detach()


def input_times_gradient(module: nn.Module, shown: torch.Tensor, output: int) -> torch.Tensor:
    """(3, S, S): each value of the picture times the gradient of the output with respect to it."""
    shown = shown.detach().requires_grad_()
    (slope,) = torch.autograd.grad(module(shown)[0, output], shown)
    return (shown * slope)[0].detach()


def _upsampled(values: torch.Tensor, size: int) -> np.ndarray:
    """(h, w) -> (size, size): what is below 0 left out, the largest place 1."""
    values = values.float().clamp(min=0)
    values = values / values.max().clamp(min=1e-12)
    return functional.interpolate(
        values[None, None], size=(size, size), mode="bilinear", align_corners=False
    )[0, 0].numpy()


def _load(run: Run) -> Network:
    try:
        model, view = open_classifier(run), view_of(run)
    except ModelError as error:
        raise ExplainError(
            f"Run {run.name} keeps no network that can be opened, so where it looked cannot "
            f"be shown: {error}"
        ) from None
    if not getattr(model.backbone, "differentiable", True):
        raise ExplainError(
            f"The network of run {run.name} is an ONNX graph, which gives no gradients: where it "
            "looked cannot be shown."
        )
    pooled, grid = _pooled(model, view.size)
    channels = 0 if pooled is None else grid[0]
    is_features = channels == model.head.in_features
    return Network(model, view, stored_side(run), pooled, grid[1:], is_features)


def _pooled(model: Classifier, size: int) -> tuple[nn.Module | None, tuple[int, int, int]]:
    """The last module with a map, and its shape, where every place counts alike from there on."""
    found: list[tuple[nn.Module, torch.Tensor]] = []

    def keep(module: nn.Module, _: object, output: object) -> None:
        if isinstance(output, torch.Tensor) and output.ndim == 4 and output[0, 0].numel() > 1:
            found[:] = [(module, output)]

    hooks = [part.register_forward_hook(keep) for part in model.backbone.modules()]
    noise = torch.Generator().manual_seed(0)
    features = model.backbone(torch.randn(1, 3, size, size, generator=noise).requires_grad_())
    for hook in hooks:
        hook.remove()
    if not found:
        return None, (0, GRID, GRID)
    [(module, maps)] = found
    weight = torch.randn(features.shape, generator=noise)
    (slope,) = torch.autograd.grad((features * weight).sum(), maps)
    uneven = (slope - slope.mean(dim=(2, 3), keepdim=True)).abs().max()
    if uneven > 1e-4 * slope.abs().max():
        return None, (0, GRID, GRID)
    _, channels, height, width = maps.shape
    return module, (channels, height, width)


def _watched(
    model: nn.Module, module: nn.Module, shown: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """What a module inside the model answers, and what the model makes of it."""
    seen: list[torch.Tensor] = []

    def keep(_module: nn.Module, _input: object, output: torch.Tensor) -> torch.Tensor:
        seen.append(output)
        return output.clone()  # what comes next may change it in place

    hook = module.register_forward_hook(keep)
    try:
        answer = model(shown)
    finally:
        hook.remove()
    return seen[-1], answer
