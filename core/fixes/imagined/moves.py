"""What a cue does to pixels, told from images of one class with it and without it; knows torch.

A cue is one of several kinds, and each kind has a move of its own: what stands out of the images
around it or has a colour or a place that they alone have is pasted; a cast, a blur or a
compression is done to the image itself. Which of them it is, is found out afterwards, see
`evidence`. Images are (N, 3, S, S) float in 0..255.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from core.fixes.imagined.pasting import FINE, pasted, standing_out

Masks = Callable[[torch.Tensor], torch.Tensor]  # (N, 3, S, S) -> (N, 1, S, S) in 0..1
Change = Callable[[torch.Tensor], torch.Tensor]  # (N, 3, S, S) -> the same
BINS = 8  # of each colour, in which colours are counted
USUAL = 1 / 500  # of all pixels: a colour is not called rare for less
TELLING = 2.0  # log odds of a colour at which a pixel is surely of the cue
UNLIKELY = 4.0  # standard errors by which a place must differ before it begins to count
SOFTEST = 0.02  # of an amplitude that is left
QUALITIES = (8, 20)


@dataclass(frozen=True)
class Move:
    """Pasted from donors where `masks` says, or a `change` of the image itself.

    `varied`: what is pasted may be lighter or darker than it was.
    """

    name: str
    masks: Masks | None = None
    change: Change | None = None
    varied: bool = False


def moves(shown: torch.Tensor, without: torch.Tensor) -> list[Move]:
    """All kinds, each as images of a class with the cue and without it tell.

    In the order in which they are believed where they are about as like: fine detail, which fits
    tones that no donor has, then what is done to the image itself, then what covers much of it.
    """
    return [
        Move("fine", masks=_wide(FINE), varied=True),
        Move("tone", change=tone(shown, without)),
        Move("sharpness", change=sharpness(shown, without)),
        Move("colour", masks=colour(shown, without)),
        Move("place", masks=place(shown, without)),
        Move("broad", masks=_wide(2 * FINE), varied=True),
        Move("broader", masks=_wide(4 * FINE), varied=True),
        *(Move(f"compression {q}", change=compression(q)) for q in QUALITIES),
    ]


def _wide(width: float) -> Masks:
    return lambda images: standing_out(images, width)


def colour(shown: torch.Tensor, without: torch.Tensor) -> Masks:
    """Pixels of colours that images with the cue have more of."""
    odds = (_counted(shown) + USUAL / BINS).log() - (_counted(without) + USUAL / BINS).log()

    def masks(images: torch.Tensor) -> torch.Tensor:
        each = odds[_bins(images)][:, None]
        window = max(3, images.shape[-1] // 20 | 1)
        smooth = functional.avg_pool2d(each, window, 1, window // 2, count_include_pad=False)
        return (torch.minimum(each, 2 * smooth) / TELLING).clamp(0, 1)

    return masks


def _bins(images: torch.Tensor) -> torch.Tensor:
    """(N, S, S) the bin of each pixel's colour."""
    each = (images / (256 / BINS)).long().clamp(0, BINS - 1)
    return (each[:, 0] * BINS + each[:, 1]) * BINS + each[:, 2]


def _counted(images: torch.Tensor) -> torch.Tensor:
    counts = torch.bincount(_bins(images).flatten(), minlength=BINS**3).float()
    return counts / counts.sum()


def place(shown: torch.Tensor, without: torch.Tensor) -> Masks:
    """Places at which images with the cue differ, in the mean, from those without it."""
    apart = shown.mean(dim=0) - without.mean(dim=0)
    one, other = (images.var(dim=0, correction=0) / len(images) for images in (shown, without))
    error = (one + other).sqrt()
    far = (apart / error.clamp_min(0.5)).pow(2).mean(dim=0, keepdim=True).sqrt()[None]
    window = max(3, shown.shape[-1] // 20 | 1)
    far = functional.avg_pool2d(far, window, 1, window // 2, count_include_pad=False)
    where = (far / UNLIKELY - 0.5).clamp(0, 1)
    return lambda images: where.expand(len(images), -1, -1, -1)


def tone(shown: torch.Tensor, without: torch.Tensor) -> Change:
    """The linear change of colours that takes the one set's mean and spread to the other's.

    The optimal transport between two Gaussians (Pitie and Kokaram, 2007).
    """
    (m1, c1), (m2, c2) = (_colours(images) for images in (shown, without))
    root = _root(c2)
    back = torch.linalg.inv(root)
    turn = back @ _root(root @ c1 @ root) @ back
    return lambda images: (
        torch.einsum("kc,nchw->nkhw", turn, images - m2[:, None, None]) + m1[:, None, None]
    ).clamp(0, 255)


def _colours(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    pixels = images.permute(1, 0, 2, 3).flatten(1)
    return pixels.mean(dim=1), torch.cov(pixels) + torch.eye(3)


def _root(matrix: torch.Tensor) -> torch.Tensor:
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp_min(0).sqrt()) @ vectors.T


def sharpness(shown: torch.Tensor, without: torch.Tensor) -> Change:
    """Each frequency, in each direction, as weak as it is among images with the cue."""
    ratio = (_spectrum(shown) / _spectrum(without).clamp_min(1e-6)).clamp(SOFTEST, 1.5)
    ratio[0, 0] = 1

    def change(images: torch.Tensor) -> torch.Tensor:
        mean = images.mean(dim=(2, 3), keepdim=True)
        made = torch.fft.rfft2(_mirrored(images - mean)) * ratio
        side = images.shape[-1]
        return (torch.fft.irfft2(made)[..., :side, :side] + mean).clamp(0, 255)

    return change


def _mirrored(images: torch.Tensor) -> torch.Tensor:
    """Twice as wide and high, without an edge from one side to the other."""
    wide = torch.cat([images, images.flip(3)], dim=3)
    return torch.cat([wide, wide.flip(2)], dim=2)


def _spectrum(images: torch.Tensor) -> torch.Tensor:
    """(2S, S + 1) the usual amplitude of each frequency, less what the mirror and chance add."""
    grey = images.mean(dim=1, keepdim=True)
    power = torch.fft.rfft2(_mirrored(grey - grey.mean(dim=(2, 3), keepdim=True))).abs()
    usual = power.pow(2).mean(dim=(0, 1)).sqrt()
    padded = functional.pad(usual[None, None], (2, 2, 2, 2), mode="reflect")
    return functional.avg_pool2d(padded, 5, 1)[0, 0]


def compression(quality: int) -> Change:
    def change(images: torch.Tensor) -> torch.Tensor:
        each = images.to(torch.uint8).permute(0, 2, 3, 1).numpy()
        made = np.stack([_stored(image, quality) for image in each])
        return torch.from_numpy(made).permute(0, 3, 1, 2).float()

    return change


def _stored(pixels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def moved(
    move: Move,
    own: torch.Tensor,
    donors: torch.Tensor,
    where: torch.Tensor | None,
    light: torch.Tensor,
) -> torch.Tensor:
    """(N, 3, S, S) uint8: images as they would look with the cue; donors lit `light` (N,) times."""
    if move.change:
        return move.change(own).to(torch.uint8)
    assert where is not None
    return pasted(own, donors, where, light)
