"""Monkeys: on a branch, hanging from one, and walking."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import INK, Coat, Colour, jitter, mix, pick_coat, shade
from core.datasets.scenes.places.props import branch
from core.datasets.scenes.subjects.limbs import eye, four_legs
from core.datasets.scenes.subjects.poses import LAND, Pose

SKINS = ((232, 190, 156), (198, 142, 112), (120, 92, 84), (226, 156, 140))


class Fur(NamedTuple):
    """A monkey's coat, and the bare skin of its face, ears and hands."""

    coat: Coat
    skin: Colour


def on_branch(pen: Pen, rng: np.random.Generator) -> None:
    coat, skin = fur = _fur(rng)
    side = rng.choice([-1, 1])
    tail = [
        (side * 10, -8),
        (side * 24, 8),
        (side * 18, 28),
        (side * 30, 38),
        (side * 40, 28),
        (side * 34, 20),
    ]
    branch(pen, rng, -2)
    pen.limb(tail, [6, 6, 5, 5, 4, 3], coat.dark)
    pen.blob([(-18, -4), (-20, -22), (-13, -48), (13, -48), (20, -22), (18, -4), (0, 0)], coat.main)
    pen.ellipse(0, -24, 11, 17, coat.light)
    for x in (-1, 1):
        pen.limb([(x * 10, -6), (x * 25, -14), (x * 20, 1)], [11, 10, 8], coat.main)
        pen.ellipse(x * 20, 2, 7, 4, skin)
    lifted = rng.random() < 0.5
    hand = (34, -74) if lifted else (15, -14)
    for x, (hand_x, hand_y) in ((-1, (15, -14)), (1, hand)):
        elbow = (x * 30, -40) if hand_y < -50 else (x * 26, -30)
        pen.limb([(x * 13, -44), elbow, (x * hand_x, hand_y)], [9, 8, 7], coat.main)
        pen.ellipse(x * hand_x, hand_y, 4.5, 4.5, skin)
    _face(pen.at(0, -61, 0.6, tilt=rng.uniform(-14, 14)), fur)


def hanging(pen: Pen, rng: np.random.Generator) -> None:
    coat, skin = fur = _fur(rng)
    branch(pen, rng, -92)
    swing = pen.at(6, -92, tilt=rng.uniform(-14, 14))
    swing.limb([(-16, 74), (-32, 84), (-44, 74), (-40, 60), (-32, 62)], [6, 5, 5, 4, 3], coat.dark)
    swing.limb([(-8, 62), (-16, 76), (-8, 88)], [11, 9, 7], shade(coat.main, 0.75))
    swing.limb([(-14, 44), (-28, 52), (-26, 66)], [9, 8, 6], shade(coat.main, 0.75))
    swing.limb([(-4, 36), (-7, 50), (-8, 64)], [24, 27, 24], coat.main)
    swing.ellipse(-4, 52, 8, 13, coat.light)
    swing.limb([(2, 64), (12, 74), (4, 86)], [11, 9, 7], coat.main)
    swing.ellipse(3, 88, 6, 4, skin)
    swing.limb([(2, 38), (10, 20), (0, 0)], [10, 8, 7], coat.main)
    swing.ellipse(0, -1, 5.5, 5, skin)
    _face(swing.at(-11, 23, 0.58, tilt=rng.uniform(-16, 10)), fur)


def walking(pen: Pen, rng: np.random.Generator) -> None:
    coat, skin = fur = _fur(rng)
    step = rng.uniform(2, 8)
    pen.shadow(0, -1, 40, 5)
    lean = rng.uniform(-5, 5)
    tail = [
        (-26, -40),
        (-42, -48),
        (-46 + lean, -72),
        (-32 + lean, -82),
        (-24 + lean, -72),
        (-30 + lean, -66),
    ]
    pen.limb(tail, [7, 6, 5, 5, 4, 3], coat.dark)
    four_legs(pen, (-22, 16), -32, (-step, step, step, -step), 12, coat.main, skin)
    pen.limb([(-20, -38), (0, -38), (16, -42)], [25, 22, 26], coat.main)
    _face(pen.at(28, -55, 0.6, tilt=rng.uniform(-8, 12)), fur)


def _fur(rng: np.random.Generator) -> Fur:
    return Fur(
        pick_coat(rng, ("brown", "chestnut", "dark")),
        jitter(rng, SKINS[rng.integers(len(SKINS))], 8),
    )


def _face(pen: Pen, fur: Fur) -> None:
    """A face 90 units wide with its ears, around (0, 0): round ears, bare patch, broad mouth."""
    coat, skin = fur
    for side in (-1, 1):
        pen.ellipse(side * 37, -4, 14, 16, coat.main)
        pen.ellipse(side * 38, -3, 9, 11, skin)
    pen.ellipse(0, -4, 34, 33, coat.main)
    pen.blob([(-6, -34), (-2, -46), (3, -38), (8, -44), (9, -30)], coat.main)
    for side in (-1, 1):
        pen.ellipse(side * 12, -8, 14, 15, skin)
    pen.ellipse(0, 13, 24, 17, skin)
    pen.ellipse(0, 16, 18, 11, mix(skin, (255, 240, 224), 0.25))
    for side in (-1, 1):
        eye(pen, side * 11, -7, 4.8)
        pen.ellipse(side * 4, 7, 2, 2.4, INK)
    pen.limb([(-12, 17), (0, 22), (12, 17)], [1.5, 2.6, 1.5], shade(skin, 0.5))


POSES = {
    "on branch": Pose(on_branch, LAND, "branch", size=72, weight=2.2),
    "hanging": Pose(hanging, LAND, "branch", size=78, weight=0.9),
    "walking": Pose(walking, LAND, size=76, weight=1.3),
}
