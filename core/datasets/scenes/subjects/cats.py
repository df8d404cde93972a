"""Cats: sitting, walking, lying, and from close by."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import INK, PINK, WHITE, Coat, jitter, mix, pick_coat, shade
from core.datasets.scenes.subjects.limbs import four_legs
from core.datasets.scenes.subjects.poses import LAND, Pose

EYES = ((150, 190, 80), (226, 178, 62), (110, 180, 200))


def sitting(pen: Pen, rng: np.random.Generator) -> None:
    coat, tabby = _fur(rng)
    pen.shadow(2, -1, 38, 7)
    tail = [(14, -7), (32, -5), (42, -16 - rng.uniform(0, 10)), (36, -36 - rng.uniform(0, 12))]
    pen.limb(tail, [9, 9, 8, 5], coat.dark)
    pear = [(-21, -2), (-25, -18), (-16, -46), (0, -56), (16, -46), (25, -18), (21, -2), (0, 0)]
    pen.blob(pear, coat.main)
    if tabby:
        _stripes(pen, [(-22, -16, -13, -20), (-20, -28, -11, -31), (-16, -40, -9, -41)], coat)
        _stripes(pen, [(22, -16, 13, -20), (20, -28, 11, -31), (16, -40, 9, -41)], coat)
    pen.ellipse(0, -36, 8, 13, coat.light)
    for x in (-7, 7):
        pen.limb([(x, -28), (x * 1.1, -4)], [10, 9], coat.main)
        pen.ellipse(x * 1.15, -3, 6.5, 4, coat.light)
    pen.line([(0, -24), (0, -3)], 1.4, coat.dark)
    _face(pen.at(rng.uniform(-3, 3), -64, 0.6, tilt=rng.uniform(-9, 9)), rng, coat, tabby)


def walking(pen: Pen, rng: np.random.Generator) -> None:
    coat, tabby = _fur(rng)
    step = rng.uniform(3, 10)
    pen.shadow(0, -1, 42, 5)
    tip = rng.uniform(-12, 12)
    pen.limb([(-30, -38), (-43, -52), (-42, -70), (-34 + tip, -82)], [8, 7, 6, 5], coat.dark)
    four_legs(pen, (-25, 17), -28, (-step, step, step, -step), 12, coat.main, coat.light)
    pen.limb([(-24, -36), (-2, -34), (20, -37)], [23, 20, 21], coat.main)
    pen.limb([(-14, -27), (4, -26), (18, -28)], [3, 5, 3], coat.light)
    if tabby:
        _stripes(pen, [(x, -46, x - 3, -34) for x in (-24, -15, -6, 3, 12)], coat)
    _face(pen.at(31, -50, 0.54, tilt=rng.uniform(-8, 8)), rng, coat, tabby)


def lying(pen: Pen, rng: np.random.Generator) -> None:
    coat, tabby = _fur(rng)
    pen.shadow(0, -2, 50, 6)
    loaf = [(-44, -6), (-42, -28), (-22, -42), (6, -38), (30, -28), (38, -8), (20, -1), (-30, -1)]
    pen.blob(loaf, coat.main)
    if tabby:
        _stripes(
            pen, [(x, -38 + abs(x + 16) / 3, x - 3, -24) for x in (-34, -25, -16, -7, 2)], coat
        )
    pen.ellipse(-26, -14, 16, 13, shade(coat.main, 0.93))
    pen.limb([(-38, -6), (-20, -4), (2, -5), (14, -9)], [8, 8, 7, 5], coat.dark)
    for x in (22, 36):
        pen.limb([(x - 4, -9), (x + 8, -4)], [10, 8], coat.light)
    _face(pen.at(28, -37, 0.58, tilt=rng.uniform(-10, 10)), rng, coat, tabby)


def close_by(pen: Pen, rng: np.random.Generator) -> None:
    coat, tabby = _fur(rng)
    pen.blob([(-38, 20), (-36, -14), (-20, -36), (20, -36), (36, -14), (38, 20)], coat.dark)
    pen.blob([(-16, 20), (-14, -20), (14, -20), (16, 20)], coat.light)
    _face(pen.at(0, -46, 0.98, tilt=rng.uniform(-10, 10)), rng, coat, tabby)


def _fur(rng: np.random.Generator) -> tuple[Coat, bool]:
    return pick_coat(rng, ("ginger", "grey", "tan")), bool(rng.random() < 0.9)


def _stripes(pen: Pen, lines: list[tuple[float, float, float, float]], coat: Coat) -> None:
    for x0, y0, x1, y1 in lines:
        pen.limb([(x0, y0), (x1, y1)], [3.2, 1.2], coat.dark)


def _face(pen: Pen, rng: np.random.Generator, coat: Coat, tabby: bool) -> None:
    """A face 80 units wide around (0, 0): pointed ears, slit eyes, whiskers."""
    for side in (-1, 1):
        pen.blob([(side * 38, -10), (side * 36, -56), (side * 30, -54), (side * 6, -30)], coat.main)
        pen.polygon(
            [(side * 33, -24), (side * 32, -47), (side * 16, -31)], mix(coat.main, PINK, 0.7)
        )
    pen.blob(
        [(-40, 4), (-34, -24), (0, -35), (34, -24), (40, 4), (22, 28), (0, 33), (-22, 28)],
        coat.main,
    )
    if tabby:
        _stripes(pen, [(-10, -32, -7, -16), (0, -34, 0, -14), (10, -32, 7, -16)], coat)
        _stripes(
            pen, [(-38, 2, -25, 5), (38, 2, 25, 5), (-35, 12, -24, 12), (35, 12, 24, 12)], coat
        )
    for side in (-1, 1):
        pen.ellipse(side * 8, 16, 11, 9, coat.light)
    iris = jitter(rng, EYES[rng.integers(len(EYES))], 8)
    for side in (-1, 1):
        pen.ellipse(side * 17, -4, 9.5, 9, INK)
        pen.ellipse(side * 17, -4, 8, 7.6, iris)
        pen.ellipse(side * 17, -4, 2.6, 7, INK)
        pen.ellipse(side * 17 - 3, -7, 2, 2, WHITE)
    pen.polygon([(-5, 8), (5, 8), (0, 14)], PINK)
    hair = INK if sum(coat.main) > 520 else WHITE
    mouth = shade(coat.main, 0.4)
    pen.line([(0, 13), (0, 17)], 1.6, mouth)
    for side in (-1, 1):
        pen.limb([(0, 16), (side * 5, 21), (side * 12, 19)], [1.8, 2, 1.2], mouth)
        for rise in (-6, 2, 10):
            pen.line([(side * 14, 16 + rise / 3), (side * 50, 14 + rise * 1.4)], 1.1, hair)


POSES = {
    "sitting": Pose(sitting, LAND, size=76, weight=2.2),
    "walking": Pose(walking, LAND, size=78, weight=1.6),
    "lying": Pose(lying, LAND, size=80, weight=0.8),
    "close by": Pose(close_by, LAND, "edge", size=74, weight=0.6),
}
