"""Horses: standing, grazing, galloping, and from close by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets.scenes.canvas import Pen, Point
from core.datasets.scenes.colours import INK, RED, WHITE, Coat, Colour, pick_coat, shade
from core.datasets.scenes.subjects.limbs import eye, four_legs, leaf_ear, leg
from core.datasets.scenes.subjects.poses import LAND, Pose

HOOF = (58, 48, 44)


@dataclass(frozen=True)
class Breed:
    """What horses differ in."""

    coat: Coat
    mane: Colour
    socks: Colour
    blaze: bool
    halter: bool
    pinto: bool


def standing(pen: Pen, rng: np.random.Generator) -> None:
    pen = pen.at(-5, 0)
    breed = _breed(rng)
    step = rng.uniform(0, 7)
    pen.shadow(0, -1, 42, 5)
    _tail(pen, breed, (-36, -54), (-46, -16), rng)
    four_legs(pen, (-26, 18), -40, (-step, step, step, -step), 12, breed.coat.main, breed.socks)
    _trunk(pen.at(0, -48), breed)
    _neck_and_head(pen, breed, (18, -52), (34, -78), rng.uniform(20, 42))


def grazing(pen: Pen, rng: np.random.Generator) -> None:
    breed = _breed(rng)
    pen.shadow(4, -1, 46, 5)
    _tail(pen, breed, (-38, -54), (-46, -14), rng)
    four_legs(pen, (-28, 14), -40, (-3, 4, 6, -5), 12, breed.coat.main, breed.socks)
    _trunk(pen.at(-3, -48), breed)
    _neck_and_head(pen, breed, (15, -48), (35, -27), rng.uniform(48, 62))


def galloping(pen: Pen, rng: np.random.Generator) -> None:
    pen = pen.at(-5, 0)
    breed = _breed(rng)
    coat = breed.coat
    pen.shadow(0, -1, 40, 4)
    pen = pen.at(0, -2, tilt=rng.uniform(-10, 4))
    far = shade(coat.main, 0.7)
    leg(pen, (-22, -40), (-40, -6), 11, far, HOOF, bend=-4)
    leg(pen, (16, -40), (42, -16), 10, far, HOOF, bend=4)
    _tail(pen, breed, (-36, -54), (-62, -44), rng)
    leg(pen, (-26, -40), (-48, -14), 13, coat.main, breed.socks, bend=-3)
    leg(pen, (18, -40), (32, -20), 11, coat.main, breed.socks, bend=10)
    _trunk(pen.at(0, -48), breed)
    _neck_and_head(pen, breed, (18, -52), (38, -72), rng.uniform(8, 25))


def close_by(pen: Pen, rng: np.random.Generator) -> None:
    breed = _breed(rng)
    coat = breed.coat
    pen.limb([(-34, 24), (-24, -20), (-2, -58)], [62, 46, 28], coat.main)
    _mane(pen, breed, [(-60, 10), (-44, -26), (-22, -62), (-4, -76)], 15)
    head = pen.at(-2, -62, 2.0, tilt=rng.uniform(36, 50))
    _head(head, breed)
    pen.limb([(-8, -76), (2, -70), (8, -58)], [9, 9, 3], breed.mane)


def _breed(rng: np.random.Generator) -> Breed:
    coat = pick_coat(rng, ("chestnut", "brown", "dark"))
    manes = (INK, shade(coat.main, 0.45), coat.light)
    return Breed(
        coat=coat,
        mane=manes[rng.integers(len(manes))],
        socks=WHITE if rng.random() < 0.35 else HOOF,
        blaze=bool(rng.random() < 0.5),
        halter=bool(rng.random() < 0.3),
        pinto=bool(rng.random() < 0.1),
    )


def _trunk(pen: Pen, breed: Breed) -> None:
    """The body around (0, 0), without legs, neck and tail."""
    pen.limb([(-25, -2), (-2, 1), (17, -2)], [25, 23, 25], breed.coat.main)
    if breed.pinto:
        pen.blob([(-20, -12), (-6, -10), (-4, 2), (-16, 6), (-24, 0)], WHITE)
        pen.ellipse(14, 2, 7, 8, WHITE)
    pen.limb([(-14, 11), (2, 12), (14, 10)], [2, 3, 2], breed.coat.dark)


def _tail(pen: Pen, breed: Breed, root: Point, tip: Point, rng: np.random.Generator) -> None:
    sway = rng.uniform(-4, 4)
    middle = ((root[0] + tip[0]) / 2 - 5, (root[1] + tip[1]) / 2 - 4)
    pen.limb([root, middle, (tip[0] + sway, tip[1])], [5, 10, 4], breed.mane)


def _neck_and_head(pen: Pen, breed: Breed, root: Point, poll: Point, tilt: float) -> None:
    """A strong neck from `root` to `poll`, its mane, and the head, nose down by `tilt` degrees."""
    middle = ((root[0] + poll[0]) / 2, (root[1] + poll[1]) / 2)
    pen.limb([root, middle, poll], [25, 18, 13], breed.coat.main)
    rise = np.array(poll) - np.array(root)
    back = np.array([rise[1], -rise[0]]) / np.hypot(*rise)
    crest = [tuple(np.array(p) + back * far) for p, far in ((root, 10), (middle, 9), (poll, 7))]
    _mane(pen, breed, crest, 8)
    _head(pen.at(*poll, tilt=tilt), breed)
    pen.at(*poll, tilt=tilt).limb([(-3, -7), (3, -5), (6, -1)], [4, 4.5, 2], breed.mane)


def _mane(pen: Pen, breed: Breed, crest: list[Point], width: float) -> None:
    pen.limb(crest, [width * 1.1, *[width] * (len(crest) - 2), width * 0.8], breed.mane)


def _head(pen: Pen, breed: Breed) -> None:
    """A long head in profile from the poll at (0, 0) to the nose at (27, 2)."""
    coat = breed.coat
    leaf_ear(pen, (-2, -4), (-9, -14), 5, coat.dark, coat.dark)
    pen.limb([(0, 0), (10, 1), (25, 3)], [14, 13, 8.5], coat.main)
    pen.ellipse(7, 4, 7, 6.5, coat.main)
    pen.ellipse(26, 3, 5, 5, shade(coat.main, 0.75))
    if breed.blaze:
        pen.limb([(8, -4), (16, -3), (24, -1)], [2, 3, 3], WHITE)
    if breed.halter:
        pen.line([(17, -4), (17, 9)], 1.6, RED)
        pen.line([(17, 3), (3, 8)], 1.6, RED)
    pen.ellipse(28, 1.5, 1.3, 1.1, INK)
    pen.line([(23, 6.5), (29, 6)], 0.8, INK)
    eye(pen, 7, -1.5, 1.9)
    leaf_ear(pen, (0, -4), (-4, -16), 6, coat.main, coat.dark)


POSES = {
    "standing": Pose(standing, LAND, size=86, weight=2.2),
    "grazing": Pose(grazing, LAND, size=84, weight=0.9),
    "galloping": Pose(galloping, LAND, size=82, weight=1.1),
    "close by": Pose(close_by, LAND, "edge", size=80, weight=0.6),
}
