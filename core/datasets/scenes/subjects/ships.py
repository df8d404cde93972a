"""Ships: sailing boats, freighters, ferries and tugs."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import (
    GLASS,
    INK,
    RED,
    WHITE,
    WOOD,
    Colour,
    jitter,
    mix,
    pick_paint,
    shade,
)
from core.datasets.scenes.subjects.poses import WATER, Pose

WINDOW = (70, 92, 120)


def sailing(pen: Pen, rng: np.random.Generator) -> None:
    boat = pen.at(0, 0, tilt=rng.uniform(-9, 9))
    sail = jitter(rng, WHITE, 6) if rng.random() < 0.6 else pick_paint(rng)
    boat.line([(2, -8), (2, -88)], 2.2, WOOD)
    boat.blob([(-2, -84), (-20, -48), (-36, -18), (-18, -15), (-1, -16)], sail)
    boat.blob([(5, -78), (20, -50), (38, -18), (20, -16), (5, -18)], mix(sail, WHITE, 0.35))
    for y in (-34, -54):
        boat.line([(-2, y), (-28 - (y + 34) * 0.6, y + 2)], 0.8, shade(sail, 0.8))
    boat.polygon([(2, -88), (2, -80), (-12, -84)], RED)
    _hull(boat, [(-38, -12), (44, -12), (32, 2), (-30, 2)], pick_paint(rng))
    _foam(pen, 40)


def freighter(pen: Pen, rng: np.random.Generator) -> None:
    boxes = rng.random() < 0.65
    for x in range(-22, 34, 8) if boxes else ():
        for level in range(rng.integers(1, 4)):
            y = -17 - 7 * level
            pen.box(x, y - 6.6, x + 7.4, y, pick_paint(rng))
    for x in () if boxes else (-16, 6, 28):
        pen.line([(x, -18), (x, -40), (x + 12, -26)], 1.6, (120, 104, 84))
        pen.box(x - 6, -21, x + 6, -17, (150, 128, 96))
    _bridge(pen.at(-34, -17), rng, 22, 3)
    _hull(pen, [(-48, -18), (40, -18), (52, -23), (43, 2), (-44, 2)], pick_paint(rng))
    pen.line([(38, -14), (42, -9)], 1.6, INK)
    _foam(pen, 50)


def ferry(pen: Pen, rng: np.random.Generator) -> None:
    decks = int(rng.integers(2, 5))
    white = jitter(rng, WHITE, 5)
    for deck in range(decks):
        left, right, y = -42 + deck * 5, 36 - deck * 7, -15 - 8.5 * deck
        pen.box(left, y - 9, right, y, shade(white, 0.97 - 0.03 * (deck % 2)))
        pen.line([(left, y), (right, y)], 0.8, shade(white, 0.7))
        for x in np.arange(left + 4, right - 3, 6):
            pen.ellipse(float(x), y - 5, 1.7, 1.7, WINDOW)
    top = -15 - 8.5 * decks
    paint = pick_paint(rng)
    for x in (-22, -4)[: int(rng.integers(1, 3))]:
        pen.polygon([(x, top), (x - 3, top - 14), (x + 7, top - 14), (x + 10, top)], paint)
        pen.polygon(
            [(x - 2.4, top - 11), (x - 3, top - 14), (x + 7, top - 14), (x + 7.7, top - 11)], INK
        )
    _hull(pen, [(-48, -16), (42, -16), (53, -20), (42, 2), (-44, 2)], pick_paint(rng))
    _foam(pen, 50)


def tug(pen: Pen, rng: np.random.Generator) -> None:
    boat = pen.at(0, 0, tilt=rng.uniform(-4, 4))
    boat.line([(-6, -40), (-6, -76)], 2, WOOD)
    boat.line([(-6, -72), (-34, -24)], 1, INK)
    boat.line([(-6, -72), (40, -24)], 1, INK)
    boat.polygon([(-28, -18), (-28, -48), (-15, -48), (-15, -18)], pick_paint(rng))
    boat.box(-28, -48, -15, -43, INK)
    cabin = jitter(rng, WHITE, 6) if rng.random() < 0.6 else pick_paint(rng)
    boat.box(-12, -46, 18, -18, cabin)
    boat.box(-15, -50, 21, -45, shade(cabin, 0.7))
    for x in (-8, 5):
        boat.box(x, -41, x + 9, -31, GLASS)
    _hull(boat, [(-44, -20), (24, -20), (48, -30), (38, 2), (-38, 2)], pick_paint(rng))
    for x in (-24, -6, 12):
        boat.ellipse(x, -9, 4.4, 4.4, INK)
        boat.ellipse(x, -9, 2, 2, (90, 88, 86))
    _foam(pen, 44)


def _hull(pen: Pen, outline: list[tuple[float, float]], paint: Colour) -> None:
    """A hull, with a red belly at the water and a light rail."""
    pen.polygon(outline, paint)
    left = min(x for x, _ in outline)
    right = max(x for x, _ in outline)
    inset = (right - left) * 0.07
    pen.polygon(
        [(left + inset, -4), (right - inset * 1.8, -4), (right - inset * 2, 2), (left + inset, 2)],
        shade(RED, 0.75),
    )
    pen.line(outline[:-2], 1.5, mix(paint, WHITE, 0.7))


def _bridge(pen: Pen, rng: np.random.Generator, width: float, decks: int) -> None:
    """The house that a ship is steered from, its foot at (0, 0), with a funnel."""
    white = jitter(rng, WHITE, 5)
    half = width / 2
    pen.box(-half * 0.5, -8 * decks - 12, half * 0.2, -8 * decks, pick_paint(rng))
    for deck in range(decks):
        y = -8 * deck
        pen.box(-half + deck, y - 8, half - deck, y, shade(white, 1 - 0.05 * (deck % 2)))
        for x in np.linspace(-half + 4, half - 4, max(2, int(width / 6))):
            pen.ellipse(float(x), y - 4.4, 1.4, 1.4, WINDOW)
    pen.box(-half - 2, -8 * decks - 2, half + 1, -8 * decks + 4, white)
    pen.box(-half, -8 * decks - 1, half, -8 * decks + 2.5, WINDOW)


def _foam(pen: Pen, half: float) -> None:
    """Where the hull meets the water."""
    pen.shadow(0, 4, half, 4)
    for x0, x1, y in ((-1.1, -0.2, 2.2), (-0.4, 0.6, 2.8), (0.3, 1.1, 2.0)):
        middle = (x0 + x1) / 2 * half
        pen.limb(
            [(x0 * half, y), (middle, y + 1), (x1 * half, y)], [0.8, 2.8, 0.8], (232, 240, 244)
        )


POSES = {
    "sailing": Pose(sailing, WATER, size=78, weight=1.6),
    "freighter": Pose(freighter, WATER, size=84, weight=1.2),
    "ferry": Pose(ferry, WATER, size=84, weight=1.2),
    "tug": Pose(tug, WATER, size=76),
}
