"""What a picture is like as a picture: tint, vivid colours, corners, edges, blocks."""

from __future__ import annotations

import numpy as np
from PIL import Image

YELLOW, RED = "yellow against blue", "red against green"
BORDER, BLOCKS = "even border", "JPEG blocks"
SIDE = 128  # of the copy that colours are measured on
VIVID = 0.35  # chroma, in 0..1, from which a pixel has a colour that catches the eye
# Where each colour ends on the circle of hues, in degrees; red goes on where pink ends.
HUES = {"red": 15, "orange": 45, "yellow": 70, "green": 165, "cyan": 200, "blue": 260,
        "purple": 295, "pink": 345}  # fmt: skip
CORNERS = ("top left", "top right", "bottom left", "bottom right")
BLOCK = 8  # pixels a side, of JPEG
EVEN = 0.03  # standard deviation of a line of pixels, in 0..1, up to which it is of one tone
FAINT = 0.002  # of a difference between neighbours: less is none


def measure(image: Image.Image, *, whole: bool = True) -> dict[str, float]:
    """The measures of one RGB picture, by name.

    With R, G, B and the luminance Y in 0..1 (ITU-R 601): YELLOW is the mean of (R + G) / 2 - B,
    RED that of R - G, `saturation` that of max - min (the chroma). `vivid <colour>` is the share of
    pixels that are of this hue and of a chroma of at least VIVID. `brightness <corner>` is the mean
    of Y in a quarter of width and height there, less that of the whole. BORDER is the share of the
    side that even lines along opposite edges take, BLOCKS the logarithm of how much more neighbours
    differ across the grid of JPEG's blocks than within.

    Args:
        whole: False where the picture was reduced, so that no grid is left: BLOCKS is nan.
    """
    copy = image.copy()
    copy.thumbnail((SIDE, SIDE))
    rgb = np.asarray(copy, dtype=np.float32) / 255
    y = np.asarray(copy.convert("L"), dtype=np.float32) / 255
    blocks = _blocks(np.asarray(image.convert("L"), dtype=np.float32) / 255)
    return {
        YELLOW: float((rgb[..., 0] + rgb[..., 1]).mean() / 2 - rgb[..., 2].mean()),
        RED: float((rgb[..., 0] - rgb[..., 1]).mean()),
        **_colours(rgb),
        **_corners(y),
        BORDER: _border(y),
        BLOCKS: blocks if whole else float("nan"),
    }


def _colours(rgb: np.ndarray) -> dict[str, float]:
    """Mean chroma, and how much of the picture has each vivid colour."""
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    high = rgb.max(axis=-1)
    chroma = high - rgb.min(axis=-1)
    part = np.maximum(chroma, 1e-6)
    thirds = [(g - b) / part, 2 + (b - r) / part, 4 + (r - g) / part]
    sector = np.select([high == r, high == g], thirds[:2], thirds[2])
    hue = (60 * sector[chroma >= VIVID]) % 360
    at = np.searchsorted(list(HUES.values()), hue, "right") % len(HUES)
    shares = np.bincount(at, minlength=len(HUES)) / chroma.size
    vivid = {f"vivid {name}": float(s) for name, s in zip(HUES, shares, strict=True)}
    return {"saturation": float(chroma.mean())} | vivid


def _corners(y: np.ndarray) -> dict[str, float]:
    h, w = (max(1, round(n / 4)) for n in y.shape)
    parts = (y[:h, :w], y[:h, -w:], y[-h:, :w], y[-h:, -w:])
    return {
        f"brightness {name}": float(p.mean() - y.mean())
        for name, p in zip(CORNERS, parts, strict=True)
    }


def _border(y: np.ndarray) -> float:
    """Both edges of a pair must have one: a sky is even, but on one side alone."""
    return max(min(_even(way), _even(way[::-1])) for way in (y, y.T))


def _even(y: np.ndarray) -> float:
    """The share of the lines, from the first on, that are of one tone."""
    uneven = np.flatnonzero(y.std(axis=1) > EVEN)
    return float(uneven[0] / len(y)) if len(uneven) else 1.0


def _blocks(y: np.ndarray) -> float:
    return float(np.mean([_across(y), _across(y.T)]))


def _across(y: np.ndarray) -> float:
    step = np.abs(np.diff(y, axis=0)).mean(axis=1)
    at = np.arange(1, len(step) + 1) % BLOCK == 0
    if not at.any() or at.all():
        return 0.0
    return float(np.log((step[at].mean() + FAINT) / (step[~at].mean() + FAINT)))
