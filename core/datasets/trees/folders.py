"""The folders of a folder, by what they hold."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from core.datasets.trees import listing, names


class Folders:
    """The folders of one folder that may be classes or splits; each is looked into once.

    Attributes:
        full, empty: those in which images lie, at any depth, and those in which none do.
        splits: which of the full ones are called like splits, and like which.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        found = listing.folders(path)
        self.full = [folder for folder in found if listing.holds_images(folder)]
        self.empty = [folder for folder in found if folder not in self.full]
        self.splits = names.splits_of(folder.name for folder in self.full)
        self._inside: dict[Path, Folders] = {}

    def inside(self, folder: Path) -> Folders:
        """The folders of one of these."""
        if folder not in self._inside:
            self._inside[folder] = Folders(folder)
        return self._inside[folder]

    def of(self, split: str) -> list[Path]:
        """Those called like this split."""
        return [folder for folder in self.full if self.splits.get(folder.name) == split]

    def with_folders(self, folders: list[Path]) -> list[Path]:
        """Which of them hold folders with images."""
        return [folder for folder in folders if self.inside(folder).full]

    @cached_property
    def others(self) -> list[Path]:
        """Those not called like a split."""
        return [folder for folder in self.full if folder.name not in self.splits]


def plain_names(folders: list[Path]) -> set[str]:
    """Their names as they are compared."""
    return {names.plain(folder.name) for folder in folders}


def listed(folders: list[Path], most: int = 4) -> str:
    """Their names in a sentence."""
    shown = [f"{folder.name}/" for folder in folders[:most]]
    return ", ".join([*shown, *(["..."] if len(folders) > most else [])])
