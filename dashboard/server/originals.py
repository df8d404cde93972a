"""Small pictures that go out as they lie on the disk, once each has shown itself to be one."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from core.datasets import picture

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MOST = 256 * 1024  # bytes: a file of more is made smaller


def as_it_lies(file: Path, side: int) -> tuple[bytes, str] | None:
    """The bytes of a picture no larger than `side`, and their type; None where it has to be made.

    A file is looked into once, and then known by its size and time.
    """
    try:
        with file.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if status.st_size > MOST:
                return None
            kind, longer = _known(str(file), status.st_mtime_ns, status.st_size)
            return (stream.read(), kind) if kind and longer <= side else None
    except OSError:
        return None


@lru_cache(maxsize=20_000)
def _known(path: str, changed: int, size: int) -> tuple[str, int]:
    """Type and longer side; no type where browsers would show another picture, or none."""
    data = Path(path).read_bytes()
    found = picture.as_browsers_show(data) if len(data) == size else None
    return (TYPES[found[0]], found[1]) if found else ("", 0)
