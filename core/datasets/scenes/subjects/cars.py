"""Cars: saloon, hatchback, estate, sports car and beetle from the side; a car from the front."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets.scenes.canvas import Pen, Points
from core.datasets.scenes.colours import (
    GLASS,
    INK,
    RED,
    TYRE,
    WHITE,
    Colour,
    mix,
    pick_paint,
    shade,
)
from core.datasets.scenes.subjects.poses import ROADS, Pose

LAMP = (250, 232, 170)


@dataclass(frozen=True)
class Shape:
    """A car from the side: body, the glass house on it, its posts, the wheels."""

    body: Points
    house: Points
    posts: tuple[float, ...]
    wheels: tuple[float, float] = (-28, 28)
    tyre: float = 10


SALOON = Shape(
    body=[(-49, -10), (-48, -23), (-30, -27), (24, -27), (44, -24), (50, -14), (48, -6), (-46, -6)],
    house=[(-32, -26), (-20, -42), (10, -42), (27, -26)],
    posts=(-5,),
)
HATCHBACK = Shape(
    body=[(-44, -10), (-44, -25), (-30, -30), (18, -29), (38, -25), (44, -14), (42, -6), (-42, -6)],
    house=[(-41, -28), (-34, -47), (6, -47), (23, -28)],
    posts=(-12,),
    wheels=(-26, 25),
    tyre=10.5,
)
ESTATE = Shape(
    body=[(-49, -11), (-49, -27), (-30, -31), (22, -30), (44, -26), (49, -15), (47, -7), (-47, -7)],
    house=[(-47, -29), (-42, -49), (10, -49), (26, -29)],
    posts=(-24, -2),
    tyre=12,
)
SPORTS = Shape(
    body=[(-50, -10), (-50, -22), (-30, -24), (14, -23), (42, -17), (52, -10), (49, -4), (-47, -4)],
    house=[(-30, -23), (-12, -35), (6, -35), (24, -22)],
    posts=(-6,),
    wheels=(-30, 31),
)
BEETLE = Shape(
    body=[(-44, -9), (-42, -24), (-26, -34), (16, -32), (36, -24), (44, -12), (40, -6), (-42, -6)],
    house=[(-30, -30), (-16, -49), (8, -49), (22, -29)],
    posts=(-5,),
    wheels=(-27, 26),
    tyre=11,
)


def from_side(pen: Pen, shape: Shape, rng: np.random.Generator) -> None:
    paint = pick_paint(rng)
    pen.shadow(0, -1, 52, 6)
    pen.blob(_rounded(shape.house), shade(paint, 0.92))
    pen.polygon(_shrunk(shape.house, 0.78), mix(GLASS, INK, rng.uniform(0, 0.4)))
    top, bottom = shape.house[1][1], shape.house[0][1]
    for x in shape.posts:
        pen.line([(x, top + 1), (x, bottom)], 3, shade(paint, 0.92))
    pen.blob(shape.body, paint)
    pen.limb([(-44, -9), (0, -7), (45, -9)], [3, 4, 3], shade(paint, 0.6))
    for x in shape.posts:
        pen.line([(x, bottom + 1), (x, -9)], 0.9, shade(paint, 0.65))
        pen.line([(x - 8, -22), (x - 3, -22)], 1.4, mix(paint, WHITE, 0.6))
    right = max(x for x, _ in shape.body)
    left = min(x for x, _ in shape.body)
    pen.ellipse(right - 5, -17, 3.6, 2.6, LAMP)
    pen.box(left + 1, -21, left + 5, -15, RED)
    for x in shape.wheels:
        wheel(pen, x, shape.tyre)


def saloon(pen: Pen, rng: np.random.Generator) -> None:
    from_side(pen, SALOON, rng)


def hatchback(pen: Pen, rng: np.random.Generator) -> None:
    from_side(pen, HATCHBACK, rng)


def estate(pen: Pen, rng: np.random.Generator) -> None:
    from_side(pen, ESTATE, rng)


def sports(pen: Pen, rng: np.random.Generator) -> None:
    from_side(pen, SPORTS, rng)


def beetle(pen: Pen, rng: np.random.Generator) -> None:
    from_side(pen, BEETLE, rng)


def head_on(pen: Pen, rng: np.random.Generator) -> None:
    paint = pick_paint(rng)
    pen.shadow(0, -1, 44, 6)
    for side in (-1, 1):
        pen.box(side * 36, -14, side * 24, 0, TYRE)
        pen.ellipse(side * 41, -38, 5, 3.4, shade(paint, 0.8))
    pen.blob([(-32, -36), (-25, -58), (0, -62), (25, -58), (32, -36), (0, -32)], shade(paint, 0.9))
    pen.polygon([(-28, -38), (-21, -56), (21, -56), (28, -38)], mix(GLASS, INK, 0.2))
    pen.polygon([(-12, -38), (-6, -56), (2, -56), (-4, -38)], mix(GLASS, WHITE, 0.5))
    pen.blob(
        [(-40, -8), (-41, -28), (-31, -38), (0, -40), (31, -38), (41, -28), (40, -8), (0, -5)],
        paint,
    )
    pen.box(-18, -24, 18, -15, shade(INK, 1.3))
    for y in (-22, -19, -17):
        pen.line([(-17, y), (17, y)], 0.8, (150, 152, 156))
    pen.box(-38, -12, 38, -7, shade(paint, 0.6))
    pen.box(-9, -13, 9, -8, WHITE)
    for side in (-1, 1):
        pen.ellipse(side * 29, -24, 7, 5.5, WHITE)
        pen.ellipse(side * 29, -24, 4.6, 4, LAMP)


def wheel(pen: Pen, x: float, radius: float, hub: Colour = (186, 190, 196)) -> None:
    """A wheel standing on y = 0."""
    pen.ellipse(x, -radius, radius, radius, TYRE)
    pen.ellipse(x, -radius, radius * 0.55, radius * 0.55, hub)
    pen.ellipse(x, -radius, radius * 0.2, radius * 0.2, TYRE)


def _rounded(house: Points) -> list[tuple[float, float]]:
    """The same outline with points added, so that its corners come out soft."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = house
    return [
        (x0, y0 + 4),
        (x0 + 1, y0),
        (x1 - 1, y1 + 2),
        (x1 + 4, y1 - 1),
        (x2 - 4, y2 - 1),
        (x2 + 1, y2 + 2),
        (x3, y3),
        (x3, y3 + 4),
    ]


def _shrunk(outline: Points, factor: float) -> np.ndarray:
    points = np.asarray(outline, dtype=np.float64)
    middle = points.mean(0) + np.array((0, 1))
    return middle + (points - middle) * factor


POSES = {
    "saloon": Pose(saloon, ROADS, size=84, weight=1.3),
    "hatchback": Pose(hatchback, ROADS, size=84),
    "estate": Pose(estate, ROADS, size=82, weight=0.9),
    "sports": Pose(sports, ROADS, size=84),
    "beetle": Pose(beetle, ROADS, size=84, weight=0.9),
    "head on": Pose(head_on, ROADS, size=84, weight=1.4),
}
