"""One image as the network and the table take it: its square, and its measures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import first_line


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


FORMATS = ("JPEG", "PNG", "WEBP")
SHARPER = 2  # sides of a square that an image is decoded to before it is reduced to one


def open_upright(path: Path, least: int = 0) -> Image.Image:
    """The picture in a file as RGB: turned as its EXIF says, transparency over white.

    Args:
        least: a JPEG whose sides are twice as long or more is decoded at half, quarter or eighth
            size, several times faster; 0 decodes all of it.

    Raises:
        OSError: it is missing, damaged, too large, or no JPEG, PNG or WebP.
    """
    if path.exists() and not path.is_file():
        raise OSError("not a file")  # to open a named pipe would wait for ever
    return _decoded(path, least)


def require(data: bytes) -> None:
    """Raise OSError where these bytes are no JPEG, PNG or WebP picture that can be read."""
    _decoded(io.BytesIO(data), 1)


def _decoded(source: Path | BinaryIO, least: int) -> Image.Image:
    try:
        with Image.open(source, formats=FORMATS) as image:
            if least:
                image.draft("RGB" if image.mode == "RGB" else None, (least, least))
            return _to_rgb(ImageOps.exif_transpose(image))
    except UnidentifiedImageError:
        raise OSError("not a JPEG, PNG or WebP picture") from None
    except (OSError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise OSError(first_line(error)) from None
    except Exception as error:  # Pillow raises nearly anything on hostile bytes and EXIF tags
        raise OSError(f"damaged: {first_line(error)}") from None


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel, which convert() would clip at 255
        values = np.asarray(image, dtype=np.float32)
        image = Image.fromarray((values / 257 if values.max() > 255 else values).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")
