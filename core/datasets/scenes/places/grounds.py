"""What places begin with: sky over bare ground, water, tarmac, country far off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.datasets.scenes.canvas import SIDE, Layer, Pen, gradient_layer
from core.datasets.scenes.colours import WHITE, Colour, clear, jitter, mix, shade
from core.datasets.scenes.places import props
from core.datasets.scenes.places.sky import Mood, wash

SAND = (222, 200, 152)
ASPHALT = (104, 106, 112)
WATERS = ((58, 118, 160), (70, 140, 160), (86, 120, 150), (96, 148, 178))


class Ground(NamedTuple):
    """A painted background, and the rows where the ground begins and where near things stand."""

    layer: Layer
    horizon: float
    front: float


def open_air(
    rng: np.random.Generator, mood: Mood, horizon: float, ground: tuple[Colour, Colour]
) -> tuple[Layer, Pen]:
    """Sky and bare ground, with sun, clouds and distant birds."""
    layer = gradient_layer(wash(mood, horizon, ground))
    pen = layer.pen()
    props.sun(pen, rng, mood, horizon)
    props.clouds(pen, rng, mood, horizon)
    props.birds_far_off(pen, rng, horizon)
    return layer, pen


def waterside(rng: np.random.Generator, mood: Mood, horizon: float) -> tuple[Layer, Pen]:
    blue = water(rng, mood)
    layer, pen = open_air(rng, mood, horizon, (mix(blue, mood.low, 0.35), shade(blue, 0.85)))
    for _ in range(34):
        share = rng.uniform(0.02, 1)
        x, y = rng.uniform(-4, 98), horizon + (SIDE - horizon) * share
        half = 2 + 6 * share
        tone = mix(blue, WHITE, rng.uniform(0.2, 0.5)) if rng.random() < 0.6 else shade(blue, 0.8)
        pen.limb(
            [(x - half, y + 0.5), (x, y - 0.5 * share), (x + half, y + 0.5)],
            [0.3, 0.5 + share, 0.3],
            clear(tone, 0.7),
        )
    return layer, pen


def water(rng: np.random.Generator, mood: Mood) -> Colour:
    return jitter(rng, mix(WATERS[rng.integers(len(WATERS))], mood.high, 0.3), 7)


def far(mood: Mood, share: float) -> Colour:
    """The colour of wooded country seen through this much air."""
    return mix(shade(mix(mood.grass, mood.leaves[0], 0.6), 0.9), mood.low, share)


def tarmac(pen: Pen, rng: np.random.Generator, top: float) -> None:
    grey = jitter(rng, ASPHALT, 10)
    pen.box(-2, top, SIDE + 2, SIDE + 2, grey)
    pen.box(-2, top, SIDE + 2, top + 1.4, mix(grey, WHITE, 0.5))
    y, shift = rng.uniform(88, 93), rng.uniform(0, 20)
    for x in np.arange(-20, SIDE, 20) + shift:
        pen.polygon([(x, y), (x + 11, y), (x + 10, y + 2.2), (x - 1, y + 2.2)], (232, 226, 200))
