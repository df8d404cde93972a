"""Whether a network is shown what it was trained on: some images in other colours tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from core.inference import extraction, scoring
from core.inference.batches import Streamed, pieces
from core.models.classifier import Classifier
from core.models.preprocessing import IMAGENET_MEAN, IMAGENET_STD, Preprocessing

SAMPLE = 96  # images
WELL = 0.95  # right, with which nothing is tried
GAIN = 0.15  # of the images, by which another way must be better
ZERO, HALF, ONE = (0.0,) * 3, (0.5,) * 3, (1.0,) * 3
SCALES = {
    "ImageNet's": (IMAGENET_MEAN, IMAGENET_STD),
    "0..1": (ZERO, ONE),
    "-1..1": (HALF, HALF),
    "0..255": (ZERO, (1 / 255,) * 3),
}


def told(
    model: Classifier,
    values: np.ndarray | Streamed,
    labels: np.ndarray,
    features: np.ndarray,
    view: Preprocessing,
    where: torch.device,
) -> str:
    """How the network would do better on a sample of these images, in a sentence, or "".

    Args:
        values, labels, features: of the same n images, as they were decoded, named and predicted.
    """
    rows = np.unique(np.linspace(0, len(labels) - 1, SAMPLE).astype(int))
    labels = labels[rows]
    before = _right(model, features[rows], labels)
    if before > WELL * len(rows):
        return ""
    images = _some(values, rows, where)

    def right(shown: np.ndarray, view: Preprocessing) -> int:
        found = extraction.extract(model.backbone, shown, view, where, exact=True)
        return _right(model, found, labels)

    others = {name: pair for name, pair in SCALES.items() if pair != (view.mean, view.std)}
    scores = {
        name: right(images, replace(view, mean=mean, std=std))
        for name, (mean, std) in others.items()
    }
    scores["bgr"] = right(np.ascontiguousarray(images[:, ::-1]), view)
    best = max(scores, key=lambda name: scores[name])
    if scores[best] - before <= GAIN * len(rows):
        return ""
    return _words(best, scores[best], before, len(rows))


def _words(best: str, after: int, before: int, n: int) -> str:
    counts = f"{after} of {n} images are right, not {before}"
    if best == "bgr":
        return (
            f"With red and blue swapped {counts}: it seems to have been trained on BGR. Reverse "
            "the input channels of its first layer (weight[:, [2, 1, 0]]), then predict again."
        )
    mean, std = (",".join(f"{value:.6g}" for value in values) for values in SCALES[best])
    return (
        f"Normalised otherwise ({best}) {counts}: say --mean {mean} --std {std}, if it was trained "
        "so."
    )


def _right(model: Classifier, features: np.ndarray, labels: np.ndarray) -> int:
    weight, bias = (p.detach().float().cpu().numpy() for p in model.head.parameters())
    return int((scoring.logits(features, weight, bias).argmax(axis=1) == labels).sum())


def _some(values: np.ndarray | Streamed, rows: np.ndarray, where: torch.device) -> np.ndarray:
    if not isinstance(values, Streamed):
        return values[rows]
    some = values.select(rows)
    read = some.read(pieces(len(some), extraction.BATCH), where)
    return np.concatenate([batch.cpu().numpy() for batch in read])
