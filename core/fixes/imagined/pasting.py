"""What of an image stands out from its surroundings, and its paste over other images; knows torch.

A fence is finer than most of what is around it, and opaque: detail that is only added to another
image would mix with what it should hide.
"""

from __future__ import annotations

import torch
from torch.nn import functional

FINE = 3 / 64  # of the side: detail is narrower than this
AROUND = 13 / 3  # times as wide: the window whose detail is what is usual there
CLEAR = 0.6  # times the usual detail: from here on a place begins to stand out
GRAIN = 3.0  # grey levels of detail that are nothing but grain


def standing_out(images: torch.Tensor, width: float = FINE) -> torch.Tensor:
    """(N, 3, S, S) in 0..255 -> (N, 1, S, S) in 0..1: how clearly each place stands out.

    The detail of a place is what an opening or a closing would take away: lines and dots lighter
    or darker than both their sides. Measured by the detail around it, the fur of a cat, which is
    full of it, stands out less than the wire before it.
    """
    side = images.shape[-1]
    fine, around = _odd(width * side), _odd(width * AROUND * side)
    lighter = images - _widest(-_widest(-images, fine), fine)
    darker = -_widest(-_widest(images, fine), fine) - images
    detail = torch.maximum(lighter, darker).mean(dim=1, keepdim=True)
    usual = functional.avg_pool2d(
        detail, around, stride=1, padding=around // 2, count_include_pad=False
    )
    return (detail / (usual + GRAIN) - CLEAR).clamp(0, 1)


def pasted(
    own: torch.Tensor, other: torch.Tensor, where: torch.Tensor, light: torch.Tensor
) -> torch.Tensor:
    """(N, 3, S, S) uint8: images with others over them where (N, 1, S, S), light (N,) times."""
    lit = (other * light[:, None, None, None]).clamp(0, 255)
    return torch.lerp(own, lit, where).to(torch.uint8)


def _widest(images: torch.Tensor, width: int) -> torch.Tensor:
    """The greatest value of each window."""
    return functional.max_pool2d(images, width, stride=1, padding=width // 2)


def _odd(pixels: float) -> int:
    """The odd number nearest to it, at least 3."""
    return max(3, 2 * round((pixels - 1) / 2) + 1)
