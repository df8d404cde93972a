"""Finding the file that a name in a table stands for, among folders that are listed once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from core.datasets import bounds
from core.datasets.trees import listing, names


def clean(name: str) -> str:
    """A path as this machine writes it."""
    name = name.removeprefix("file://")
    return name.replace("\\", "/") if "\\" in name and "/" not in name else name


class Folder:
    """The files of a folder, found by names that people write."""

    def __init__(self, path: str) -> None:
        self.files: set[str] = set()
        try:
            with os.scandir(path) as entries:
                self.files = {entry.name for entry in entries if not entry.is_dir()}
        except OSError:  # no such folder: no name in it is found
            return

    def find(self, name: str) -> str:
        """The file that is called so; the only one so but for its suffix or its case; or ""."""
        if name in self.files:
            return name
        stem, suffix = os.path.splitext(name)
        if not suffix.lower().endswith(listing.SUFFIXES):
            stem = name
        return self._alike.get(names.plain(name)) or self._stems.get(names.plain(stem)) or ""

    @cached_property
    def _alike(self) -> dict[str, str]:
        return _only((names.plain(file), file) for file in self.files)

    @cached_property
    def _stems(self) -> dict[str, str]:
        """Name without suffix -> file, of images; a number also without its leading zeros."""
        suffixes = listing.image_suffixes()
        images = [file for file in self.files if file.lower().endswith(suffixes)]
        stems = [(names.plain(os.path.splitext(file)[0]), file) for file in images]
        short = _only((stem.lstrip("0") or "0", file) for stem, file in stems if stem.isdigit())
        return short | _only(stems)


def _only(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key -> value, for keys that come once."""
    found: dict[str, str] = {}
    twice = set()
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            twice.add(key)
    return {key: value for key, value in found.items() if key not in twice}


class Disk:
    """Folders by path, each listed once, those that may hold no data as if they were empty."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._folders: dict[str, Folder] = {}

    def folder(self, path: str) -> Folder:
        if path not in self._folders:
            inside = path == self.base or path.startswith(f"{self.base}/")
            allowed = inside or not bounds.folder_problem(Path(path))
            self._folders[path] = Folder(path if allowed else "")
        return self._folders[path]


class Reading:
    """One way to take the names of a table: below this folder, without their first folders."""

    def __init__(self, disk: Disk, folder: str, stripped: int = 0) -> None:
        self.disk, self.folder, self.stripped = disk, folder, stripped
        self._seen: dict[str, tuple[Folder, str]] = {}

    def find(self, name: str) -> str:
        """The file of this name: below the disk's base, or a whole path elsewhere; or ""."""
        where, slash, file = name.rpartition("/")
        if where not in self._seen:
            self._seen[where] = self._opened(where or slash)
        folder, begin = self._seen[where]
        if file in folder.files:
            # Of a million names, one copy is enough.
            return name if begin == where + slash else begin + file
        found = folder.find(file) if file else ""
        return found and begin + found

    def _opened(self, where: str) -> tuple[Folder, str]:
        """A folder, and what its files' paths begin with."""
        if self.stripped:
            where = "/".join(where.strip("/").split("/")[self.stripped :])
        path = os.path.normpath(os.path.join(self.folder, where))
        base = self.disk.base
        below = "" if path == base else f"{path}/".removeprefix(base if base == "/" else f"{base}/")
        return self.disk.folder(path), below
