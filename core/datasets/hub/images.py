"""The images of shards, by number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from core.datasets import bounds
from core.datasets.hub.shards import Shard
from core.datasets.levels import Levels
from core.datasets.picture import SHARPER, open_bytes, open_upright, shorter_side
from core.datasets.trees.folder import MEASURED


@dataclass(frozen=True)
class ShardImages:
    """The images of some rows of shards, by number.

    Attributes:
        rows: (N,) their rows in all shards, one after the other.
        least, levels: as of `core.datasets.trees.folder.FileImages`.
    """

    shards: tuple[Shard, ...]
    column: str
    rows: np.ndarray
    least: int = 0
    levels: Levels = field(default_factory=Levels)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Image.Image:
        found = self.source(index)
        if isinstance(found, Path):
            return open_upright(found, self.least, self.levels)
        return open_bytes(found, self.least, self.levels)

    def shorter_side(self, index: int) -> int:
        return shorter_side(self.source(index))

    def source(self, index: int) -> Path | bytes:
        """The file of an image, or its bytes.

        Raises:
            OSError: there is neither.
        """
        row, first = int(self.rows[index]), 0
        for each in self.shards:
            if row < first + len(each):
                break
            first += len(each)
        found = each.value(self.column, row - first)
        data, path = (
            (found.get("bytes"), found.get("path")) if isinstance(found, dict) else (found, "")
        )
        if isinstance(data, bytes):
            return data
        if not path:
            raise OSError("the row holds no image")
        if problem := bounds.file_problem(each.path.parent, str(path)):
            raise OSError(problem)
        return each.path.parent / str(path)

    raw = source

    def files(self) -> list[Path]:
        return [each.path for each in self.shards]

    @property
    def path(self) -> Path:
        return self.shards[0].path

    def reduced_to(self, side: int) -> ShardImages:
        return replace(self, least=max(SHARPER * side, MEASURED))

    def with_levels(self, levels: Levels) -> ShardImages:
        return replace(self, levels=levels)
