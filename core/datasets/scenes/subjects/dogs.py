"""Dogs: standing, sitting, running, and from close by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import INK, PAINTS, PINK, Coat, Colour, pick_coat, shade
from core.datasets.scenes.subjects.limbs import eye, four_legs, leg
from core.datasets.scenes.subjects.poses import LAND, Pose

TONGUE = (226, 104, 112)


@dataclass(frozen=True)
class Breed:
    """What dogs differ in."""

    coat: Coat
    ear: Colour
    collar: Colour
    floppy: bool
    patched: bool
    tongue: bool
    legs: float  # how long, 1 for most


def standing(pen: Pen, rng: np.random.Generator) -> None:
    pen = pen.at(-8, 0)  # tail and head then reach equally far
    breed = _breed(rng)
    coat, top = breed.coat, -36 * breed.legs
    pen.shadow(0, -1, 44, 5)
    wag = rng.uniform(-8, 8)
    pen.limb([(-30, top - 10), (-42, top - 20), (-46 + wag, top - 36)], [8, 6, 4], coat.main)
    step = rng.uniform(0, 8)
    four_legs(pen, (-24, 18), top, (-step, step, step, -step), 12, coat.main, coat.light)
    pen.limb([(-24, top - 6), (0, top - 5), (20, top - 8)], [23, 20, 26], coat.main)
    if breed.patched:
        pen.ellipse(-14, top - 10, 11, 7, breed.ear, 10)
    pen.ellipse(20, top - 1, 8, 9, coat.light, -20)
    pen.limb([(22, top - 12), (32, top - 26)], [20, 16], coat.main)
    _collar(pen, (21, top - 21), (37, top - 15), breed)
    _profile(pen.at(36, top - 34, tilt=rng.uniform(-12, 8)), breed)


def sitting(pen: Pen, rng: np.random.Generator) -> None:
    breed = _breed(rng)
    coat = breed.coat
    pen.shadow(0, -1, 36, 6)
    wag = rng.uniform(-6, 10)
    pen.limb([(-22, -7), (-38, -8), (-46, -18 - wag)], [9, 7, 4], coat.main)
    leg(pen, (12, -40), (15, -2), 12, coat.dark, shade(coat.light, 0.7))
    pen.limb([(-14, -16), (-4, -36), (8, -54)], [34, 30, 22], coat.main)
    pen.ellipse(-14, -15, 17, 15, shade(coat.main, 0.93))
    if breed.patched:
        pen.ellipse(-10, -38, 9, 7, breed.ear, -50)
    pen.limb([(-20, -5), (2, -4)], [9, 8], coat.light)
    pen.ellipse(14, -40, 7, 13, coat.light, 15)
    leg(pen, (11, -40), (21, 0), 13, coat.main, coat.light)
    _collar(pen, (-1, -62), (19, -57), breed)
    _profile(pen.at(11, -75, 1.1, tilt=rng.uniform(-14, 8)), breed)


def running(pen: Pen, rng: np.random.Generator) -> None:
    pen = pen.at(-8, 0)  # tail and head then reach equally far
    breed = _breed(rng)
    coat = breed.coat
    pen.shadow(0, -1, 44, 4)
    far = shade(coat.main, 0.7)
    leg(pen, (-22, -30), (-40, -4), 11, far, far, bend=-2)
    leg(pen, (20, -30), (42, -8), 10, far, far, bend=3)
    pen.limb([(-32, -40), (-44, -48), (-52, -46)], [7, 6, 3], coat.main)
    pen.limb([(-24, -36), (0, -38), (22, -40)], [22, 18, 24], coat.main)
    leg(pen, (-24, -32), (-48, -9), 12, coat.main, coat.light, bend=-3)
    leg(pen, (22, -32), (36, -2), 11, coat.main, coat.light, bend=5)
    if breed.patched:
        pen.ellipse(-8, -40, 11, 6, breed.ear)
    pen.limb([(24, -42), (34, -52)], [19, 15], coat.main)
    _collar(pen, (24, -50), (37, -44), breed)
    _profile(pen.at(38, -58, tilt=rng.uniform(-8, 10)), breed)


def close_by(pen: Pen, rng: np.random.Generator) -> None:
    breed = _breed(rng)
    coat = breed.coat
    pen.blob([(-36, 20), (-30, -20), (0, -34), (30, -20), (36, 20)], coat.dark)
    pen.limb([(-22, -12), (0, -6), (22, -12)], [9, 9, 9], breed.collar)
    face = pen.at(0, -48, tilt=rng.uniform(-12, 12))
    if not breed.floppy:
        for side in (-1, 1):
            face.blob(
                [(side * 12, -26), (side * 24, -50), (side * 32, -48), (side * 32, -14)], breed.ear
            )
    face.blob(
        [(-30, -6), (-22, -30), (0, -35), (22, -30), (30, -6), (20, 22), (0, 30), (-20, 22)],
        coat.main,
    )
    face.blob([(-5, -33), (5, -33), (7, 0), (-7, 0)], coat.light)
    if breed.patched:
        face.ellipse(14, -8, 10, 12, breed.ear, 10)
    if breed.tongue:
        face.limb([(2, 22), (3, 36)], [11, 11], TONGUE)
    face.ellipse(0, 14, 18, 15, coat.light)
    face.line([(0, 10), (0, 18)], 1.5, INK)
    face.ellipse(0, 5, 8.5, 6, INK)
    face.ellipse(-2, 3, 2.5, 1.5, (120, 116, 120))
    for side in (-1, 1):
        face.limb([(0, 17), (side * 6, 22), (side * 13, 19)], [1.4, 1.8, 1.2], INK)
        eye(face, side * 14, -9, 4.6)
        if breed.floppy:
            face.limb(
                [(side * 22, -26), (side * 37, -12), (side * 36, 14)], [12, 17, 13], breed.ear
            )


def _breed(rng: np.random.Generator) -> Breed:
    coat = pick_coat(rng, ("cream", "sandy", "grey"))
    return Breed(
        coat=coat,
        ear=shade(coat.main, rng.choice([0.5, 0.65])),
        collar=PAINTS[rng.integers(4)],
        floppy=bool(rng.random() < 0.82),
        patched=bool(rng.random() < 0.45),
        tongue=bool(rng.random() < 0.6),
        legs=rng.choice([0.85, 1.0]),
    )


def _collar(pen: Pen, start: tuple[float, float], end: tuple[float, float], breed: Breed) -> None:
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 1.5)
    pen.limb([start, middle, end], [5, 5, 5], breed.collar)
    pen.ellipse(end[0] - 1, end[1] + 3, 2.2, 2.2, (240, 206, 96))


def _profile(pen: Pen, breed: Breed) -> None:
    """A head in profile around (0, 0), snout to the right."""
    coat = breed.coat
    if not breed.floppy:
        pen.blob([(-11, -4), (-10, -27), (-6, -26), (4, -10)], shade(breed.ear, 0.9))
    pen.ellipse(0, 0, 13, 12, coat.main)
    if breed.tongue:
        pen.limb([(15, 7), (18, 15)], [5, 5], TONGUE)
    pen.limb([(4, 3), (21, 4)], [15, 10], coat.main)
    pen.limb([(8, 7), (21, 7)], [7, 6], coat.light)
    pen.line([(10, 8), (22, 8)], 1, coat.dark)
    pen.ellipse(25, 0, 4, 3.6, INK)
    eye(pen, 6, -4, 2.6)
    if breed.floppy:
        pen.limb([(-6, -8), (-11, 2), (-8, 14)], [8, 12, 8], breed.ear)
    else:
        pen.blob([(-6, -6), (-3, -27), (0, -26), (7, -8)], breed.ear)
        pen.polygon([(-3, -10), (-1, -21), (3, -10)], PINK)


POSES = {
    "standing": Pose(standing, LAND, size=72, weight=2.2),
    "sitting": Pose(sitting, LAND, size=72, weight=1.6),
    "running": Pose(running, LAND, size=72, weight=0.9),
    "close by": Pose(close_by, LAND, "edge", size=80, weight=0.6),
}
