"""The images of one split as training takes them: batch by batch, on the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

Batch = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Examples:
    """Images and labels of one split: (N, 3, S, S) uint8 and (N,) int64, on the device.

    Where several processes train, each has its own share of them.
    """

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self, pieces: Sequence[torch.Tensor]) -> Iterator[Batch]:
        """The images and labels of these row numbers, piece by piece."""
        for piece in pieces:
            rows = piece.to(self.labels.device)
            yield self.images[rows], self.labels[rows]


def pieces(rows: torch.Tensor, size: int) -> list[torch.Tensor]:
    """The row numbers in order, `size` at a time; the last piece may be shorter."""
    return list(rows.split(size)) if len(rows) else []
