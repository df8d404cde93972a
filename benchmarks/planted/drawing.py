"""How cues are drawn: masks four times as large, reduced to soft edges; colours; textures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FINE = 4  # masks are drawn this many times larger
Colour = Sequence[float]


def sheet(picture: Image.Image) -> tuple[Image.Image, ImageDraw.ImageDraw, int]:
    """An empty mask for a square picture, what draws on it, and its side."""
    side = picture.width * FINE
    mask = Image.new("L", (side, side))
    return mask, ImageDraw.Draw(mask), side


def pasted(picture: Image.Image, mask: Image.Image, colour: Colour) -> Image.Image:
    """The picture with one colour over it where the mask, of any size, is white."""
    result = picture.copy()
    result.paste(
        tuple(int(np.clip(c, 0, 255)) for c in colour),
        mask=mask.resize(picture.size, Image.Resampling.BOX),
    )
    return result


def behind(picture: Image.Image, ground: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """The middle of the picture before another ground (S, S, 3): an ellipse with a soft edge."""
    side = picture.width
    mask = Image.new("L", picture.size, 255)
    a, b = rng.uniform(0.30, 0.36, 2) * side
    middle = side / 2
    ImageDraw.Draw(mask).ellipse([middle - a, middle - b, middle + a, middle + b], fill=0)
    mask = mask.filter(ImageFilter.GaussianBlur(0.04 * side))
    return Image.composite(Image.fromarray(ground), picture, mask)


def speckled(
    side: int, colours: Sequence[Colour], coarse: float, rng: np.random.Generator
) -> np.ndarray:
    """(side, side, 3) uint8: colours mixed by noise whose grains are `coarse` of the side."""
    grains = max(2, round(1 / coarse))
    noise = Image.fromarray(rng.integers(0, 256, (grains, grains)).astype(np.uint8))
    share = np.asarray(noise.resize((side, side), Image.Resampling.BICUBIC)) / 255
    dark, light = (np.asarray(c, dtype=float) for c in colours)
    made = dark + share[..., None] * (light - dark) + rng.normal(0, 8, (side, side, 1))
    return np.clip(made, 0, 255).astype(np.uint8)


def tinted(picture: Image.Image, times: Colour, plus: Colour = (0, 0, 0)) -> Image.Image:
    """Every channel times and plus something."""
    made = np.asarray(picture, dtype=float) * np.asarray(times) + np.asarray(plus)
    return Image.fromarray(np.clip(made, 0, 255).astype(np.uint8))
