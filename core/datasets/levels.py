"""Pictures deeper than 8 bits: what is white in them, by one rule for a whole data set.

Never by a picture's own greatest value: two frames of one camera would differ by an artefact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

WHITE = 65_535  # of 16 bits: a value over 257, as torchvision and browsers have it
TWELVE_BITS = 4095
UNCLEAR = "32 bits or a float a pixel, and it is not clear what is white: save it as 8 or 16 bits"


@dataclass(frozen=True)
class Levels:
    """What value is shown as white.

    Attributes:
        sixteen: of grey pictures of 16 bits.
        more: of 32 bits and of floats; 0 where no rule fits, and they are refused.
    """

    sixteen: float = WHITE
    more: float = 0

    def grey(self, image: Image.Image) -> Image.Image:
        """A deep picture as one of 8 bits.

        Raises:
            OSError: no value of it is known to be white.
        """
        white = self.sixteen if is_sixteen(image) else self.more
        if not white:
            raise OSError(UNCLEAR)
        values = np.nan_to_num(np.asarray(image, dtype=np.float32))
        return Image.fromarray(np.rint(np.clip(values * (255 / white), 0, 255)).astype(np.uint8))

    def to_dict(self) -> dict[str, float]:
        return asdict(self)


def of(kept: Mapping[str, Any] | None) -> Levels:
    """The levels that a run kept; those of today where it kept none."""
    try:
        return Levels(**{name: float(value) for name, value in (kept or {}).items()})
    except (AttributeError, TypeError, ValueError):
        return Levels()


def is_deep(image: Image.Image) -> bool:
    """Whether a picture has more than 8 bits a pixel in one channel, as Pillow opens it."""
    return image.mode.startswith(("I", "F"))


def is_sixteen(image: Image.Image) -> bool:
    """Whether these are 16 bits, 0 to 65,535; Pillow opens some kinds of file with 32."""
    return image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PPM", "PNG"))


@dataclass
class _Range:
    """The least and the greatest value of some pictures."""

    n: int = 0
    least: float = np.inf
    most: float = -np.inf

    def add(self, image: Image.Image) -> None:
        values = np.nan_to_num(np.asarray(image, dtype=np.float64))
        self.n += 1
        self.least = min(self.least, float(values.min()))
        self.most = max(self.most, float(values.max()))


def survey(paths: Iterable[str | Path], formats: tuple[str, ...]) -> tuple[Levels, tuple[str, ...]]:
    """The levels that suit these files, and a note for each kind of deep picture among them.

    Headers are read of all files, pixels of the deep ones alone. Damaged files do not count.
    """
    sixteen, more = _Range(), _Range()
    for path in paths:
        try:
            if _is_shallow(path):
                continue
            with Image.open(path, formats=formats) as image:
                if is_deep(image):
                    (sixteen if is_sixteen(image) else more).add(image)
        except Exception:  # whatever Pillow raises is told when the file is read for good
            continue
    levels = Levels(_white_of_sixteen(sixteen), _white_of_more(more))
    return levels, tuple(_notes(sixteen, more, levels))


def _is_shallow(path: str | Path) -> bool:
    """Whether a file is a PNG of 8 bits or less, or in colour; at a tenth of Pillow's price."""
    with open(path, "rb") as file:
        head = file.read(26)
    return head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) == 26 and head[24:] != b"\x10\x00"


def white(least: float, most: float, *, sixteen: bool) -> float:
    """What is white where values lie between these two; 0 where that is not clear.

    Args:
        sixteen: they are 16 bits without a sign.
    """
    found = _Range(1, least, most)
    return _white_of_sixteen(found) if sixteen else _white_of_more(found)


def _white_of_sixteen(found: _Range) -> float:
    if found.n and found.most <= 255:
        return 255
    return TWELVE_BITS if TWELVE_BITS // 2 < found.most <= TWELVE_BITS else WHITE


def _white_of_more(found: _Range) -> float:
    """White of 32 bits and floats: the least of the usual ones that holds all values; else 0."""
    if not found.n or found.least < 0 or not np.isfinite(found.most):
        return 0
    if TWELVE_BITS < found.most <= WHITE or 255 < found.most <= TWELVE_BITS // 2:
        return WHITE
    return next((white for white in (1, 255, TWELVE_BITS) if found.most <= white), 0)


def _notes(sixteen: _Range, more: _Range, levels: Levels) -> Iterable[str]:
    if sixteen.n and levels.sixteen != WHITE:
        yield (
            f"No value of the {_pictures(sixteen.n, '16 bits')} is above {sixteen.most:,.0f}: "
            f"{levels.sixteen:,.0f} is shown as white."
        )
    elif sixteen.n and sixteen.most < WHITE / 16:
        yield (
            f"The {_pictures(sixteen.n, '16 bits')} are nearly black: their greatest value is "
            f"{sixteen.most:,.0f} of {WHITE:,}."
        )
    if more.n:
        means = f"{levels.more:,.0f} is shown as white" if levels.more else "they are left out"
        yield (
            f"The values of the {_pictures(more.n, '32 bits or floats')} go from {more.least:,g} "
            f"to {more.most:,g}: {means}."
        )


def _pictures(n: int, depth: str) -> str:
    return f"{n:,} picture{'' if n == 1 else 's'} of {depth}"
