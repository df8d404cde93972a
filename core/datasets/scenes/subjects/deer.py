"""Deer: standing, grazing, leaping, and from close by; stags, does and fawns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import INK, PINK, WHITE, Coat, mix, pick_coat, shade
from core.datasets.scenes.subjects.limbs import eye, four_legs, leaf_ear, leg
from core.datasets.scenes.subjects.poses import LAND, Pose

HORN = (190, 160, 122)
HOOF = (50, 42, 40)


@dataclass(frozen=True)
class Build:
    """What deer differ in."""

    coat: Coat
    antlers: float  # 0 for does and fawns
    spotted: bool


def standing(pen: Pen, rng: np.random.Generator) -> None:
    build = _build(rng)
    step = rng.uniform(0, 6)
    pen.shadow(0, -1, 36, 4)
    four_legs(pen, (-22, 14), -38, (-step, step, step, -step), 9, build.coat.main, HOOF)
    _trunk(pen.at(0, -44), build)
    _neck_and_head(pen, build, (14, -48), (25, -70), rng.uniform(-10, 12))


def grazing(pen: Pen, rng: np.random.Generator) -> None:
    build = _build(rng)
    step = rng.uniform(0, 6)
    pen.shadow(4, -1, 42, 4)
    four_legs(pen, (-24, 12), -38, (-step, step, step, -step), 9, build.coat.main, HOOF)
    _trunk(pen.at(-2, -44), build)
    _neck_and_head(pen, build, (14, -44), (33, -23), rng.uniform(35, 50))


def leaping(pen: Pen, rng: np.random.Generator) -> None:
    build = _build(rng)
    coat = build.coat
    pen.shadow(0, 0, 34, 3)
    pen = pen.at(0, -8, tilt=rng.uniform(-18, -4))
    far = shade(coat.main, 0.7)
    leg(pen, (-20, -40), (-44, -12), 9, far, HOOF, bend=-3)
    leg(pen, (14, -38), (40, -26), 8, far, HOOF, bend=2)
    leg(pen, (-22, -38), (-50, -18), 10, coat.main, HOOF, bend=-2)
    leg(pen, (14, -36), (30, -22), 8, coat.main, HOOF, bend=8)
    _trunk(pen.at(0, -44), build)
    _neck_and_head(pen, build, (14, -48), (27, -68), rng.uniform(-5, 12))


def close_by(pen: Pen, rng: np.random.Generator) -> None:
    build = _build(rng)
    coat = build.coat
    pen.blob([(-28, 20), (-17, -20), (-10, -36), (10, -36), (17, -20), (28, 20)], coat.dark)
    pen.blob([(-12, 20), (-9, -16), (9, -16), (12, 20)], coat.light)
    face = pen.at(0, -46, tilt=rng.uniform(-9, 9))
    if build.antlers:
        for side in (False, True):
            _antler(face.at(6 if side else -6, -24, 1.15, flip=not side), build.antlers)
    for side in (-1, 1):
        leaf_ear(face, (side * 14, -18), (side * 42, -28), 15, coat.main, mix(coat.main, PINK, 0.5))
    face.blob(
        [(-18, -14), (-12, -29), (0, -32), (12, -29), (18, -14), (9, 16), (0, 26), (-9, 16)],
        coat.main,
    )
    face.blob([(-4, -28), (4, -28), (5, 8), (-5, 8)], shade(coat.main, 0.85))
    face.ellipse(0, 16, 9, 10, coat.light)
    face.ellipse(0, 13, 6, 4.2, INK)
    face.line([(0, 16), (0, 20)], 1.2, INK)
    face.limb([(-5, 20), (0, 21.5), (5, 20)], [0.8, 1.4, 0.8], INK)
    for side in (-1, 1):
        face.ellipse(side * 14, -8, 4.5, 5.5, coat.light)
        eye(face, side * 14, -8, 3.8)


def _build(rng: np.random.Generator) -> Build:
    coat = pick_coat(rng, ("tan", "ginger", "chestnut"))
    kind = rng.random()
    antlers = rng.uniform(0.85, 1.1) if kind < 0.65 else 0.0
    return Build(coat, antlers, spotted=bool(kind > 0.5))


def _trunk(pen: Pen, build: Build) -> None:
    """The body around (0, 0), without legs and neck."""
    pen.limb([(-22, -1), (-2, 0), (15, -2)], [19, 17, 20], build.coat.main)
    pen.limb([(-14, 7), (2, 8), (12, 7)], [2.5, 4, 3], build.coat.light)
    _rump_and_spots(pen, build)


def _rump_and_spots(pen: Pen, build: Build) -> None:
    pen.ellipse(-30, -1, 4.2, 7, WHITE, 12)
    pen.limb([(-30, -7), (-35, -3)], [5, 3], build.coat.dark)
    if build.spotted:
        for x, y in ((-20, -5), (-12, -6), (-4, -6), (4, -6), (-16, 1), (-8, 0), (0, 0), (8, -1)):
            pen.ellipse(x, y, 1.8, 1.6, WHITE)


def _neck_and_head(
    pen: Pen, build: Build, root: tuple[float, float], poll: tuple[float, float], tilt: float
) -> None:
    """A slim neck from `root` to `poll`, where the head sits, nose down by `tilt` degrees."""
    coat = build.coat
    head = pen.at(*poll, tilt=tilt)
    leaf_ear(head, (-2, -4), (-14, -13), 8, coat.dark, coat.dark)
    pen.limb(
        [root, ((root[0] + poll[0]) / 2 + 1, (root[1] + poll[1]) / 2 + 1), poll],
        [17, 11, 9],
        coat.main,
    )
    if build.antlers:
        _antler(head.at(-1, -5, 0.72 * build.antlers, tilt=8), 1.0, shade(HORN, 0.8))
        _antler(head.at(3, -5, 0.78 * build.antlers, tilt=32), 1.0)
    head.limb([(0, 0), (9, 2), (18, 5)], [13, 10, 6], coat.main)
    head.limb([(11, 6), (18, 7)], [3, 4], coat.light)
    head.ellipse(20, 4, 2.6, 2.2, INK)
    head.ellipse(5, -1, 2.6, 2.8, coat.light)
    eye(head, 5, -1, 2.1)
    leaf_ear(head, (-3, -3), (-16, -8), 8, coat.main, mix(coat.main, PINK, 0.4))


def _antler(pen: Pen, size: float, colour: tuple[int, ...] = HORN) -> None:
    """One antler growing up from (0, 0) and leaning to the right."""
    pen = pen.at(0, 0, size)
    pen.limb([(0, 2), (8, -10), (16, -24), (14, -42)], [4.5, 4, 3.4, 1.8], colour)
    pen.limb([(6, -7), (15, -10), (20, -17)], [3, 2.6, 1.4], colour)
    pen.limb([(14, -20), (23, -24), (27, -34)], [3, 2.6, 1.4], colour)
    pen.limb([(13, -16), (6, -24), (5, -33)], [2.8, 2.4, 1.4], colour)


POSES = {
    "standing": Pose(standing, LAND, size=82, weight=2.4),
    "grazing": Pose(grazing, LAND, size=84, weight=0.9),
    "leaping": Pose(leaping, LAND, size=78, weight=1.1),
    "close by": Pose(close_by, LAND, "edge", size=78, weight=0.6),
}
