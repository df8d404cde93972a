"""Legs, eyes and ears that the animals share."""

from __future__ import annotations

from core.datasets.scenes.canvas import Pen, Point
from core.datasets.scenes.colours import INK, WHITE, Colour, shade


def leg(
    pen: Pen, hip: Point, foot: Point, width: float, colour: Colour, toe: Colour, bend: float = 0
) -> None:
    """A tapering leg with a knee moved sideways by `bend`, and a hoof or paw."""
    knee = ((hip[0] + foot[0]) / 2 + bend, (hip[1] + foot[1]) / 2)
    pen.limb([hip, knee, foot], [width, width * 0.62, width * 0.5], colour)
    pen.ellipse(foot[0] + width * 0.12, foot[1] - width * 0.1, width * 0.42, width * 0.3, toe)


def four_legs(
    pen: Pen,
    hips: tuple[float, float],
    top: float,
    feet: tuple[float, float, float, float],
    width: float,
    colour: Colour,
    toe: Colour,
) -> None:
    """Hind and fore legs, the far ones (second and fourth foot) in shade.

    Args:
        hips: x of the hind and of the fore legs.
        feet: x of the feet, measured from their hip.
    """
    hind, fore = hips
    far, far_toe = shade(colour, 0.7), shade(toe, 0.7)
    leg(pen, (hind + 3, top), (hind + feet[1], -2), width, far, far_toe, bend=-width * 0.25)
    leg(pen, (fore - 3, top), (fore + feet[3], -2), width * 0.85, far, far_toe)
    leg(pen, (hind, top), (hind + feet[0], 0), width * 1.1, colour, toe, bend=-width * 0.3)
    leg(pen, (fore, top), (fore + feet[2], 0), width * 0.9, colour, toe)


def eye(pen: Pen, x: float, y: float, size: float) -> None:
    """A dark eye with a glint."""
    pen.ellipse(x, y, size, size * 1.1, INK)
    pen.ellipse(x - size * 0.3, y - size * 0.4, size * 0.35, size * 0.35, WHITE)


def leaf_ear(pen: Pen, root: Point, tip: Point, width: float, outer: Colour, inner: Colour) -> None:
    """An ear like a leaf, as deer and horses have."""
    middle = (root[0] * 0.45 + tip[0] * 0.55, root[1] * 0.45 + tip[1] * 0.55)
    pen.limb([root, middle, tip], [width * 0.6, width, width * 0.15], outer)
    near = (root[0] * 0.7 + tip[0] * 0.3, root[1] * 0.7 + tip[1] * 0.3)
    pen.limb([near, middle], [width * 0.2, width * 0.45], inner)
