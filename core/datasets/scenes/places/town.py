"""Places that people have made: yard, zoo, road, street, harbour, runway."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import SIDE, Pen
from core.datasets.scenes.colours import GLASS, RED, WHITE, jitter, mix, shade
from core.datasets.scenes.places import props
from core.datasets.scenes.places.grounds import (
    ASPHALT,
    SAND,
    Ground,
    far,
    open_air,
    tarmac,
    waterside,
)
from core.datasets.scenes.places.sky import Mood


def yard(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(46, 58)
    layer, pen = open_air(rng, mood, horizon, (shade(mood.grass, 0.95), shade(mood.grass, 0.84)))
    props.hills(pen, rng, horizon, rng.uniform(6, 14), far(mood, 0.35))
    props.tree(pen, rng, mood, rng.uniform(0, SIDE), horizon + 1, rng.uniform(34, 54))
    props.house(pen, rng, rng.uniform(10, 86), horizon + 3, rng.uniform(44, 72), mood)
    for x in rng.uniform(0, SIDE, rng.integers(2, 5)):
        props.bush(pen, rng, mood, x, horizon + 5, rng.uniform(6, 11))
    if rng.random() < 0.5:
        x, bend = rng.uniform(20, 76), rng.uniform(-24, 24)
        pen.polygon(
            [(x - 3, horizon + 3), (x + 3, horizon + 3), (x + bend + 18, 98), (x + bend - 14, 98)],
            mix(SAND, mood.grass, 0.2),
        )
    props.tufts(pen, rng, mood.grass, horizon, 26)
    return Ground(layer, horizon, rng.uniform(82, 90))


def zoo(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(48, 60)
    earth = jitter(rng, mix(SAND, (170, 140, 104), rng.uniform(0, 1)), 8)
    layer, pen = open_air(rng, mood, horizon, (shade(earth, 0.95), shade(earth, 0.85)))
    for x in rng.uniform(0, SIDE, 4):
        props.tree(pen, rng, mood, x, horizon - 8, rng.uniform(24, 40))
    wall = jitter(rng, ((176, 166, 150), (150, 156, 152), (190, 160, 132))[rng.integers(3)], 8)
    top = horizon - rng.uniform(12, 30)
    pen.box(-2, top, SIDE + 2, horizon + 1, wall)
    pen.box(-2, top, SIDE + 2, top + 2.4, mix(wall, WHITE, 0.35))
    for x in rng.uniform(0, SIDE, 5):
        pen.ellipse(x, rng.uniform(top + 5, horizon), rng.uniform(3, 9), 2, shade(wall, 0.93))
    for x in rng.uniform(0, SIDE, rng.integers(2, 5)):
        props.rock(pen, rng, x, horizon + rng.uniform(2, 8), rng.uniform(5, 15))
    props.tufts(pen, rng, mix(mood.grass, earth, 0.3), horizon, 20)
    return Ground(layer, horizon, rng.uniform(82, 90))


def road(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(36, 52)
    layer, pen = open_air(rng, mood, horizon, (mix(mood.grass, mood.low, 0.25), mood.grass))
    props.hills(pen, rng, horizon, rng.uniform(8, 20), far(mood, 0.5))
    for x in rng.uniform(0, SIDE, rng.integers(1, 5)):
        props.tree(pen, rng, mood, x, horizon + rng.uniform(1, 8), rng.uniform(16, 34))
    props.tufts(pen, rng, mood.grass, horizon, 24)
    tarmac(pen, rng, rng.uniform(64, 70))
    return Ground(layer, horizon + 16, rng.uniform(83, 89))


def street(rng: np.random.Generator, mood: Mood) -> Ground:
    kerb = rng.uniform(58, 66)
    layer, pen = open_air(rng, mood, kerb, (ASPHALT, shade(ASPHALT, 0.9)))
    x = rng.uniform(-16, -4)
    while x < SIDE:
        width = rng.uniform(16, 30)
        _front(pen, rng, x, kerb - 3, width, rng.uniform(26, 58), mood)
        x += width
    pen.box(-2, kerb - 4, SIDE + 2, kerb + 3, (178, 176, 172))
    if rng.random() < 0.5:
        props.tree(pen, rng, mood, rng.uniform(6, 90), kerb - 1, rng.uniform(28, 42))
    props.lamp_post(pen, rng.uniform(4, 88), kerb, rng.uniform(26, 36))
    tarmac(pen, rng, kerb + 3)
    return Ground(layer, kerb, rng.uniform(83, 89))


def harbour(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(44, 58)
    layer, pen = waterside(rng, mood, horizon)
    props.hills(pen, rng, horizon, rng.uniform(10, 22), far(mood, 0.4))
    for x in np.arange(rng.uniform(0, 10), SIDE, rng.uniform(14, 24)):
        props.house(pen, rng, x, horizon, rng.uniform(9, 16), mood)
    pen.box(-2, horizon - 1, SIDE + 2, horizon + 2, (132, 124, 116))
    if rng.random() < 0.4:
        x = rng.uniform(8, 88)
        pen.polygon(
            [(x - 3, horizon), (x + 3, horizon), (x + 2, horizon - 26), (x - 2, horizon - 26)],
            WHITE,
        )
        pen.box(x - 2.6, horizon - 19, x + 2.6, horizon - 13, RED)
        pen.box(x - 2.2, horizon - 30, x + 2.2, horizon - 26, (255, 226, 150))
    return Ground(layer, horizon, rng.uniform(78, 88))


def runway(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(44, 56)
    layer, pen = open_air(rng, mood, horizon, (mix(mood.grass, mood.low, 0.3), mood.grass))
    props.hills(pen, rng, horizon, rng.uniform(3, 10), far(mood, 0.5))
    x = rng.uniform(8, 84)
    if rng.random() < 0.6:
        pen.box(x - 2, horizon - 18, x + 2, horizon, (190, 192, 194))
        pen.polygon(
            [
                (x - 5, horizon - 24),
                (x + 5, horizon - 24),
                (x + 3.4, horizon - 17),
                (x - 3.4, horizon - 17),
            ],
            GLASS,
        )
    pen.box(x - 40, horizon - 7, x - 14, horizon, (168, 172, 176))
    tarmac(pen, rng, rng.uniform(62, 70))
    return Ground(layer, horizon + 10, rng.uniform(78, 86))


def _front(
    pen: Pen,
    rng: np.random.Generator,
    x: float,
    foot: float,
    width: float,
    height: float,
    mood: Mood,
) -> None:
    """The front of one house in a street."""
    wall = jitter(rng, props.WALLS[rng.integers(len(props.WALLS))], 14)
    pane = (250, 216, 136) if mood.time == "dusk" else shade(GLASS, 0.75)
    pen.box(x, foot - height, x + width, foot, wall)
    pen.box(x, foot - height, x + width, foot - height + 2, shade(wall, 0.75))
    for row in np.arange(foot - height + 5, foot - 8, 9):
        for column in np.arange(x + 3, x + width - 4, 7):
            pen.box(column, row, column + 4, row + 5.4, pane)
