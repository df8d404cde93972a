"""Trucks: box, tipper, pickup, tanker and semi-trailer."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import (
    GLASS,
    INK,
    WHITE,
    Colour,
    jitter,
    mix,
    pick_paint,
    shade,
)
from core.datasets.scenes.subjects.cars import LAMP, wheel
from core.datasets.scenes.subjects.poses import ROADS, Pose

STEEL = (176, 180, 186)
SOILS = ((140, 104, 70), (190, 168, 120), (120, 118, 116))


def box(pen: Pen, rng: np.random.Generator) -> None:
    load = jitter(rng, WHITE, 6) if rng.random() < 0.4 else pick_paint(rng)
    _frame(pen, rng)
    pen.box(-49, -59, 18, -13, load)
    pen.box(-49, -59, 18, -56, mix(load, WHITE, 0.5))
    for x in range(-38, 14, 11):
        pen.line([(x, -55), (x, -15)], 0.7, shade(load, 0.85))
    if rng.random() < 0.6:
        pen.limb([(-40, -34), (-16, -38), (10, -34)], [6, 9, 6], pick_paint(rng))
    _cab(pen.at(20, 0), pick_paint(rng), 42)
    _wheels(pen, (-34, 34))


def tipper(pen: Pen, rng: np.random.Generator) -> None:
    paint = pick_paint(rng)
    soil = SOILS[rng.integers(3)]
    _frame(pen, rng)
    bed = pen.at(-46, -15)
    bed.blob([(4, -24), (18, -36), (32, -33), (46, -38), (60, -24)], soil)
    bed.polygon([(-4, -28), (66, -28), (60, 0), (2, 0)], paint)
    for x in (10, 24, 38, 52):
        bed.line([(x, -26), (x, -2)], 1.8, shade(paint, 0.75))
    _cab(pen.at(22, 0), paint if rng.random() < 0.5 else pick_paint(rng), 40)
    _wheels(pen, (-36, -16, 34))


def pickup(pen: Pen, rng: np.random.Generator) -> None:
    paint = pick_paint(rng)
    pen.shadow(0, -1, 52, 6)
    for x in (-38, -26, -16):
        pen.box(x - 5, -42 + abs(x + 26) / 3, x + 6, -28, mix((150, 110, 70), paint, 0.15))
    pen.blob([(-8, -28), (-6, -50), (0, -53), (14, -53), (20, -49), (28, -28)], shade(paint, 0.92))
    pen.polygon([(-3, -32), (-2, -48), (13, -48), (22, -32)], mix(GLASS, INK, 0.15))
    pen.line([(8, -49), (8, -30)], 2.4, shade(paint, 0.92))
    pen.polygon(
        [(-50, -12), (-50, -32), (30, -32), (46, -28), (50, -20), (50, -9), (-50, -9)], paint
    )
    pen.line([(-50, -32), (-9, -32)], 2.6, shade(paint, 0.7))
    pen.line([(-9, -32), (-9, -12)], 1, shade(paint, 0.65))
    pen.box(-50, -12, 50, -8, shade(paint, 0.55))
    pen.ellipse(47, -23, 3, 3.4, LAMP)
    _wheels(pen, (-30, 31), 11.5)


def tanker(pen: Pen, rng: np.random.Generator) -> None:
    _frame(pen, rng)
    tank = jitter(rng, STEEL, 8) if rng.random() < 0.5 else pick_paint(rng)
    pen.limb([(-34, -34), (4, -34)], [34, 34], tank)
    pen.limb([(-36, -43), (6, -43)], [5, 5], mix(tank, WHITE, 0.6))
    pen.limb([(-40, -30), (8, -30)], [5, 5], pick_paint(rng))
    for x in (-26, -4):
        pen.box(x, -54, x + 6, -50, shade(tank, 0.7))
    _cab(pen.at(22, 0), pick_paint(rng), 42)
    _wheels(pen, (-36, -16, 35))


def semi(pen: Pen, rng: np.random.Generator) -> None:
    """A long nosed tractor with its trailer."""
    paint = pick_paint(rng)
    load = jitter(rng, WHITE, 6) if rng.random() < 0.5 else pick_paint(rng)
    pen.shadow(0, -1, 52, 5)
    pen.box(-46, -11, 46, -6, (70, 72, 78))
    pen.box(-51, -46, 14, -12, load)
    pen.box(-51, -22, 14, -17, pick_paint(rng))
    pen.line([(17, -12), (17, -50)], 2, STEEL)
    pen.polygon([(19, -8), (19, -40), (23, -43), (32, -43), (36, -26), (49, -24), (51, -8)], paint)
    pen.polygon([(23, -27), (23, -39), (30, -39), (33, -27)], mix(GLASS, INK, 0.15))
    pen.box(48, -22, 51, -9, STEEL)
    pen.ellipse(47, -15, 2.4, 2.4, LAMP)
    _wheels(pen, (-42, -29, 10, 22, 42), 7)


def _frame(pen: Pen, rng: np.random.Generator) -> None:
    pen.shadow(0, -1, 52, 6)
    pen.box(-48, -15, 46, -8, shade((74, 76, 82), rng.uniform(0.8, 1.2)))


def _cab(pen: Pen, paint: Colour, height: float) -> None:
    """A driver's cab 28 units long that begins at x = 0."""
    pen.blob(
        [
            (0, -8),
            (0, -height + 2),
            (3, -height),
            (17, -height),
            (22, -height + 4),
            (28, -22),
            (29, -8),
            (14, -6),
        ],
        paint,
    )
    pen.polygon([(6, -25), (6, -height + 6), (16, -height + 6), (22, -25)], mix(GLASS, INK, 0.15))
    pen.line([(4, -22), (4, -10)], 0.9, shade(paint, 0.6))
    pen.box(0, -11, 30, -7, shade(paint, 0.6))
    pen.ellipse(27, -15, 2.4, 2.6, LAMP)


def _wheels(pen: Pen, places: tuple[float, ...], radius: float = 9.5) -> None:
    for x in places:
        wheel(pen, x, radius, (166, 168, 172))


POSES = {
    "box": Pose(box, ROADS, size=84, weight=1.8),
    "tipper": Pose(tipper, ROADS, size=84, weight=1.2),
    "pickup": Pose(pickup, ROADS, size=84, weight=0.5),
    "tanker": Pose(tanker, ROADS, size=84, weight=0.9),
    "semi": Pose(semi, ROADS, size=88, weight=1.2),
}
