"""Predict once: the features of every image. The last torch module."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core import augment, device
from core.datasets import Progress

BATCH = 64


@torch.no_grad()
def extract(
    backbone: nn.Module,
    images: np.ndarray,
    size: int,
    where: torch.device,
    *,
    out: np.ndarray | None = None,
    start: int = 0,
    progress: Progress | None = None,
    on_rows: Callable[[int], None] = lambda _: None,
) -> np.ndarray:
    """(N, 3, S, S) uint8 -> (N, D) float16 features in eval mode.

    Args:
        out: where to write them, with the rows before `start` already filled; made if not given.
        on_rows: told after each batch how many rows are done.
    """
    backbone.eval()
    for begin in range(start, len(images), BATCH):
        batch = torch.from_numpy(images[begin : begin + BATCH]).to(where)
        with device.autocast(where):
            found = backbone(_inputs(batch, size))[: len(batch)]
        if out is None:
            out = np.empty((len(images), found.shape[1]), dtype=np.float16)
        out[begin : begin + len(batch)] = found.float().cpu().numpy()
        on_rows(begin + len(batch))
        if progress:
            progress(begin + len(batch), len(images))
    assert out is not None
    return out


def _inputs(batch: torch.Tensor, size: int) -> torch.Tensor:
    """What the network sees, filled up to a whole batch.

    A kernel chosen for another batch size may round otherwise: so an image has the same features
    wherever it stands, and whichever process it falls to.
    """
    inputs = augment.eval_transform(batch, size)
    missing = BATCH - len(inputs)
    return device.channels_last(functional.pad(inputs, (0, 0) * 3 + (0, missing)))
