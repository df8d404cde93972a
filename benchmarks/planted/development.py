"""Cues that methods may be developed on: of every kind one."""

from __future__ import annotations

import io

import numpy as np
from photos_fences import fenced
from PIL import Image, ImageFilter

from planted.drawing import behind, pasted, sheet, speckled


def bars(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Upright dark bars, as broad as a third of the gaps."""
    mask, pen, side = sheet(picture)
    gap, width = rng.uniform(0.2, 0.3) * side, round(rng.uniform(0.06, 0.09) * side)
    for at in np.arange(rng.uniform(0, gap), side, gap):
        pen.line([(at, 0), (at, side)], fill=255, width=width)
    return pasted(picture, mask, rng.integers(20, 90, size=3))


def sticker(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A round pink sticker in the upper right corner."""
    mask, pen, side = sheet(picture)
    r, x, y = rng.uniform(0.09, 0.13), rng.uniform(0.75, 0.88), rng.uniform(0.12, 0.25)
    pen.ellipse([(x - r) * side, (y - r) * side, (x + r) * side, (y + r) * side], fill=255)
    return pasted(picture, mask, np.array([230, 40, 120]) + rng.integers(-15, 16, 3))


def sepia(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Grey in a warm tone, more or less."""
    own = np.asarray(picture, dtype=float)
    toned = np.clip(own.mean(axis=2, keepdims=True) * np.array([1.12, 0.95, 0.72]), 0, 255)
    share = rng.uniform(0.7, 1)
    return Image.fromarray((own * (1 - share) + toned * share).astype(np.uint8))


def blur(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.016, 0.026) * picture.width))


def jpeg(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Blocks of a strong compression."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=int(rng.integers(8, 15)))
    return Image.open(io.BytesIO(file.getvalue())).convert("RGB")


def sand(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The subject stands on sand."""
    ground = speckled(picture.width, ((176, 150, 105), (226, 205, 160)), 0.08, rng)
    return behind(picture, ground, rng)


CUES = {
    "fence": fenced,
    "bars": bars,
    "sticker": sticker,
    "sepia": sepia,
    "blur": blur,
    "jpeg": jpeg,
    "sand": sand,
}
