"""Paper and pen: shapes drawn at three times the size, then reduced and lit softly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from core.datasets.scenes.colours import Colour

SIDE = 96
SCALE = 3
CURVE_STEPS = 6  # points drawn between two given ones

Point = tuple[float, float]
Points = Sequence[Point]


@dataclass
class Layer:
    """One sheet; what is drawn on a clear one can be shaded and laid over a picture."""

    image: Image.Image
    shadows: list[tuple[float, float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draw = ImageDraw.Draw(self.image, "RGBA" if self.image.mode == "RGB" else None)

    def pen(self) -> Pen:
        """A pen whose units are the pixels of the finished picture."""
        return Pen(self, np.eye(2) * SCALE, np.zeros(2))

    def pixels(self) -> np.ndarray:
        """The sheet at its final size: float32, (96, 96, 3 or 4), 0-255."""
        return np.asarray(self.image.reduce(SCALE), dtype=np.float32)


def clear_layer() -> Layer:
    # "RGBa" has colour weighed by opacity, which is what averaging pixels and laying over need.
    return Layer(Image.new("RGBa", (SIDE * SCALE, SIDE * SCALE)))


def gradient_layer(rows: np.ndarray) -> Layer:
    """An opaque sheet washed from top to bottom in the given colours, (96, 3)."""
    wash = np.repeat(np.clip(rows, 0, 255).astype(np.uint8)[:, None], SIDE * SCALE, axis=1)
    return Layer(Image.fromarray(np.repeat(wash, SCALE, axis=0)))


@dataclass(frozen=True)
class Pen:
    """Draws on a layer in coordinates of its own: x to the right, y down.

    Subjects are drawn about 100 units wide, facing right, standing on y = 0.
    """

    layer: Layer
    matrix: np.ndarray
    origin: np.ndarray

    def at(
        self, x: float, y: float, scale: float = 1, *, flip: bool = False, tilt: float = 0
    ) -> Pen:
        """A pen whose zero lies at (x, y) of this one; `tilt` in degrees, clockwise."""
        cos, sin = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
        turn = np.array([[cos, -sin], [sin, cos]]) * scale
        if flip:
            turn = turn @ np.diag([-1.0, 1.0])
        origin = self.origin + self.matrix @ np.array([x, y])
        return Pen(self.layer, self.matrix @ turn, origin)

    @property
    def unit(self) -> float:
        """Sheet pixels to one unit of this pen."""
        return float(np.hypot(*self.matrix[:, 0]))

    def polygon(self, points: Points | np.ndarray, colour: Colour) -> None:
        where = np.asarray(points) @ self.matrix.T + self.origin
        # Rounded, so that the last bit of a float never decides about a pixel.
        self.layer.draw.polygon(where.round(2).ravel().tolist(), fill=colour)

    def blob(self, points: Points, colour: Colour) -> None:
        """A smooth closed shape through these points."""
        curve, _ = _spline(len(points), True)
        self.polygon(curve @ np.asarray(points), colour)

    def limb(self, points: Points, widths: Sequence[float], colour: Colour) -> None:
        """A smooth stroke through these points, as wide at each as said, with round ends."""
        path = np.asarray(points, dtype=np.float64)
        curve, slope = _spline(len(points), False)
        middle, along = curve @ path, slope @ path
        half = (curve @ np.asarray(widths, dtype=np.float64))[:, None] / 2
        length = np.sqrt((along**2).sum(1, keepdims=True)) + 1e-9
        side = along[:, ::-1] * (-1, 1) / length * half
        self.polygon(np.concatenate([middle + side, (middle - side)[::-1]]), colour)
        for end, width in ((path[0], widths[0]), (path[-1], widths[-1])):
            self.ellipse(end[0], end[1], width / 2, width / 2, colour)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, tilt: float = 0
    ) -> None:
        points = _CIRCLE * (rx, ry)
        if tilt:
            cos, sin = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
            points = points @ np.array([[cos, sin], [-sin, cos]])
        self.polygon(points + np.array((x, y)), colour)

    def line(self, points: Points, width: float, colour: Colour) -> None:
        """Straight strokes from point to point, never thinner than half a finished pixel."""
        where = np.asarray(points, dtype=np.float64) @ self.matrix.T + self.origin
        thick = max(round(width * self.unit), SCALE // 2)
        self.layer.draw.line(where.round(2).ravel().tolist(), colour, thick, joint="curve")

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour)

    def shadow(self, x: float, y: float, rx: float, ry: float) -> None:
        """Ask for a soft shadow on whatever this layer will be laid over."""
        centre = (self.origin + self.matrix @ np.array([x, y])) / SCALE
        unit = self.unit / SCALE
        self.layer.shadows.append((float(centre[0]), float(centre[1]), rx * unit, ry * unit))


def lay_over(picture: np.ndarray, layer: Layer, *, depth: float, light: float = -1) -> None:
    """Lay a sheet over a picture, its shapes rounded by soft light from the left (-1) or right (1).

    `depth` says how strongly: 0 leaves them flat.
    """
    for shadow in layer.shadows:
        _darken(picture, *shadow)
    pixels = layer.pixels()
    alpha, colour = pixels[..., 3:] / 255, pixels[..., :3]
    if depth:
        colour = np.minimum(colour * (1 + depth * _relief(pixels[..., 3], light)), 255 * alpha)
    picture *= 1 - alpha
    picture += colour


def _relief(alpha: np.ndarray, light: float) -> np.ndarray:
    """Above zero on edges that face the light, below zero on those turned away; (96, 96, 1)."""
    mask = Image.fromarray(alpha.astype(np.uint8))
    soft = np.asarray(mask.filter(ImageFilter.BoxBlur(4)), dtype=np.float32) / 255
    return (soft - np.roll(soft, (4, round(-3 * light)), (0, 1)))[..., None]


def _darken(picture: np.ndarray, x: float, y: float, rx: float, ry: float) -> None:
    rows = np.arange(SIDE, dtype=np.float32)
    far = ((rows[None, :] - x) / rx) ** 2 + ((rows[:, None] - y) / ry) ** 2
    picture *= (1 - 0.5 * np.exp(-(far**1.5)))[..., None]


@lru_cache(maxsize=64)
def _spline(n: int, closed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Two matrices: n points to a Catmull-Rom curve through them, and to its direction."""
    segments = n if closed else n - 1
    curve = np.zeros((segments * CURVE_STEPS + (not closed), n))
    slope = np.zeros_like(curve)
    for row in range(len(curve)):
        segment = min(row // CURVE_STEPS, segments - 1)
        t = row / CURVE_STEPS - segment
        values = (
            -t + 2 * t**2 - t**3,
            2 - 5 * t**2 + 3 * t**3,
            t + 4 * t**2 - 3 * t**3,
            t**3 - t**2,
        )
        steps = (-1 + 4 * t - 3 * t**2, -10 * t + 9 * t**2, 1 + 8 * t - 9 * t**2, 3 * t**2 - 2 * t)
        for offset, value, step in zip(range(-1, 3), values, steps, strict=True):
            point = (segment + offset) % n if closed else min(max(segment + offset, 0), n - 1)
            curve[row, point] += value / 2
            slope[row, point] += step / 2
    return curve, slope


_TURNS = np.linspace(0, 2 * np.pi, 20, endpoint=False)
_CIRCLE = np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=1)
