"""What is told of a table before it is read: where it lies, and what run.json says of it."""

from __future__ import annotations

from dataclasses import dataclass

from core.runs.table.table_files import State


@dataclass(frozen=True)
class Told:
    """A table as it now lies there, and what run.json says of it.

    `right`: (split, images, right answers or None), as they are listed.
    """

    state: State
    classes: tuple[str, ...]
    right: tuple[tuple[str, int, int | None], ...]

    @property
    def images(self) -> dict[str, int]:
        """Split -> how many, of those that have any."""
        return {split: n for split, n, _ in self.right if n}
