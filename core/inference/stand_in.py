"""Features by another network, where the one that predicted gives none: a stand-in, and named."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from core.datasets import ProgressCallback, Split
from core.errors import DatasetError, ModelError
from core.inference import decoding, extraction
from core.models import device, preprocessing
from core.models.classifier import build_model

SAID = "MODEL or MODEL=WEIGHTS"
SEED = 0  # of what its weights leave open


def told(by: str) -> str:
    """What a reader of the run must know."""
    return (
        f"Its features are by {by.partition('=')[0]}, not by the network that predicted: "
        "neighbours, duplicates, the map and concepts say what looks alike to that one."
    )


def parted(by: str) -> tuple[str, str]:
    """The network's name, and its weights: the published ones where none are named.

    Raises:
        ModelError: one of the two is empty.
    """
    name, equals, weights = by.partition("=")
    if not name or (equals and not weights):
        raise ModelError(f"{by!r} names no stand-in: say {SAID}, as resnet18.")
    return name, os.path.expanduser(weights) if equals else "default"


def features(
    by: str,
    splits: Mapping[str, Split],
    *,
    workers: int = 2,
    on: str = "auto",
    progress: ProgressCallback | None = None,
) -> tuple[np.ndarray, list[str]]:
    """What a published network sees in every image that can be read, one split after another.

    Each image is shown to it as it was published with; its head is not used. Gives (N, D) float16,
    and a line for each image that cannot be read.

    Args:
        by: the network, as MODEL or MODEL=WEIGHTS.
        progress: told of the images as they are read, then as they are shown to it.

    Raises:
        ModelError: there is no such network, or its weights cannot be had.
        DatasetError: no image can be read.
    """
    name, weights = parted(by)
    where = device.choose(on)
    view = preprocessing.of_network(name, weights)
    network = build_model(name, weights, 2, SEED, view.size)
    device.move(network, where)
    seen = decoding.as_surveyed(splits)
    found = decoding.decode_splits(
        seen, view, view.size, workers, progress, room=device.room(where)
    )
    if not len(found.images):
        raise DatasetError(f"No image can be read for {name} to see: {found.unreadable[0]}")
    values = extraction.extract(network.backbone, found.values, view, where, progress=progress)
    return values, found.unreadable
