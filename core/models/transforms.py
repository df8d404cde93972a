"""The train and the eval transform side by side: uint8 images in, what the network sees out.

The train transform is the notebook's (pad 4 of 96, random crop, resize, rotation up to 5 degrees,
horizontal flip) as one affine warp of a batch on the device, of what the eval transform shows.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from core.models.preprocessing import Preprocessing

PAD = 4 / 96  # of the side
DEGREES = 5.0
# Raise it with every change of what the network is shown, from the file on
# (core.datasets.picture, eval_transform): cached features were made of what it was shown before.
EVAL_VERSION = 2


def train_transform(
    images: torch.Tensor, view: Preprocessing, generator: torch.Generator
) -> torch.Tensor:
    """(B, 3, S, S) uint8 -> (B, 3, size, size) float, each image warped by its own draw."""
    shift, angle, flip = draw(len(images), images.shape[-1], generator)
    part = view.size / view.resize if images.shape[-1] != view.size else 1.0
    return normalise(warp(images, view.size, shift, angle, flip, part), view)


def eval_transform(images: torch.Tensor, view: Preprocessing) -> torch.Tensor:
    """(B, 3, S, S) uint8 -> (B, 3, size, size) float: what the network is shown of each.

    Images of side `size` were cut when they were read; others are squares, resized and cut here.
    """
    pixels = images.float()
    if images.shape[-1] != view.size:
        pixels = _resized(pixels, view)
    return normalise(pixels, view)


def _resized(pixels: torch.Tensor, view: Preprocessing) -> torch.Tensor:
    side, cubic = view.resize, view.interpolation == "bicubic"
    found = functional.interpolate(
        pixels,
        size=(side, side),
        mode="bicubic" if cubic else "bilinear",
        antialias=cubic or pixels.shape[-1] > side,  # Pillow's cubic is the one with antialias
    )
    if cubic:
        found = found.clamp_(0, 255)
    first = round((side - view.size) / 2)
    return found[..., first : first + view.size, first : first + view.size]


def draw(
    n: int, side: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Per image: crop offset (n, 2) in whole pixels as (x, y), angle in degrees, flip as +-1."""
    pad = round(PAD * side)
    shift = torch.randint(-pad, pad + 1, (n, 2), generator=generator).float()
    angle = (2 * torch.rand(n, generator=generator) - 1) * DEGREES
    flip = torch.randint(0, 2, (n,), generator=generator) * 2.0 - 1
    return shift, angle, flip


def warp(
    images: torch.Tensor,
    size: int,
    shift: torch.Tensor,
    angle: torch.Tensor,
    flip: torch.Tensor,
    part: float = 1.0,
) -> torch.Tensor:
    """Crop, resize, rotate, flip in one bilinear look-up; what lies outside the crop is black.

    Args:
        images: (B, 3, S, S) uint8 or float, 0..255.
        shift: (B, 2) where the crop starts, in pixels right and down of the image's corner.
        angle: (B,) degrees, anticlockwise as torchvision turns.
        flip: (B,) -1 mirrors left and right, +1 does not.
        part: of the side, in the centre, that is shown.

    Returns:
        (B, 3, size, size) float, 0..255.
    """
    n, _, side, _ = images.shape
    radians = angle * math.pi / 180
    cos, sin = radians.cos(), radians.sin()
    # From an output place back to the crop: unflip, then unrotate.
    rotation = torch.stack([cos * flip, -sin, sin * flip, cos], dim=1).view(n, 2, 2)
    theta = torch.cat([rotation, torch.zeros(n, 2, 1)], dim=2).to(images.device, non_blocking=True)
    in_crop = functional.affine_grid(theta, [n, 3, size, size], align_corners=False)
    offset = (shift * 2 / side).to(images.device, non_blocking=True).view(n, 1, 1, 2)
    pixels = functional.grid_sample(
        images.float(),
        (in_crop if part == 1 else in_crop * part) + offset,
        mode="bilinear",
        padding_mode="zeros",
        align_corners=False,
    )
    return pixels.mul_((in_crop.abs().amax(dim=-1) <= 1).unsqueeze(1))


def normalise(pixels: torch.Tensor, view: Preprocessing) -> torch.Tensor:
    """0..255 -> the network's zero mean and unit deviation, a channel."""
    mean, std = torch.tensor([view.mean, view.std]).view(2, 1, 3, 1, 1) * 255
    # Without waiting: a step must not stop until the GPU has done the one before.
    mean, std = (each.to(pixels.device, non_blocking=True) for each in (mean, std))
    return (pixels - mean).div_(std)
