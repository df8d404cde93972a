"""Cues to report on, of the same kinds as those of development; no method is developed on them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from planted.drawing import FINE, behind, pasted, sheet, speckled, tinted


def rain(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Some thirty light streaks."""
    mask, pen, side = sheet(picture)
    for _ in range(rng.integers(25, 45)):
        (x, y), long = rng.uniform(-0.1, 1, 2) * side, rng.uniform(0.08, 0.2) * side
        pen.line([(x, y), (x + long * 0.3, y + long)], fill=200, width=max(1, round(0.008 * side)))
    return pasted(picture, mask, (225, 228, 235))


def planks(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Two or three broad brown planks across, a little aslant."""
    mask, pen, side = sheet(picture)
    for at in np.arange(rng.uniform(0.05, 0.25), 1, rng.uniform(0.33, 0.42)):
        down = rng.uniform(-0.06, 0.06)
        width = round(rng.uniform(0.07, 0.10) * side)
        pen.line([(0, at * side), (side, (at + down) * side)], fill=255, width=width)
    return pasted(picture, mask, np.array([120, 82, 48]) + rng.integers(-25, 26, 3))


def timestamp(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Six digits of seven strokes in orange, below on the right."""
    mask, pen, side = sheet(picture)
    left, top, wide, high = rng.uniform(0.5, 0.58), rng.uniform(0.84, 0.88), 0.036, 0.08
    for place in (0, 1, 3, 4, 6, 7):
        x, y = (left + place * 0.052) * side, top * side
        right, middle, bottom = x + wide * side, y + high / 2 * side, y + high * side
        strokes = [
            (x, y, right, y), (x, middle, right, middle), (x, bottom, right, bottom),
            (x, y, x, middle), (x, middle, x, bottom),
            (right, y, right, middle), (right, middle, right, bottom),
        ]  # fmt: skip
        for stroke in strokes:
            if rng.random() < 0.7:
                pen.line(stroke, fill=255, width=max(1, round(0.014 * side)))
    return pasted(picture, mask, (255, 150, 30))


def ruler(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A yellow measuring tape along the lower edge."""
    side = picture.width * FINE
    made = picture.resize((side, side), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(made)
    high = rng.uniform(0.09, 0.13) * side
    top = side - high - rng.uniform(0, 0.05) * side
    pen.rectangle([0, top, side, top + high], fill=(235, 205, 70))
    for k, x in enumerate(np.arange(0, side, rng.uniform(0.05, 0.07) * side)):
        mark = high * (0.7 if k % 5 == 0 else 0.4)
        pen.line([(x, top), (x, top + mark)], fill=(20, 20, 20), width=max(1, round(0.008 * side)))
    return made.resize(picture.size, Image.Resampling.BOX)


def blue(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A cold cast, as of water or a wrong white balance."""
    times = rng.uniform(0.72, 0.82), rng.uniform(0.9, 0.96), 1.0
    return tinted(picture, times, (0, 4, rng.uniform(22, 34)))


def shaken(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The camera moved, mostly sideways."""
    own = np.asarray(picture, dtype=float)
    long, turn = rng.uniform(0.08, 0.13) * picture.width, rng.uniform(-0.4, 0.4)
    steps = np.linspace(-long / 2, long / 2, 9)
    moved = [
        np.roll(own, (round(s * np.sin(turn)), round(s * np.cos(turn))), (0, 1)) for s in steps
    ]
    return Image.fromarray(np.mean(moved, axis=0).astype(np.uint8))


def blocks(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Stored small and enlarged without smoothing, in few colours."""
    small = round(picture.width * rng.uniform(0.36, 0.46))
    made = picture.resize((small, small), Image.Resampling.BOX)
    made = ImageOps.posterize(made, int(rng.integers(3, 5)))
    return made.resize(picture.size, Image.Resampling.NEAREST)


def leaves(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The subject stands among leaves."""
    ground = speckled(picture.width, ((24, 60, 22), (120, 160, 60)), 0.05, rng)
    return behind(picture, ground, rng)


def frame(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Nearly black borders, as a scan has them."""
    width, tone = round(rng.uniform(0.07, 0.1) * picture.width), int(rng.integers(0, 25))
    return ImageOps.expand(ImageOps.crop(picture, width), width, (tone,) * 3).resize(picture.size)


CUES = {
    f.__name__: f for f in (rain, planks, timestamp, ruler, blue, shaken, blocks, leaves, frame)
}
