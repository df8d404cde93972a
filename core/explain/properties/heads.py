"""What the file of a picture says of it before it is decoded: its size, its format, the camera."""

from __future__ import annotations

from pathlib import Path

from PIL import ExifTags, Image

from core.datasets.picture import formats

PIXELS, BYTES = "size in pixels", "size of the file"
NOTHING = {PIXELS: float("nan"), BYTES: float("nan"), "format": "", "camera": ""}


def head(path: Path) -> dict[str, float | str]:
    """PIXELS (the square root of width times height), BYTES, format, camera; "" for none named."""
    try:
        with Image.open(path, formats=formats(path.suffix.lower())) as image:
            width, height = image.size
            kind, camera = image.format or "", _camera(image)
        return {
            PIXELS: float((width * height) ** 0.5),
            BYTES: float(path.stat().st_size),
            "format": kind,
            "camera": camera,
        }
    except MemoryError:
        raise
    except Exception:  # Pillow raises nearly anything on hostile bytes
        return dict(NOTHING)


def _camera(image: Image.Image) -> str:
    """Make and model as EXIF has them."""
    exif = image.getexif()
    make, model = (
        str(exif.get(tag) or "").strip(" \0") for tag in (ExifTags.Base.Make, ExifTags.Base.Model)
    )
    name = model if model.startswith(make) else f"{make} {model}"
    return " ".join(name.split())[:100]
