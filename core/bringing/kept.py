"""What a run keeps of a network that was brought: weights, and what builds it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from core.bringing import modules, pictures
from core.bringing.modules import Answers, Head
from core.bringing.pictures import Pictures
from core.models import preprocessing, trained, transforms
from core.models.preprocessing import Preprocessing

EQUAL = 1e-2  # by what part the features of the network built again may differ
COMPARED = 8  # images


@dataclass(frozen=True)
class Kept:
    """Every parameter by its name, the network's name, and what it is shown where that is known."""

    weights: dict[str, np.ndarray]
    model: str
    view: Preprocessing | None = None

    def extra(self) -> dict[str, Any]:
        """What run.json says of it."""
        if self.view is None:
            return {}
        return {"preprocessing": self.view.to_dict(), "read": {"side": self.view.size}}


def weights_of(model: nn.Module, head: Head | None) -> Kept:
    """A network that nobody can build again: its weights, and its head apart."""
    found = {f"network.{name}": value for name, value in model.state_dict().items()}
    if head:
        weight, bias = head_of(head)
        found |= {"head.weight": torch.from_numpy(weight), "head.bias": torch.from_numpy(bias)}
    return Kept(_arrays(found), type(model).__name__)


def built_again(
    model: nn.Module, arch: str, head: Head, answers: Answers, images: Pictures
) -> Kept | None:
    """A network that its name builds, once it says the same of the images as Fencepost reads them.

    Raises:
        ModelError: there is no network of this name, or the weights are of another one.
    """
    opened = trained.of_state(arch, model.state_dict(), head.name)
    view = preprocessing.of_network(arch).sized(answers.seen.shape[-1])
    paths = list(images.paths["test"])[:COMPARED]
    some = np.stack([pictures.shown(images.root / path, view) for path in paths])
    with modules.as_it_predicts(opened):
        found = opened.backbone(transforms.eval_transform(torch.from_numpy(some), view)).numpy()
    assert answers.features is not None  # there is a head
    theirs = answers.features[: len(some)]
    differ = np.linalg.norm(found - theirs) if found.shape == theirs.shape else np.inf
    same = differ <= EQUAL * np.linalg.norm(theirs)
    return Kept(_arrays(opened.state_dict()), arch, view) if same else None


def head_of(head: Head) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias, float32; a bias of zeros where it has none."""
    weight = head.layer.weight.detach().float().cpu().numpy()
    bias = head.layer.bias
    zeros = np.zeros(len(weight), dtype=np.float32)
    return weight, zeros if bias is None else bias.detach().float().cpu().numpy()


def _arrays(state: Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
    found = {name: value.detach().cpu() for name, value in state.items()}
    return {
        name: (value.float() if value.dtype == torch.bfloat16 else value).numpy()
        for name, value in found.items()
    }
