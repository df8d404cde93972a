"""The network of a run, as it was saved: for whoever must look at an image anew."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from core import queries
from core.datasets import picture
from core.errors import DatasetError, ModelError, first_line
from core.inference import decoding
from core.models import huggingface_networks, onnx_networks
from core.models.classifier import Classifier, build_model
from core.runs import Run
from core.runs import images as run_images
from core.runs.images import view_of
from core.runs.run import ONNX_FILE

LOOKED_AT = 32  # images


def open_classifier(run: Run) -> Classifier:
    """A run's network in eval mode on the CPU; the few used last are kept.

    Raises:
        ModelError: its weights are gone, damaged or of another network; says what to do.
    """
    name = str(run.config.get("model", ""))
    return _opened(str(run.folder), name, len(run.classes), view_of(run).size)


def shown(run: Run, images: Iterable[Image.Image]) -> np.ndarray:
    """(n, 3, S, S) uint8: images cut as the run's own were, before `eval_transform`."""
    view, side = view_of(run), stored_side(run)
    return np.stack([picture.shown(image.convert("RGB"), view, side) for image in images])


def stored_side(run: Run) -> int:
    """The side in pixels that the run's images were reduced to before the network enlarged them.

    A run that does not say kept the median of some images, which is asked of some of the run: a
    folder of a million files takes long to list.
    """
    size, sides = view_of(run).size, []
    kept = run_images.read_of(run).get("side")
    if isinstance(kept, int) and 0 < kept <= size:
        return kept
    [n] = queries.ask(run, "SELECT count(*) n FROM run")["n"]
    some = queries.rows(run, np.linspace(0, n - 1, min(LOOKED_AT, n)).astype(int).tolist())
    try:
        images = run_images.open_images(run)
    except DatasetError:
        return size
    for split, index in zip(some["split"], some["index"].tolist(), strict=True):
        with suppress(DatasetError, OSError):
            sides.append(min(images.image(split, index).size))
    return decoding.typical_side(sides, size)


def _built(folder: str, name: str, n_classes: int, size: int) -> Classifier:
    """The network without its weights; one that came as a program lies in the run itself."""
    if name == onnx_networks.NAME:
        return onnx_networks.open_onnx(f"{folder}/{ONNX_FILE}", size)
    if name == huggingface_networks.NAME:
        return huggingface_networks.open_folder(Path(folder) / "network", weights=False)
    return build_model(name, "none", n_classes, seed=0, size=size)


@lru_cache(maxsize=2)
def _opened(folder: str, name: str, n_classes: int, size: int) -> Classifier:
    try:
        network = _built(folder, name, n_classes, size)
        network.load_state_dict(load_file(f"{folder}/model.safetensors"))
    except ModelError:
        raise
    except Exception as error:  # safetensors and torch raise nearly anything on other bytes
        raise ModelError(
            f"The network {name} of this run cannot be read ({first_line(error)}): train it again."
        ) from None
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
