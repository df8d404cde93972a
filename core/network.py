"""The network of a run, as it was saved: for whoever must look at an image anew."""

from __future__ import annotations

from functools import lru_cache

import torch
from safetensors.torch import load_file

from core.errors import ModelError
from core.model import Classifier, build_model
from core.runs import Run


def open_network(run: Run) -> Classifier:
    """A run's network in eval mode on the CPU; the few used last are kept.

    Raises:
        ModelError: its weights are gone, damaged or of another network; says what to do.
    """
    return _opened(str(run.folder), str(run.config.get("model", "")), len(run.classes))


@lru_cache(maxsize=2)
def _opened(folder: str, name: str, n_classes: int) -> Classifier:
    network = build_model(name, "none", n_classes, seed=0)
    try:
        network.load_state_dict(load_file(f"{folder}/model.safetensors"))
    except Exception as error:  # safetensors and torch raise nearly anything on other bytes
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"The network {name} of this run cannot be read ({reason}): train it again."
        ) from None
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
