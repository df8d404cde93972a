"""Places in the open: meadow, forest, beach, sea, hills, and nothing but air."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import SIDE
from core.datasets.scenes.colours import WHITE, jitter, mix, shade
from core.datasets.scenes.places import props
from core.datasets.scenes.places.grounds import SAND, Ground, far, open_air, water, waterside
from core.datasets.scenes.places.sky import Mood


def meadow(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(34, 56)
    layer, pen = open_air(
        rng, mood, horizon, (mix(mood.grass, mood.low, 0.3), shade(mood.grass, 0.86))
    )
    props.hills(pen, rng, horizon, rng.uniform(6, 18), far(mood, 0.55))
    props.hills(pen, rng, horizon, rng.uniform(3, 9), far(mood, 0.3))
    for x in rng.uniform(0, SIDE, rng.integers(1, 5)):
        props.tree(pen, rng, mood, x, horizon + rng.uniform(0, 4), rng.uniform(14, 34))
    props.tufts(pen, rng, mood.grass, horizon, 46)
    if mood.season in ("spring", "summer"):
        props.flowers(pen, rng, horizon, int(rng.integers(0, 22)))
    return Ground(layer, horizon, rng.uniform(82, 90))


def forest(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(44, 60)
    floor = mix(mood.grass, (104, 84, 60), 0.45)
    layer, pen = open_air(rng, mood, horizon, (mix(floor, mood.low, 0.2), shade(floor, 0.8)))
    back = mix(mood.leaves[0], mood.low, 0.4)
    props.hills(pen, rng, horizon, rng.uniform(24, 44), back)
    for x in np.linspace(2, 94, rng.integers(5, 8)) + rng.uniform(-5, 5):
        width = rng.uniform(2, 5)
        bark = mix(jitter(rng, (104, 82, 64), 10), mood.low, rng.uniform(0.05, 0.35))
        pen.polygon(
            [
                (x - width, horizon + 3),
                (x - width * 0.7, 0),
                (x + width * 0.7, 0),
                (x + width, horizon + 3),
            ],
            bark,
        )
    for x in rng.uniform(0, SIDE, 6):
        props.bush(pen, rng, mood, x, rng.uniform(-2, 10), rng.uniform(10, 16))
    for x in rng.uniform(0, SIDE, rng.integers(2, 6)):
        props.bush(pen, rng, mood, x, horizon + rng.uniform(1, 6), rng.uniform(4, 10))
    props.tufts(pen, rng, shade(mood.grass, 0.8), horizon, 40)
    return Ground(layer, horizon, rng.uniform(82, 90))


def beach(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(36, 48)
    layer, pen = open_air(rng, mood, horizon, (SAND, shade(SAND, 0.92)))
    shore = horizon + rng.uniform(6, 14)
    blue = water(rng, mood)
    pen.box(-2, horizon, SIDE + 2, shore, blue)
    x = np.linspace(-2, 98, 18)
    foam = shore + 1.4 * np.sin(x / 6 + rng.uniform(0, 6))
    pen.polygon(
        [(-2, shore - 2), *zip(x, foam, strict=True), (98, shore - 2)], mix(blue, WHITE, 0.75)
    )
    if rng.random() < 0.5:
        props.hills(pen, rng, horizon, rng.uniform(4, 12), far(mood, 0.5))
    for x0 in rng.uniform(0, SIDE, rng.integers(0, 4)):
        props.rock(pen, rng, x0, shore + rng.uniform(3, 10), rng.uniform(3, 7))
    for _ in range(24):
        pen.ellipse(
            rng.uniform(0, SIDE),
            rng.uniform(shore + 3, 95),
            1.2,
            0.6,
            shade(SAND, rng.uniform(0.82, 1.08)),
        )
    return Ground(layer, shore + 4, rng.uniform(82, 90))


def sea(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(38, 62)
    layer, pen = waterside(rng, mood, horizon)
    if rng.random() < 0.4:
        props.hills(
            pen.at(rng.uniform(-60, 60), 0), rng, horizon, rng.uniform(4, 12), far(mood, 0.6)
        )
    return Ground(layer, horizon, rng.uniform(76, 86))


def hills(rng: np.random.Generator, mood: Mood) -> Ground:
    horizon = rng.uniform(78, 90)
    layer, pen = open_air(rng, mood, horizon, (mood.grass, shade(mood.grass, 0.9)))
    props.hills(pen, rng, horizon, rng.uniform(10, 30), far(mood, 0.6))
    props.hills(pen, rng, horizon, rng.uniform(5, 14), far(mood, 0.3))
    for x in rng.uniform(0, SIDE, rng.integers(0, 5)):
        props.tree(pen, rng, mood, x, horizon + 3, rng.uniform(8, 16))
    return Ground(layer, horizon, SIDE - 4)


def air(rng: np.random.Generator, mood: Mood) -> Ground:
    layer, _ = open_air(rng, mood, SIDE, (mood.low, mood.low))
    return Ground(layer, SIDE - 8, SIDE - 4)
