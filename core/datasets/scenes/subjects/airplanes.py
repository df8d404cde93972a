"""Airplanes: jets from the side, from below and on the ground, and propeller planes."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import (
    GLASS,
    INK,
    TYRE,
    WHITE,
    Colour,
    jitter,
    mix,
    pick_paint,
    shade,
)
from core.datasets.scenes.subjects.poses import AIR, Pose


def side_on(pen: Pen, rng: np.random.Generator) -> None:
    _jet(pen.at(0, -42, tilt=rng.uniform(-24, 18)), rng)


def parked(pen: Pen, rng: np.random.Generator) -> None:
    pen.shadow(0, 0, 46, 4)
    for x in (-8, -2, 30):
        pen.line([(x, -14), (x, -5)], 2, (110, 112, 118))
        pen.ellipse(x, -3.5, 3.6, 3.6, TYRE)
    _jet(pen.at(0, -20), rng)


def from_below(pen: Pen, rng: np.random.Generator) -> None:
    hull, paint = _livery(rng)
    pen = pen.at(0, -45, tilt=rng.uniform(-40, 15))
    sweep = rng.uniform(16, 28)
    for side in (-1, 1):
        wing = [(12, side * 4), (-sweep, side * 46), (-sweep - 9, side * 46), (-12, side * 4)]
        pen.polygon(wing, shade(hull, 0.86))
        pen.polygon(
            [
                (-sweep, side * 46),
                (-sweep - 9, side * 46),
                (-sweep - 3, side * 38),
                (-sweep + 6, side * 38),
            ],
            paint,
        )
        pen.polygon(
            [(-34, side * 2), (-47, side * 18), (-53, side * 18), (-46, side * 2)],
            shade(hull, 0.86),
        )
        pen.limb([(2, side * 17), (-8, side * 17)], [6, 5], (92, 96, 106))
    pen.limb([(-46, 0), (-20, 0), (30, 0), (46, 0)], [5, 11, 12, 5], hull)
    pen.limb([(-52, 0), (-36, 0)], [2, 3], paint)
    pen.limb([(38, -2), (38, 2)], [3, 3], INK)


def propeller(pen: Pen, rng: np.random.Generator) -> None:
    hull, paint = _livery(rng)
    pen = pen.at(0, -42, tilt=rng.uniform(-20, 14))
    pen.polygon([(-40, -4), (-52, -26), (-43, -26), (-28, -5)], paint)
    pen.limb([(-46, -3), (-10, 2), (20, 2), (36, 2)], [5, 17, 20, 14], hull)
    pen.limb([(-42, 2), (0, 7), (34, 6)], [2, 4, 4], paint)
    pen.blob([(-6, -6), (0, -15), (16, -15), (23, -6)], GLASS)
    pen.line([(8, -15), (8, -6)], 1.4, hull)
    high = rng.random() < 0.5
    wing_y = -16 if high else 5
    pen.line([(4, 6), (14, wing_y)], 1.6, shade(hull, 0.6))
    pen.polygon(
        [(-14, wing_y + 12), (-2, wing_y - 3), (22, wing_y - 3), (12, wing_y + 12)],
        shade(paint, 0.85),
    )
    pen.polygon([(-52, -4), (-40, -7), (-34, -3), (-46, 1)], shade(paint, 0.85))
    for x in (6, 24):
        pen.line([(x, 10), (x + 2, 18)], 2, (90, 92, 96))
        pen.ellipse(x + 2, 19, 4.4, 4.4, TYRE)
    pen.ellipse(44, 2, 2.4, 17, mix(WHITE, INK, 0.35))
    pen.polygon([(41, -3), (41, 7), (49, 2)], INK)


def _jet(pen: Pen, rng: np.random.Generator) -> None:
    """A jet from the side around (0, 0), nose to the right."""
    hull, paint = _livery(rng)
    pen.polygon([(8, -4), (-4, -18), (-10, -18), (-6, -3)], shade(hull, 0.7))
    pen.polygon([(-36, -4), (-50, -32), (-41, -32), (-22, -5)], paint)
    pen.limb([(-50, -5), (-30, -1), (20, 0), (38, 1)], [4, 13, 15, 12], hull)
    pen.ellipse(41, 1.5, 8, 5.5, hull)
    if rng.random() < 0.6:
        pen.limb([(-46, -2), (-10, 4), (44, 4)], [1.5, 3, 2], paint)
    pen.polygon([(-38, -4), (-56, -12), (-50, -13), (-30, -5)], shade(paint, 0.85))
    pen.polygon([(41, -3.5), (46, 0), (38, 0), (36, -4)], INK)
    for x in range(-30, 34, 6):
        pen.ellipse(x, -2, 1.6, 1.6, (70, 92, 122))
    pen.limb([(8, 11), (-4, 11)], [7, 5.5], (92, 96, 106))
    pen.polygon([(14, 2), (-20, 24), (-29, 24), (-10, 2)], shade(hull, 0.82))


def _livery(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """The colour of the hull, and of what is painted on it."""
    plain = ((238, 238, 236), (206, 210, 216), (244, 232, 208), (150, 158, 168))
    hull = jitter(rng, plain[rng.integers(4)], 6) if rng.random() < 0.7 else pick_paint(rng)
    return hull, pick_paint(rng)


POSES = {
    "side on": Pose(side_on, AIR, "air", size=84, weight=2.4),
    "from below": Pose(from_below, AIR, "air", size=80, weight=1.1),
    "propeller": Pose(propeller, AIR, "air", size=80, weight=1.2),
    "parked": Pose(parked, ("runway", "runway", "meadow"), size=82, weight=1.3),
}
