"""Birds: songbirds, owls, ducks and waders; perched, flying, swimming, standing."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import Pen
from core.datasets.scenes.colours import (
    COATS,
    INK,
    PAINTS,
    WHITE,
    Coat,
    Colour,
    jitter,
    mix,
    pick_coat,
    shade,
)
from core.datasets.scenes.places.props import branch
from core.datasets.scenes.subjects.limbs import eye
from core.datasets.scenes.subjects.poses import AIR, LAND, WATER, Pose

BEAK = (236, 164, 52)


def perched(pen: Pen, rng: np.random.Generator) -> None:
    plumage = _plumage(rng)
    branch(pen, rng, 2)
    bird = pen.at(0, -30, 1.15, tilt=rng.uniform(-14, 10))
    bird.polygon([(-18, 2), (-52, 20), (-46, 28), (-14, 12)], plumage.dark)
    pen.line([(-2, -12), (-3, 0), (4, 0)], 2, shade(BEAK, 0.7))
    pen.line([(8, -12), (8, 0), (14, 0)], 2, shade(BEAK, 0.7))
    bird.blob(
        [(-24, 6), (-14, -12), (6, -22), (24, -10), (22, 8), (6, 20), (-12, 16)], plumage.main
    )
    bird.ellipse(10, 8, 13, 10, plumage.light, -25)
    bird.limb([(6, -4), (-10, 4), (-30, 12)], [14, 14, 3], plumage.dark)
    bird.line([(0, 0), (-22, 9)], 1.3, plumage.main)
    _head(bird.at(18, -20), rng, plumage)


def flying(pen: Pen, rng: np.random.Generator) -> None:
    plumage = _plumage(rng)
    pen = pen.at(0, -45, tilt=rng.uniform(-22, 14))
    lift = rng.uniform(0.55, 1.1)
    pen.blob(
        [(8, -6), (20, -24 * lift), (38, -44 * lift), (10, -40 * lift), (-8, -6)], plumage.dark
    )
    pen.polygon([(-22, -2), (-52, -10), (-54, 2), (-48, 10), (-20, 6)], plumage.dark)
    pen.limb([(-28, 2), (-4, 2), (20, -2)], [8, 21, 15], plumage.main)
    pen.limb([(-14, 8), (4, 9), (18, 3)], [3, 8, 4], plumage.light)
    wing = [
        (12, 0),
        (6, -26 * lift),
        (-14, -52 * lift),
        (-28, -58 * lift),
        (-30, -40 * lift),
        (-22, -16),
        (-12, 2),
    ]
    pen.blob(wing, plumage.main)
    for share in (0.3, 0.55, 0.8):
        tip = (-14 - 16 * share, -52 * lift * share - 2)
        pen.limb([(-2, -4 - 16 * share), tip], [5, 2], plumage.dark)
    _head(pen.at(26, -5, 0.85), rng, plumage)


def swimming(pen: Pen, rng: np.random.Generator) -> None:
    plumage = _plumage(rng)
    swan = rng.random() < 0.35
    pen.shadow(0, 1, 42, 4)
    pen.blob(
        [(-46, -26), (-30, -16), (-4, -22), (24, -20), (32, -8), (20, 1), (-22, 1), (-38, -8)],
        plumage.main,
    )
    pen.limb([(14, -12), (-8, -16), (-34, -18)], [12, 14, 4], plumage.dark)
    top = -58 if swan else -36
    pen.limb([(22, -10), (32, (top - 10) / 2), (26, top)], [18, 9, 9], plumage.main)
    if not swan:
        pen.limb([(24, -22), (32, -22)], [5, 5], WHITE)
    _head(pen.at(28, top - 4, 0.85), rng, plumage, flat=True)
    for x in (-30, 4, 30):
        pen.limb(
            [(x - 16, 2), (x, 3.5), (x + 14, 2)], [1, 2.4, 1], mix(WHITE, (150, 190, 210), 0.35)
        )


def wading(pen: Pen, rng: np.random.Generator) -> None:
    """A heron, stork or flamingo."""
    plumage = _plumage(rng)
    pink = shade(BEAK, rng.uniform(0.75, 1))
    pen.shadow(0, 0, 18, 3)
    pen.line([(-2, -34), (-4, -18), (-2, 0), (6, 0)], 2.4, pink)
    pen.line([(5, -34), (12, -20) if rng.random() < 0.5 else (6, -18), (7, 0), (14, 0)], 2.4, pink)
    pen.blob([(-32, -32), (-14, -50), (8, -52), (18, -42), (8, -30), (-12, -30)], plumage.main)
    pen.limb([(8, -44), (-10, -40), (-32, -31)], [13, 13, 4], plumage.dark)
    pen.limb([(14, -44), (25, -56), (13, -70), (20, -82)], [10, 6, 5, 6], plumage.main)
    pen.ellipse(22, -84, 7, 6, plumage.main)
    pen.polygon([(26, -88), (26, -81), (48, -80)], BEAK)
    eye(pen, 23, -86, 1.7)


def owl(pen: Pen, rng: np.random.Generator) -> None:
    plumage = pick_coat(rng, ("brown", "grey", "tan"))
    branch(pen, rng, -2)
    pen.blob(
        [(-26, -14), (-27, -48), (-22, -76), (22, -76), (27, -48), (26, -14), (0, 0)], plumage.main
    )
    for side in (-1, 1):
        pen.polygon([(side * 24, -66), (side * 26, -88), (side * 8, -76)], plumage.main)
        pen.limb([(side * 24, -52), (side * 25, -24), (side * 16, -4)], [9, 13, 5], plumage.dark)
    pen.ellipse(0, -26, 15, 20, plumage.light)
    for row, y in enumerate((-38, -30, -22, -14)):
        for x in (-8, 0, 8) if row % 2 else (-4, 4):
            pen.ellipse(x, y, 2.4, 1.8, plumage.dark)
    for side in (-1, 1):
        pen.ellipse(side * 11, -61, 12.5, 12.5, plumage.light)
        pen.ellipse(side * 11, -61, 8, 8, (242, 184, 58))
        pen.ellipse(side * 11, -61, 4.4, 4.4, INK)
        pen.ellipse(side * 7, -2, 5, 3, BEAK)
    pen.polygon([(-4, -58), (4, -58), (0, -48)], BEAK)


def _plumage(rng: np.random.Generator) -> Coat:
    """Feathers: as bright as paint, or as plain as a coat, or white."""
    plain = (*COATS.values(), WHITE)
    bright = rng.random() < 0.5
    main = jitter(rng, PAINTS[rng.integers(10)] if bright else plain[rng.integers(len(plain))], 12)
    return Coat("bright" if bright else "plain", main, shade(main, 0.66), mix(main, WHITE, 0.6))


def _head(
    pen: Pen, rng: np.random.Generator, plumage: Coat, *, flat: bool = False, beak: Colour = BEAK
) -> None:
    """A head in profile around (0, 0) with a beak to the right."""
    if flat:
        pen.limb([(8, 3), (24, 4)], [7, 5], beak)
    else:
        pen.polygon([(9, -6), (10, 5), (26, 1)], beak)
    if rng.random() < 0.25:
        pen.limb([(-4, -10), (-12, -22)], [7, 2], plumage.dark)
    pen.ellipse(0, 0, 13, 12.5, plumage.main)
    pen.ellipse(4, 4, 7, 6, mix(plumage.main, plumage.light, 0.6))
    eye(pen, 4, -3, 2.6)


POSES = {
    "perched": Pose(perched, LAND, "branch", size=80, weight=2.4),
    "flying": Pose(flying, AIR, "air", size=78, weight=1.8),
    "swimming": Pose(swimming, WATER, size=72, weight=1.3),
    "wading": Pose(wading, (*LAND, "beach", "sea"), size=88, weight=1.2),
    "owl": Pose(owl, LAND, "branch", size=76, weight=0.4),
}
