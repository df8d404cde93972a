"""Features of a table's images by a published network, which stands in for another."""

from __future__ import annotations

from dataclasses import replace

from core.bringing.tables.understood import Understood
from core.datasets import ProgressCallback, Split
from core.datasets.trees.folder import FileImages
from core.errors import DatasetError
from core.inference import stand_in


def with_features(found: Understood, by: str, progress: ProgressCallback) -> Understood:
    """The table with what a network sees in each of its images.

    Args:
        by: the network, see `stand_in.features`.

    Raises:
        ModelError: there is no such network, or its weights cannot be had.
        DatasetError: an image cannot be read: a row without features fits no concept.
    """
    paths = found.table["path"].tolist()
    images = Split(FileImages(found.root, paths), found.table["label"].to_numpy(), paths)
    values, unreadable = stand_in.features(by, {"table": images}, progress=progress)
    if unreadable:
        raise DatasetError(
            f"{len(unreadable):,} of {len(paths):,} images cannot be read, the first of them "
            f"{unreadable[0]} To have features of all by {by}, mend them or leave their rows out."
        )
    return replace(found, features=values, notes=(*found.notes, stand_in.told(by)))
