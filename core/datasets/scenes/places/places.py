"""Where a scene is set. Each place paints its background and says where the ground lies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.datasets.scenes.places import nature, town
from core.datasets.scenes.places.grounds import Ground
from core.datasets.scenes.places.sky import Mood

PLACES: dict[str, Callable[[np.random.Generator, Mood], Ground]] = {
    "meadow": nature.meadow,
    "forest": nature.forest,
    "beach": nature.beach,
    "sea": nature.sea,
    "hills": nature.hills,
    "air": nature.air,
    "yard": town.yard,
    "zoo": town.zoo,
    "road": town.road,
    "street": town.street,
    "harbour": town.harbour,
    "runway": town.runway,
}
