"""The concepts' looks that the fixes of one run put on images: each learned, and made, once."""

from __future__ import annotations

import numpy as np

from core.concepts.presence import Presence
from core.fixes.imagined.overlay import MOVES, TRIED, Overlaid, Overlays
from core.fixes.source import Source
from core.fixes.told import Told

# How often each training image is made, with another donor each time. Features that were trained
# on these very images part them by a hair: there, what one donor's image shows beside the concept
# is learned with it (demo, mean of several draws: one of each image closed 58 to 60 % of the gap,
# two 67, four 73, eight 77). Features that never saw the images gain nothing by it.
TIMES, TIMES_FROZEN = 4, 1


class Looks:
    """By a concept's name; `source` holds the training images that they are learned from.

    `told` is told of every image that the network is shown.
    """

    def __init__(self, source: Source, told: Told | None = None) -> None:
        self._source, self._told = source, told or Told()
        self._looks: dict[str, Overlaid] = {}
        self._made: dict[str, Overlays] = {}
        self._held: dict[str, np.ndarray] = {}

    def look(self, name: str, who: Presence) -> Overlaid:
        """Learned from the training images that show the concept; see `Overlaid` for errors."""
        if name not in self._looks:
            source, real = self._source, self._source.material
            self._told.begin(f"What puts the look of “{name}” on images is tried", MOVES * TRIED)
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
            frozen = self._source.run.config.get("mode") == "head"
            wanted = len(self._source.material.rows) * (TIMES_FROZEN if frozen else TIMES)
            look = self.look(name, who)
            count = look.affordable(wanted)
            self._told.begin(f"Images with the look of “{name}” are shown to the network", count)
            self._made[name] = look.overlays(count)
        return self._made[name]

    def learned(self) -> dict[str, Overlaid]:
        """Those that were learned, by the concept's name."""
        return dict(self._looks)

    def held(self, name: str, who: Presence) -> np.ndarray:
        """(M, D) raw features of the validation images with the look, to judge by."""
        if name not in self._held:
            look, held = self.look(name, who), self._source.held
            words = f"Validation images with the look of “{name}” are shown to it"
            self._told.begin(words, len(held))
            self._held[name] = look.on(held, self._source.run.seed + 1)
        return self._held[name]
