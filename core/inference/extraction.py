"""Predict once: the features of every image. The last torch module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.datasets import ProgressCallback
from core.inference.batches import Streamed, pieces
from core.models import device, transforms
from core.models.preprocessing import Preprocessing

BATCH = 64


@torch.no_grad()
def extract(
    backbone: nn.Module,
    images: np.ndarray | Streamed,
    view: Preprocessing,
    where: torch.device,
    *,
    out: np.ndarray | None = None,
    start: int = 0,
    progress: ProgressCallback | None = None,
    on_rows: Callable[[int], None] = lambda _: None,
    exact: bool = False,
) -> np.ndarray:
    """(N, 3, S, S) uint8 -> (N, D) float16 features in eval mode.

    Args:
        view: what the network is shown of each.
        out: where to write them, with the rows before `start` already filled; made if not given.
        on_rows: told after each batch how many rows are done.
        exact: compute in float32, and give that, whatever is faster here.
    """
    backbone.eval()
    done = start
    for found in _one_late(_computed(backbone, images, view, where, start, exact)):
        if out is None:
            kind = np.float32 if exact else np.float16
            out = np.empty((len(images), found.shape[1]), dtype=kind)
        with np.errstate(over="ignore"):  # of a training that diverged, which is said at its end
            out[done : done + len(found)] = found.float().cpu().numpy()
        done += len(found)
        on_rows(done)
        if progress:
            progress(done, len(images))
    assert out is not None
    return out


def _computed(
    backbone: nn.Module,
    images: np.ndarray | Streamed,
    view: Preprocessing,
    where: torch.device,
    start: int,
    exact: bool,
) -> Iterator[torch.Tensor]:
    for batch in _batches(images, start, where):
        with nullcontext() if exact else device.autocast(where):
            yield backbone(_inputs(batch, view))[: len(batch)]


def _one_late(results: Iterator[torch.Tensor]) -> Iterator[torch.Tensor]:
    """Each result once the next is under way: a GPU computes while the last one is fetched."""
    last: torch.Tensor | None = None
    for result in results:
        if last is not None:
            yield last
        last = result
    if last is not None:
        yield last


def _batches(
    images: np.ndarray | Streamed, start: int, where: torch.device
) -> Iterator[torch.Tensor]:
    parts = pieces(len(images), BATCH, start)
    if isinstance(images, Streamed):
        yield from images.read(parts, where)
        return
    for part in parts:
        yield torch.from_numpy(images[part[0] : part[-1] + 1]).to(where, non_blocking=True)


def _inputs(batch: torch.Tensor, view: Preprocessing) -> torch.Tensor:
    """What the network sees, filled up to a whole batch.

    A kernel chosen for another batch size may round otherwise: so an image has the same features
    wherever it stands, and whichever process it falls to.
    """
    inputs = transforms.eval_transform(batch, view)
    missing = BATCH - len(inputs)
    return device.channels_last(functional.pad(inputs, (0, 0) * 3 + (0, missing)))
