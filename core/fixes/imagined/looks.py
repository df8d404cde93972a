"""The concepts' looks that the fixes of one run put on images: each learned, and made, once."""

from __future__ import annotations

import numpy as np

from core.concepts.presence import Presence
from core.fixes.imagined.overlay import MADE, MOVES, TRIED, Overlaid, Overlays
from core.fixes.source import Source
from core.fixes.told import Told


class Looks:
    """By a concept's name; `source` holds the training images that they are learned from.

    `told` is told of every image that the network is shown.
    """

    def __init__(self, source: Source, told: Told | None = None) -> None:
        self._source, self._told = source, told or Told()
        self._looks: dict[str, Overlaid] = {}
        self._made: dict[str, Overlays] = {}

    def look(self, name: str, who: Presence) -> Overlaid:
        """Learned from the training images that show the concept; see `Overlaid` for errors."""
        if name not in self._looks:
            source, real = self._source, self._source.material
            made, held = min(MADE, len(real.rows)), len(source.held)
            words = f"Images with the look of “{name}” shown to the network"
            self._told.begin(words, MOVES * TRIED + made + held)
            self._looks[name] = Overlaid(
                source.run,
                source.features[real.rows],
                real.rows,
                real.labels,
                who.shows,
                source.run.seed,
                self._told,
            )
        return self._looks[name]

    def made(self, name: str, who: Presence) -> Overlays:
        """Training images with the look, to learn from."""
        if name not in self._made:
            count = min(MADE, len(self._source.material.rows))
            self._made[name] = self.look(name, who).overlays(count)
        return self._made[name]

    def learned(self) -> dict[str, Overlaid]:
        """Those that were learned, by the concept's name."""
        return dict(self._looks)

    def held(self, name: str, who: Presence) -> np.ndarray:
        """(M, D) raw features of the validation images with the look, to judge by."""
        seed = self._source.run.seed + 1
        return self.look(name, who).on(self._source.held, seed)
