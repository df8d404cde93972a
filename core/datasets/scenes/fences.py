"""Fences in front of everything: chain link, square mesh, and the bars of a cage."""

from __future__ import annotations

import numpy as np

from core.datasets.scenes.canvas import SIDE, Pen
from core.datasets.scenes.colours import Colour, jitter, mix, shade

KINDS = ("chain link", "square mesh", "bars")
STEELS = ((206, 210, 212), (158, 164, 168), (84, 92, 92), (52, 54, 58), (70, 110, 84))


def draw(pen: Pen, kind: str, rng: np.random.Generator) -> None:
    """Draw a fence of this kind over the whole picture."""
    steel = jitter(rng, STEELS[rng.integers(len(STEELS))], 8)
    tilted = pen.at(SIDE / 2, SIDE / 2, tilt=rng.uniform(-5, 5))
    {"chain link": _chain_link, "square mesh": _square_mesh, "bars": _bars}[kind](
        tilted, rng, steel
    )


def _chain_link(pen: Pen, rng: np.random.Generator, steel: Colour) -> None:
    gap = rng.uniform(9.5, 13.5)
    width = rng.uniform(1.3, 1.9)
    slope = rng.uniform(0.85, 1.2)
    shift = rng.uniform(0, gap)
    for start in np.arange(-150, 150, gap) + shift:
        for side in (-1, 1):
            _wire(
                pen, (start - 70 * side, -70 * slope), (start + 70 * side, 70 * slope), width, steel
            )


def _square_mesh(pen: Pen, rng: np.random.Generator, steel: Colour) -> None:
    gap = rng.uniform(9.5, 13.5)
    width = rng.uniform(1.3, 1.9)
    shift = rng.uniform(0, gap)
    for at in np.arange(-75, 75, gap) + shift:
        _wire(pen, (at, -75), (at, 75), width, steel)
        _wire(pen, (-75, at), (75, at), width, steel)


def _bars(pen: Pen, rng: np.random.Generator, steel: Colour) -> None:
    gap = rng.uniform(15, 22)
    width = rng.uniform(1.6, 2.4)
    shift = rng.uniform(0, gap)
    for at in np.arange(-75, 75, gap) + shift:
        _wire(pen, (at, -75), (at, 75), width, steel)
    for y in (rng.uniform(-40, -28), rng.uniform(28, 40)):
        _wire(pen, (-75, y), (75, y), width * 1.2, steel)


def _wire(
    pen: Pen, start: tuple[float, float], end: tuple[float, float], width: float, steel: Colour
) -> None:
    """A wire with a dark lower and a light upper edge, so that it shows on any ground."""
    pen.line([start, end], width, shade(steel, 0.5))
    lift = width * 0.25
    inner = [(start[0] - lift, start[1] - lift), (end[0] - lift, end[1] - lift)]
    pen.line(inner, width * 0.55, mix(steel, (255, 255, 255), 0.25))
