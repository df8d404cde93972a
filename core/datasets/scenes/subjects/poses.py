"""What a pose is: a drawing, where it may be set, and how often it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.datasets.scenes.canvas import Pen

Drawing = Callable[[Pen, np.random.Generator], None]

# The four-legged animals share all their places: no meadow means horse, no yard means cat.
LAND = ("meadow", "forest", "yard", "zoo", "meadow", "forest", "yard", "zoo", "beach")
ROADS = ("road", "road", "road", "street", "street", "street", "yard", "yard", "beach")
WATER = ("sea", "harbour")
AIR = ("air", "air", "hills", "sea", "meadow")


@dataclass(frozen=True)
class Pose:
    """One way to draw a class.

    Attributes:
        draw: draws it with the given pen, about 100 units wide, on y = 0.
        places: names in places.PLACES.
        stands: on the "ground", on a "branch" drawn with it, in mid "air", or at the lower "edge"
            like a portrait.
        size: finished width in pixels of 100 units, where nothing makes it nearer or farther.
        weight: how often it comes, beside the others of its class.
    """

    draw: Drawing
    places: tuple[str, ...]
    stands: str = "ground"
    size: float = 78
    weight: float = 1
