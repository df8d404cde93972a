"""State dicts from files and from torchvision: read without pickle, matched name by name."""

from __future__ import annotations

import hashlib
import os
import pickle
import warnings
from argparse import Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torchvision import models

from core.errors import ModelError, first_line
from core.models import matching, pickles
from core.models.matching import State

AGAIN = "delete it, so that it is downloaded again, or put a whole one there."
FORCED, FORCED_NOT = "TORCH_FORCE_WEIGHTS_ONLY_LOAD", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"


def torchvision_weights(name: str) -> tuple[State, str]:
    """The best pretrained weights that torchvision offers, and the name of their file.

    Raises:
        ModelError: they are neither in the cache nor to be downloaded, or the cache holds something
            else under their name; says what to do.
    """
    file = _downloaded(models.get_model_weights(name)["DEFAULT"].url)
    return read_state(file, remedy=AGAIN), file.name


def _downloaded(url: str) -> Path:
    """The file in the cache of torch, not opened: torchvision would unpickle what it holds."""
    file = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[-1]
    if file.exists():
        return file
    digest = torch.hub.HASH_REGEX.search(file.name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(file), digest and digest[1], progress=False)
    except (OSError, RuntimeError) as error:  # the latter where its hash is not the one in its name
        reason = getattr(error, "reason", None) or first_line(error)
        raise ModelError(
            f"{file.name} cannot be downloaded ({reason}). Put that file into {file.parent}, or "
            "give a state dict of your own with --weights PATH."
        ) from None
    return file


@contextmanager
def tensors_only() -> Generator[None]:
    """Meanwhile torch.load reads nothing but tensors, whatever another library asks of it."""
    kept = {name: os.environ.pop(name, None) for name in (FORCED, FORCED_NOT)}
    os.environ[FORCED] = "1"
    try:
        yield
    finally:
        del os.environ[FORCED]
        os.environ.update({name: value for name, value in kept.items() if value is not None})


def load_backbone(
    backbone: nn.Module,
    weights: str | State,
    network: str,
    source: str = "",
    adapted: Callable[[State], State] = lambda state: state,
) -> str:
    """Fill the backbone; the head in the weights, trained for other classes, is left out.

    Args:
        adapted: what the network's own library makes of weights of another version or size.

    Returns:
        What of the names in the file had to be taken off for them to fit, in a sentence; else "".

    Raises:
        ModelError: a tensor is missing or has the wrong shape; names the first one.
    """
    source = source or str(weights)
    state, place = read_nested(Path(weights)) if isinstance(weights, str) else (weights, "")
    state, prefix = matching.matched(state, backbone, source)
    state = adapted(state)
    wanted = backbone.state_dict()
    for key, tensor in wanted.items():
        if key.endswith("num_batches_tracked"):
            continue
        if key not in state:
            raise ModelError(f"{source} has no {key!r}: is it for {network}?")
        if state[key].shape != tensor.shape:
            raise ModelError(
                f"{key!r} is {tuple(state[key].shape)} in {source} and {tuple(tensor.shape)} in "
                f"{network}: is it for another network?"
            )
    if len(extra := matching.parts_beside(state, wanted)) > 1:  # one is the head
        raise ModelError(
            f"{source} has {extra[0]!r} and {len(extra) - 1:,} more parts that {network} lacks: is "
            "it for another network?"
        )
    backbone.load_state_dict({k: state.get(k, v) for k, v in wanted.items()})
    known = prefix in ("", "backbone.") and place in ("", "state_dict.", "model.")
    return "" if known else f"The weights in {source} fit once {place}{prefix} is taken off."


def read_state(path: Path, remedy: str = "") -> dict[str, torch.Tensor]:
    """The tensors in a .safetensors or .pth file; nothing in it is executed.

    Args:
        remedy: what to do about a file that cannot be used, where it is not to give another one.

    Raises:
        ModelError: it is missing, damaged, or holds more than tensors.
    """
    return read_nested(path, remedy)[0]


def read_nested(path: Path, remedy: str = "") -> tuple[dict[str, torch.Tensor], str]:
    """The tensors in a file, and under what they lay there: `state_dict.`, or "".

    Raises:
        ModelError: as `read_state`.
    """
    if not os.path.isfile(path):  # Path.is_file raises where the name is too long to be one
        raise ModelError(f"There is no weights file {path}: check --weights.")
    if not os.access(path, os.R_OK):
        raise ModelError(f"{path} cannot be read: check its permissions.")
    try:
        if path.suffix == ".safetensors":
            return _tensors(load_file(path), path), ""
        pickles.refuse_programs(path, remedy)
        # An argparse.Namespace, which many trainings keep beside their weights, runs nothing.
        with warnings.catch_warnings(), torch.serialization.safe_globals([Namespace]):
            warnings.simplefilter("ignore")  # about the pickle's age; what counts is what is in it
            found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise ModelError(pickles.why_refused(path, remedy)) from None
    except ModelError:
        raise
    except Exception as error:  # torch.load and safetensors raise nearly anything on damaged bytes
        raise ModelError(f"{path} is damaged: {remedy or first_line(error)}") from None
    state, place = matching.unwrapped(found)
    return _tensors(state, path), place


def _tensors(state: object, path: Path) -> dict[str, torch.Tensor]:
    if not isinstance(state, dict) or not all(torch.is_tensor(v) for v in state.values()):
        raise ModelError(f"{path} is not a state dict: save model.state_dict() into it.")
    for key, value in state.items():
        if value.layout != torch.strided or value.is_quantized or value.is_meta:
            raise ModelError(
                f"{key!r} in {path} is sparse, quantized or without values: save it as plain "
                "numbers (to_dense(), dequantize())."
            )
    return {str(k): v for k, v in state.items()}


def digest(weights: str, network: str, seed: int) -> str:
    """What tells one set of starting weights from another, for the feature cache's key."""
    if weights == "none":
        return f"none-{seed}"
    if weights != "default":
        with Path(weights).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if network.startswith("timm/"):
        return "default"
    return str(models.get_model_weights(network)["DEFAULT"].url)
