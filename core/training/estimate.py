"""How long a training may take, roughly, before it has begun; by arithmetic, without torch."""

from __future__ import annotations

import os
import sys
import time
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.datasets.examination import Examination
from core.training.config import TrainConfig

# Billions of multiplications an image of 224 pixels, as torchvision's documentation has them.
GMACS = {
    "resnet18": 1.81, "resnet34": 3.66, "resnet50": 4.09, "resnet101": 7.8, "resnet152": 11.51,
    "convnext_tiny": 4.46, "convnext_small": 8.68, "convnext_base": 15.36,
    "efficientnet_b0": 0.39, "efficientnet_v2_s": 8.37, "mobilenet_v2": 0.3,
    "mobilenet_v3_small": 0.06, "mobilenet_v3_large": 0.22, "vit_b_16": 17.56, "vit_b_32": 4.41,
    "swin_t": 4.49, "densenet121": 2.83, "vgg16": 15.47, "small": 0.53,
}  # fmt: skip
GPU = 3e13  # operations a second that training reaches on one; eight reach 2,500 images/s each
APPLE = 2e12
REACHED = 0.5  # of what a multiplication of matrices reaches, by a network on a CPU
FIT = 5.0  # seconds to fit a head, and to load the network


def seconds(found: Examination, config: TrainConfig) -> float | None:
    """Of a whole training; None where the network's work is not known."""
    if config.model not in GMACS:
        return None
    n_train, n_test = (len(found.dataset.split(name)) for name in ("train", "test"))
    side = config.size or 224
    forward = 2e9 * GMACS[config.model] * (side / 224) ** 2 / speed(config.device)
    decoding = (n_train + n_test) * found.seconds / max(1, min(config.workers, os.cpu_count() or 1))
    if config.mode == "head":
        return FIT + decoding + (n_train + n_test) * forward
    # A step goes forward once and backward at twice the price; in the end all are predicted.
    return FIT + decoding + (3 * config.epochs * n_train + n_train + n_test) * forward


@lru_cache(maxsize=8)
def speed(device: str) -> float:
    """Operations a second of a network here."""
    if device in ("auto", "cuda") and Path("/dev/nvidia0").exists():
        return GPU
    if device in ("auto", "mps") and sys.platform == "darwin" and os.uname().machine == "arm64":
        return APPLE
    side, best = 768, np.inf
    values = np.ones((side, side), dtype=np.float32)
    for _ in range(8):
        began = time.perf_counter()
        values @ values
        best = min(best, time.perf_counter() - began)
    return REACHED * 2 * side**3 / best
