"""The train and the eval transform side by side: uint8 images in, what the network sees out.

The train transform is the notebook's (pad 4 of 96, random crop, resize, rotation up to 5 degrees,
horizontal flip, ImageNet normalisation) as one affine warp of a batch on the device.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
PAD = 4 / 96  # of the side
DEGREES = 5.0
# Raise it with every change of what the network is shown, from the file on
# (core.datasets.picture.square, eval_transform): cached features were made of what it was shown
# before.
EVAL_VERSION = 1


def train_transform(images: torch.Tensor, size: int, generator: torch.Generator) -> torch.Tensor:
    """(B, 3, S, S) uint8 -> (B, 3, size, size) float, each image warped by its own draw."""
    shift, angle, flip = draw(len(images), images.shape[-1], generator)
    return normalise(warp(images, size, shift, angle, flip))


def eval_transform(images: torch.Tensor, size: int) -> torch.Tensor:
    """(B, 3, S, S) uint8 -> (B, 3, size, size) float, resized and nothing else."""
    pixels = images.float()
    if images.shape[-1] != size:
        pixels = functional.interpolate(
            pixels, size=(size, size), mode="bilinear", antialias=images.shape[-1] > size
        )
    return normalise(pixels)


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
    images: torch.Tensor, size: int, shift: torch.Tensor, angle: torch.Tensor, flip: torch.Tensor
) -> torch.Tensor:
    """Crop, resize, rotate, flip in one bilinear look-up; what lies outside the crop is black.

    Args:
        images: (B, 3, S, S) uint8 or float, 0..255.
        shift: (B, 2) where the crop starts, in pixels right and down of the image's corner.
        angle: (B,) degrees, anticlockwise as torchvision turns.
        flip: (B,) -1 mirrors left and right, +1 does not.

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
        images.float(), in_crop + offset, mode="bilinear", padding_mode="zeros", align_corners=False
    )
    return pixels.mul_((in_crop.abs().amax(dim=-1) <= 1).unsqueeze(1))


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """0..255 -> ImageNet's zero mean and unit deviation, a channel."""
    mean, std = torch.tensor([IMAGENET_MEAN, IMAGENET_STD]).view(2, 1, 3, 1, 1) * 255
    # Without waiting: a step must not stop until the GPU has done the one before.
    mean, std = (each.to(pixels.device, non_blocking=True) for each in (mean, std))
    return (pixels - mean).div_(std)
