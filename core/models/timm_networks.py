"""timm's networks by name, without their head, where timm is installed."""

from __future__ import annotations

import pickle
from contextlib import suppress
from functools import partial
from typing import Any, cast

import torch
from torch import nn

from core.errors import ModelError, first_line
from core.models import preprocessing
from core.models.matching import State
from core.models.preprocessing import WrongSize
from core.models.weights import load_backbone, tensors_only


def build(name: str, weights: str, size: int) -> tuple[nn.Module, int, str]:
    """The network, how many features it gives, and what is to be said of its weights.

    Raises:
        ModelError: timm or the network is not there, or its weights cannot be had or do not fit.
    """
    try:
        import timm
    except ImportError:
        raise ModelError("timm/<name> needs timm: pip install timm.") from None
    own = name.removeprefix("timm/")
    if not timm.is_model(own):
        raise ModelError(f"timm has no model {own!r}: see timm.list_models().")
    network = _made(own, weights == "default", size)
    n_features = _width(network, name, size or preprocessing.of_network(name).size)
    if weights in ("default", "none"):
        return network, n_features, ""
    note = load_backbone(network, weights, name, adapted=partial(_for_network, network, own))
    return network, n_features, note


def _made(name: str, pretrained: bool, size: int) -> nn.Module:
    """The network, for this size where it is built for one."""
    import timm

    options: dict[str, Any] = {"pretrained": pretrained, "num_classes": 0}
    own = preprocessing.of_network(f"timm/{name}").size
    try:
        with tensors_only():
            if size not in (0, own):
                with suppress(TypeError):  # of one that takes any size, and none to be built for
                    return timm.create_model(name, **options, img_size=size)
            return timm.create_model(name, **options)
    except (AssertionError, ValueError) as error:
        raise WrongSize(first_line(error)) from None
    except (OSError, RuntimeError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"The weights of timm/{name} cannot be loaded ({first_line(error)}): give a file with "
            "--weights PATH."
        ) from None


@torch.no_grad()
def _width(network: nn.Module, name: str, size: int) -> int:
    """How many features it gives: not num_features, where more layers follow the pooling."""
    network.eval()
    try:
        found = network(torch.zeros(1, 3, size, size))
    except (AssertionError, RuntimeError, ValueError):  # of the size: check_side says so
        return int(getattr(network, "head_hidden_size", None) or cast(int, network.num_features))
    finally:
        network.train()
    if found.ndim != 2:
        raise ModelError(f"{name} gives no vector of features: choose another network.")
    return found.shape[1]


def _for_network(network: nn.Module, name: str, state: State) -> State:
    """Weights as timm renames and interpolates those of the same network in other versions."""
    import sys

    from timm.models import model_entrypoint

    module = sys.modules[model_entrypoint(name).__module__]
    renamed = getattr(module, "checkpoint_filter_fn", None)
    if renamed is None:
        return state
    try:
        return renamed(dict(state), network)
    except Exception:  # made for what its authors published, not for anybody's file
        return state
