"""How far a fix is, for whoever waits: said between two pieces of work, where it can be stopped."""

from __future__ import annotations

from collections.abc import Callable

from core.datasets import ProgressCallback

Stage = Callable[[str], None]  # told in words what is done next; progress then counts anew


class Told:
    """What is done, part by part; a `progress` that raises stops the fix."""

    def __init__(
        self, progress: ProgressCallback | None = None, stage: Stage = lambda words: None
    ) -> None:
        self._progress, self._stage = progress, stage
        self._done, self._total = 0, 1

    def begin(self, words: str, total: int = 1) -> None:
        """Another part begins, of so many pieces."""
        self._done, self._total = 0, total
        self._stage(words)

    def more(self, pieces: int = 1, *, known: bool = False) -> None:
        """So many more are done; those known from before cost nothing and say no pace."""
        self._done += pieces
        if self._progress and not known:
            self._progress(self._done, max(self._total, self._done))
