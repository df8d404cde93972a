"""One image as the network and the table take it: its square, and its measures."""

from __future__ import annotations

import numpy as np
from PIL import Image


def square(image: Image.Image, side: int) -> np.ndarray:
    """(3, side, side) uint8: the shorter side resized to `side`, the centre of the longer kept."""
    width, height = image.size
    if (width, height) != (side, side):
        shorter = min(width, height)
        left, top = (width - shorter) / 2, (height - shorter) / 2
        box = (left, top, left + shorter, top + shorter)
        image = image.resize((side, side), Image.Resampling.BILINEAR, box, reducing_gap=3.0)
    return np.asarray(image).transpose(2, 0, 1)


def measure(image: Image.Image) -> tuple[float, float, float]:
    """Brightness, contrast and sharpness of an image of at most 256 pixels a side.

    With Y the luminance in 0..1 (ITU-R 601): mean of Y, standard deviation of Y, and the variance
    of Y's Laplacian (Pech-Pacheco et al., 2000), low where the picture is blurred.
    """
    grey = image.convert("L")
    grey.thumbnail((256, 256))
    y = np.asarray(grey, dtype=np.float32) / 255
    inner = y[1:-1, 1:-1]
    laplacian = y[:-2, 1:-1] + y[2:, 1:-1] + y[1:-1, :-2] + y[1:-1, 2:] - 4 * inner
    sharpness = float(laplacian.var()) if laplacian.size else 0.0
    return float(y.mean()), float(y.std()), sharpness
