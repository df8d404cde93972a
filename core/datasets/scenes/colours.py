"""Colours, how they are mixed, and the coats that all the animals share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Colour = tuple[int, ...]  # red, green, blue, and how opaque where the paper is opaque itself

WHITE = (246, 244, 238)
INK = (36, 32, 36)
PINK = (226, 142, 140)
RED = (196, 58, 52)
WOOD = (112, 82, 58)
GLASS = (150, 190, 210)
TYRE = (40, 40, 44)

PAINTS = (
    (200, 58, 50),
    (44, 96, 168),
    (240, 190, 62),
    (60, 134, 92),
    (236, 236, 232),
    (64, 68, 78),
    (226, 122, 50),
    (126, 178, 204),
    (160, 164, 170),
    (130, 70, 120),
)

# One list for cat, dog, deer, horse and monkey alike, so that no coat tells the class.
COATS = {
    "tan": (190, 138, 88),
    "chestnut": (146, 86, 50),
    "brown": (104, 70, 48),
    "sandy": (212, 178, 128),
    "grey": (136, 130, 126),
    "ginger": (206, 124, 62),
    "dark": (70, 60, 58),
    "cream": (228, 212, 186),
}


class Coat(NamedTuple):
    """An animal's colours: most of it, shaded parts, and belly or muzzle."""

    name: str
    main: Colour
    dark: Colour
    light: Colour


def pick_coat(rng: np.random.Generator, often: tuple[str, ...]) -> Coat:
    """Mostly one of the coats that this animal wears often, else any."""
    names = often if rng.random() < 0.9 else tuple(COATS)
    name = names[rng.integers(len(names))]
    main = jitter(rng, COATS[name], 14, hue=0.2)
    return Coat(name, main, shade(main, 0.72), mix(main, (250, 240, 224), 0.55))


def pick_paint(rng: np.random.Generator) -> Colour:
    return jitter(rng, PAINTS[rng.integers(len(PAINTS))], 12)


def shade(colour: Colour, factor: float) -> Colour:
    """Darker below 1, lighter above."""
    return tuple(min(255, max(0, round(c * factor))) for c in colour[:3])


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` says how much of `other`."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one[:3], other[:3], strict=True))


def jitter(rng: np.random.Generator, colour: Colour, amount: float, *, hue: float = 0.5) -> Colour:
    """The same colour on another day: lighter or darker, and in a share of that, of other hue."""
    shift = rng.normal(0, amount, 3) * hue + rng.normal(0, amount)
    return tuple(min(255, max(0, round(float(c + s)))) for c, s in zip(colour, shift, strict=True))


def clear(colour: Colour, opacity: float) -> Colour:
    """The same colour as a glaze, 0 invisible to 1 opaque."""
    return (*colour[:3], round(255 * opacity))
