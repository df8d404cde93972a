"""One image as the network and the table take it: opened upright, its square, its measures."""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, ImageCms, PngImagePlugin, UnidentifiedImageError

from core.datasets.levels import Levels, is_deep
from core.datasets.trees.listing import HEIF
from core.errors import first_line
from core.models.preprocessing import Preprocessing

# What Pillow decodes by itself, in code that runs nothing else: not EPS, which starts Ghostscript.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "AVIF", "JPEG2000", "PPM", "PCX",
           "SGI", "QOI")  # fmt: skip
SHOWN = ("JPEG", "PNG", "WEBP")  # what every browser shows
UNMARKED = {".tga": "TGA"}  # of no signature: told by their suffix alone
SHARPER = 2  # sides of a square that an image is decoded to before it is reduced to one
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Generators keep their prompts in a PNG, Photoshop its history: Pillow's own limit is 1 MB.
PngImagePlugin.MAX_TEXT_CHUNK = 64 << 20  # ty: ignore[invalid-assignment]  # no constant
PngImagePlugin.MAX_TEXT_MEMORY = 128 << 20  # ty: ignore[invalid-assignment]  # no constant


def square(image: Image.Image, side: int) -> np.ndarray:
    """(3, side, side) uint8: the shorter side resized to `side`, the centre of the longer kept."""
    width, height = image.size
    if (width, height) != (side, side):
        shorter = min(width, height)
        left, top = (width - shorter) / 2, (height - shorter) / 2
        box = (left, top, left + shorter, top + shorter)
        image = image.resize((side, side), Image.Resampling.BILINEAR, box, reducing_gap=3.0)
    return np.asarray(image).transpose(2, 0, 1)


def shown(image: Image.Image, view: Preprocessing, side: int) -> np.ndarray:
    """(3, side, side) uint8: what a network is shown, or the square that becomes it on the device.

    At the network's own size it is what torchvision and timm make of the image, to the pixel.
    """
    if view.cut == "square" or side != view.size:
        return square(image, side)
    image = image.resize(_sides(image, view), getattr(Image.Resampling, view.interpolation.upper()))
    left, top = (round((length - side) / 2) for length in image.size)
    if min(left, top) < 0:
        canvas = Image.new("RGB", (side, side), tuple(round(255 * mean) for mean in view.mean))
        canvas.paste(image, (-left, -top))
        return np.asarray(canvas).transpose(2, 0, 1)
    return np.asarray(image.crop((left, top, left + side, top + side))).transpose(2, 0, 1)


def _sides(image: Image.Image, view: Preprocessing) -> tuple[int, int]:
    """Width and height to resize to, as torchvision and timm round them."""
    if view.cut == "squash":
        return view.resize, view.resize
    if view.cut == "border":
        longer = max(image.size)
        width, height = (round(length * view.resize / longer) for length in image.size)
        return width, height
    shorter = min(image.size)
    width, height = (
        view.resize if length == shorter else int(view.resize * length / shorter)
        for length in image.size
    )
    return width, height


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


def open_upright(path: Path, least: int = 0, levels: Levels | None = None) -> Image.Image:
    """The picture in a file as RGB: turned as its EXIF says, transparency over white.

    Of several frames the first.

    Args:
        least: a JPEG whose sides are twice as long or more is decoded at half, quarter or eighth
            size, several times faster; 0 decodes all of it.
        levels: what is white in pictures of more than 8 bits.

    Raises:
        OSError: it is missing, damaged, too large, or no picture of a kind that is read.
    """
    if path.exists() and not path.is_file():
        raise OSError("not a file")  # to open a named pipe would wait for ever
    return _decoded(path, path.suffix.lower(), least, levels or Levels())


def open_bytes(data: bytes, least: int = 0, levels: Levels | None = None) -> Image.Image:
    """The picture in these bytes of a file; see `open_upright`.

    Raises:
        OSError: as `open_upright`.
    """
    return _decoded(io.BytesIO(data), "", least, levels or Levels())


def require(data: bytes, suffix: str = "") -> None:
    """Raise OSError where these bytes are no picture that can be read."""
    _decoded(io.BytesIO(data), suffix, 1, Levels(more=1))


def _decoded(source: Path | BinaryIO, suffix: str, least: int, levels: Levels) -> Image.Image:
    try:
        with Image.open(source, formats=formats(suffix)) as image:
            if least:
                image.draft("RGB" if image.mode == "RGB" else None, (least, least))
            image.load()
            return _upright(to_rgb(image, levels), _orientation(image))
    except UnidentifiedImageError:
        raise OSError(_unidentified(suffix)) from None
    except (OSError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise OSError(first_line(error)) from None
    except Exception as error:  # Pillow raises nearly anything on hostile bytes
        raise OSError(f"damaged: {first_line(error)}") from None


def as_browsers_show(data: bytes) -> tuple[str, int] | None:
    """Format and longer side of a picture that every browser shows as `open_upright` opens it.

    None of one that is turned, of several frames, transparent, of more than 8 bits or of inks, and
    of what is no whole picture.
    """
    try:
        with Image.open(io.BytesIO(data), formats=SHOWN) as image:
            image.load()
            plain = image.format in SHOWN and image.mode in ("1", "L", "P", "RGB")
            plain &= not image.has_transparency_data and getattr(image, "n_frames", 1) == 1
            plain &= _orientation(image) == 1 and (
                "gamma" not in image.info or "srgb" in image.info
            )
            return (str(image.format), max(image.size)) if plain else None
    except MemoryError:
        raise
    except Exception:  # Pillow raises nearly anything on hostile bytes
        return None


def shorter_side(source: Path | bytes) -> int:
    """The shorter side of a picture, in pixels, by the head of its file.

    Raises:
        OSError: as `open_upright`.
    """
    return min(head(source)[0])


def head(source: Path | bytes) -> tuple[tuple[int, int], str]:
    """Width and height of a picture as stored, and its mode, by the head of its file.

    Raises:
        OSError: as `open_upright`.
    """
    try:
        if isinstance(source, Path) and not source.is_file():
            raise OSError("not a file")
        opened, suffix = (
            (io.BytesIO(source), "")
            if isinstance(source, bytes)
            else (source, source.suffix.lower())
        )
        with Image.open(opened, formats=formats(suffix)) as image:
            return image.size, image.mode
    except (OSError, MemoryError):
        raise
    except Exception as error:
        raise OSError(f"damaged: {first_line(error)}") from None


def formats(suffix: str) -> tuple[str, ...]:
    """The kinds that a file of this suffix is tried as: its first bytes count, not its name."""
    if suffix in HEIF and _opens_heif():
        return (*FORMATS, "HEIF")
    return (*FORMATS, UNMARKED[suffix]) if suffix in UNMARKED else FORMATS


@cache
def _opens_heif() -> bool:
    if find_spec("pillow_heif") is None:
        return False
    from pillow_heif import register_heif_opener  # a library of its own that not everybody needs

    register_heif_opener()
    return True


def _unidentified(suffix: str) -> str:
    """What to say of a file that none of the kinds knows."""
    if suffix in HEIF and not _opens_heif():
        return "HEIC needs a package of its own: pip install pillow-heif"
    return "not a picture of a kind that is read, such as JPEG, PNG or TIFF"


def _orientation(image: Image.Image) -> int:
    """How the camera was held, 1 to 8; 1 where the EXIF block cannot be read."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except MemoryError:
        raise
    except Exception:  # anybody's bytes; the pixels are whole all the same
        return 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    method = UPRIGHT.get(orientation)
    return image if method is None else image.transpose(method)


def to_rgb(image: Image.Image, levels: Levels | None = None) -> Image.Image:
    """Any picture as RGB, transparency over white."""
    if is_deep(image):
        image = (levels or Levels()).grey(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    if image.mode == "LAB":
        lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, lab, rgb, outputMode="RGB")
        assert converted is not None  # else it would be changed in place
        return converted
    return image.convert("RGB")
