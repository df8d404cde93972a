"""What places are furnished with: trees, bushes, rocks, houses, clouds, grass; and branches."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import SIDE, Pen
from core.datasets.scenes.colours import INK, PAINTS, WHITE, WOOD, Colour, clear, jitter, mix, shade
from core.datasets.scenes.places.sky import Mood

SNOW = (244, 247, 250)
PETALS = ((246, 240, 232), (240, 206, 80), (222, 100, 110), (150, 120, 200))
WALLS = ((226, 208, 178), (206, 128, 104), (196, 202, 206), (240, 232, 214), (166, 186, 178))
ROOFS = ((158, 82, 66), (96, 90, 96), (120, 72, 60))


def clouds(pen: Pen, rng: np.random.Generator, mood: Mood, horizon: float) -> None:
    count = {"clear": rng.integers(0, 2), "fog": 0}.get(mood.weather, rng.integers(2, 6))
    tone = mix(WHITE, mood.low, 0.25 if mood.weather in ("clear", "cloudy") else 0.7)
    for _ in range(int(count)):
        x, y = rng.uniform(0, SIDE), rng.uniform(2, max(horizon * 0.8, 8))
        width = rng.uniform(8, 17)
        for dx, dy, r in ((-0.8, 0.15, 0.5), (-0.2, -0.12, 0.66), (0.4, 0, 0.6), (0.95, 0.2, 0.4)):
            pen.ellipse(
                x + dx * width, y + dy * width, width * r, width * r * 0.55, clear(tone, 0.8)
            )


def sun(pen: Pen, rng: np.random.Generator, mood: Mood, horizon: float) -> None:
    """A sun, or at dusk a moon, on the side that the light comes from."""
    if mood.weather not in ("clear", "cloudy") or rng.random() < 0.5:
        return
    x = SIDE / 2 + mood.light * rng.uniform(18, 44)
    y = horizon * rng.uniform(0.12, 0.3 if mood.time == "day" else 0.75)
    colour = {"dusk": (240, 238, 220), "evening": (255, 226, 150)}.get(mood.time, (255, 244, 196))
    for radius, opacity in ((11, 0.15), (8, 0.25), (5, 1)):
        pen.ellipse(x, y, radius, radius, clear(colour, opacity))


def birds_far_off(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    if rng.random() < 0.15:
        for _ in range(rng.integers(2, 5)):
            x, y = rng.uniform(8, 88), rng.uniform(4, max(horizon * 0.6, 8))
            pen.line([(x - 2.4, y - 1), (x, y), (x + 2.4, y - 1)], 0.7, (70, 74, 86))


def hills(
    pen: Pen, rng: np.random.Generator, horizon: float, height: float, colour: Colour
) -> None:
    """A rolling range whose foot is the horizon."""
    x = np.linspace(-2, SIDE + 2, 26)
    wave = np.sin(x / rng.uniform(9, 20) + rng.uniform(0, 6)) + 0.6 * np.sin(x / rng.uniform(5, 9))
    ridge = horizon - height * (0.55 + 0.28 * wave)
    pen.polygon([(-2, horizon + 1), *zip(x, ridge, strict=True), (SIDE + 2, horizon + 1)], colour)


def tree(pen: Pen, rng: np.random.Generator, mood: Mood, x: float, y: float, height: float) -> None:
    """A fir, a broad-leaved tree, or in winter a bare one."""
    leaf = mood.leaves[rng.integers(len(mood.leaves))]
    kind = rng.random()
    pen = pen.at(x, y, height / 100)
    if kind < 0.4 and leaf[1] >= leaf[0]:
        _fir(pen, shade(leaf, 0.75), mood.season == "winter")
    elif mood.season == "winter":
        _bare(pen, jitter(rng, WOOD, 6))
    else:
        pen.limb([(0, 0), (1, -30), (0, -60)], [13, 8, 5], jitter(rng, WOOD, 8))
        for dx, dy, r, tone in (
            (-20, -52, 22, 0.82),
            (20, -54, 22, 0.88),
            (0, -74, 27, 1),
            (-8, -80, 14, 1.12),
        ):
            pen.ellipse(dx, dy, r, r * 0.9, shade(leaf, tone))


def _fir(pen: Pen, leaf: Colour, snowy: bool) -> None:
    pen.box(-5, -16, 5, 0, WOOD)
    for foot, half, top in ((-12, 30, -52), (-36, 24, -76), (-60, 17, -100)):
        pen.polygon([(-half, foot), (half, foot), (0, top)], leaf)
        pen.polygon([(0, top), (half, foot), (half * 0.2, foot)], shade(leaf, 0.86))
        if snowy:
            pen.polygon([(-half * 0.45, top + 20), (half * 0.4, top + 18), (0, top)], SNOW)


def _bare(pen: Pen, bark: Colour) -> None:
    pen.limb([(0, 0), (1, -40), (-1, -90)], [12, 8, 2], bark)
    for y, reach in ((-36, 26), (-48, -28), (-62, 18), (-70, -16)):
        pen.limb([(0, y), (reach * 0.6, y - 14), (reach, y - 26)], [5, 3, 1.5], bark)


def bush(pen: Pen, rng: np.random.Generator, mood: Mood, x: float, y: float, size: float) -> None:
    leaf = mood.leaves[rng.integers(len(mood.leaves))]
    for dx, dy, r, tone in ((-0.6, -0.3, 0.5, 0.8), (0.6, -0.32, 0.5, 0.86), (0, -0.5, 0.62, 1)):
        pen.ellipse(x + dx * size, y + dy * size, r * size, r * size * 0.85, shade(leaf, tone))


def rock(pen: Pen, rng: np.random.Generator, x: float, y: float, size: float) -> None:
    stone = jitter(rng, (150, 144, 136), 12)
    bumps = rng.uniform(0.7, 1.1, 4) * size
    outline = [
        (x - size, y),
        (x - bumps[0] * 0.8, y - bumps[1] * 0.7),
        (x, y - bumps[2]),
        (x + bumps[3] * 0.8, y - size * 0.6),
        (x + size, y),
    ]
    pen.polygon(outline, stone)
    pen.polygon(
        [
            (x, y - bumps[2]),
            (x + bumps[3] * 0.8, y - size * 0.6),
            (x + size, y),
            (x + size * 0.2, y),
        ],
        shade(stone, 0.82),
    )


def house(pen: Pen, rng: np.random.Generator, x: float, y: float, width: float, mood: Mood) -> None:
    wall = jitter(rng, WALLS[rng.integers(len(WALLS))], 8)
    roof = SNOW if mood.season == "winter" else jitter(rng, ROOFS[rng.integers(len(ROOFS))], 8)
    pane = (255, 224, 140) if mood.time == "dusk" else (116, 146, 166)
    pen = pen.at(x, y, width / 100)
    pen.box(18, -112, 32, -70, shade(wall, 0.7))
    pen.box(-50, -62, 50, 0, wall)
    pen.box(20, -62, 50, 0, shade(wall, 0.93))
    pen.polygon([(-60, -60), (-34, -100), (34, -100), (60, -60)], roof)
    pen.box(-10, -38, 10, 0, jitter(rng, PAINTS[rng.integers(4)], 6))
    for left in (-40, 22):
        pen.box(left - 2, -46, left + 20, -18, WHITE)
        pen.box(left, -44, left + 18, -20, pane)
        pen.line([(left + 9, -44), (left + 9, -20)], 2.5, WHITE)


def tufts(pen: Pen, rng: np.random.Generator, colour: Colour, horizon: float, count: int) -> None:
    """Blades of grass, larger the nearer."""
    x = rng.uniform(0, SIDE, count)
    near = rng.uniform(0.08, 1, count)
    tones = rng.uniform(0.74, 1.14, count)
    for left, share, tone in zip(x.tolist(), near.tolist(), tones.tolist(), strict=True):
        y = horizon + (SIDE - horizon) * share
        size = 1.2 + 3 * share
        blade = shade(colour, tone)
        pen.line(
            [(left - size * 0.5, y - size), (left, y), (left + size * 0.5, y - size * 1.1)],
            0.6,
            blade,
        )


def flowers(pen: Pen, rng: np.random.Generator, horizon: float, count: int) -> None:
    petal = PETALS[rng.integers(len(PETALS))]
    for _ in range(count):
        share = rng.uniform(0.15, 1)
        y = horizon + (SIDE - horizon) * share
        pen.ellipse(rng.uniform(0, SIDE), y, 0.5 + share, 0.5 + share * 0.8, petal)


def branch(pen: Pen, rng: np.random.Generator, y: float) -> None:
    """A bough from edge to edge at this height, with a few leaves; part of who sits on it."""
    bark = jitter(rng, WOOD, 10)
    bend = rng.uniform(-4, 4)
    pen.limb(
        [(-100, y + 5 + bend), (-30, y + 4), (30, y + 4), (100, y + 5 - bend)], [11, 9, 8, 6], bark
    )
    pen.limb(
        [(-90, y + 3 + bend), (0, y + 2.4), (90, y + 4 - bend)],
        [1.5, 2, 1.5],
        mix(bark, WHITE, 0.2),
    )
    leaf = jitter(rng, (92, 140, 70), 16) if rng.random() < 0.75 else (190, 120, 60)
    for x in rng.uniform(-62, 62, 5).tolist():
        up = rng.choice([-1, 1])
        pen.limb(
            [(x, y + 4), (x + 5, y + 4 + up * 7), (x + 12, y + 5 + up * 11)],
            [1, 6, 1],
            shade(leaf, rng.uniform(0.8, 1.15)),
        )


def lamp_post(pen: Pen, x: float, y: float, height: float) -> None:
    pen.line([(x, y), (x, y - height), (x + height * 0.16, y - height)], 1.1, INK)
    pen.ellipse(x + height * 0.18, y - height + 1, 1.6, 1.1, (255, 236, 170))
