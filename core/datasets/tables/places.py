"""Where the images lie that a table names: as it says, or as it must mean."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.datasets import bounds
from core.datasets.trees import listing, names
from core.errors import DatasetError

TRIED = 200  # names that tell where the images lie
FOLDERS = 100  # below the one that is named, that are tried
STRIPPED = 8  # folders of a path that may have been another machine's


@dataclass(frozen=True)
class Places:
    """The image files that a table's names stand for.

    Attributes:
        paths: below `root`, in the names' order; "" where there is no such file.
        unclear: place among the names -> why it may be either of two files.
        notes: what was not as the table says; a sentence each.
    """

    root: Path
    paths: list[str]
    unclear: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """One way to take a name: below this folder, without its first folders."""

    folder: str
    stripped: int = 0

    def full(self, name: str) -> str:
        if self.stripped:
            parts = name.strip("/").split("/")
            name = "/".join(parts[self.stripped :] or parts[-1:])
        found = os.path.join(self.folder, name)
        odd = "//" in found or "/." in found
        return os.path.normpath(found) if odd else found


class _Folder:
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


class _Disk:
    """Folders by path, each listed once, those that may hold no data as if they were empty."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._folders: dict[str, _Folder] = {}

    def find(self, full: str) -> str:
        """The path of the file that this path stands for, or ""."""
        where, _, name = full.rpartition("/")
        folder = self._folders.get(where)
        if folder is None:
            folder = self._folders[where] = self._opened(where or "/")
        found = folder.find(name) if name else ""
        return f"{where}/{found}" if found else ""

    def _opened(self, where: str) -> _Folder:
        inside = where == self.base or where.startswith(f"{self.base}/")
        if not inside and bounds.folder_problem(Path(where)):
            return _Folder("")
        return _Folder(where)


def locate(said: Sequence[str], beside: Path, images: Path | None = None) -> Places:
    """The files that names in a table stand for; whole paths, or below a folder.

    A name is looked for below `images`, or the table's own folder; where most names are not there,
    in the folders in it, and without the first folders of the path, which may be another machine's.

    Raises:
        DatasetError: two folders hold files of these names, or what holds all may hold no data.
    """
    base = os.path.normpath(images or beside)
    cleaned = [_clean(name) for name in said]
    disk = _Disk(base)
    tried = [name for name in dict.fromkeys(cleaned) if name]
    tried = tried[:: max(1, len(tried) // TRIED)]
    readings = _readings(base, tried, disk)
    paths, unclear = _found(cleaned, readings, disk)
    root = _root(base, paths)
    short = [path[len(root.rstrip("/")) + 1 :] if path else "" for path in paths]
    notes = [*_notes(base, readings), *_respelled(cleaned, short)]
    return Places(Path(root), short, unclear, tuple(notes))


def _clean(name: str) -> str:
    """A path as this machine writes it."""
    name = name.strip().removeprefix("file://")
    return name.replace("\\", "/") if "\\" in name and "/" not in name else name


def _readings(base: str, tried: Sequence[str], disk: _Disk) -> list[_Reading]:
    """The ways to take these names, the best first; one where it finds all of them.

    Raises:
        DatasetError: two do, and they are not the plain one.
    """
    scores: dict[_Reading, int] = {}
    for reading in _ways(base, tried):
        scores[reading] = sum(bool(disk.find(reading.full(name))) for name in tried)
        if scores[reading] == len(tried) and reading.folder == base:
            return [reading]
    whole = [reading for reading, n in scores.items() if n and n == len(tried)]
    if len(whole) > 1:
        folders = [_below(base, reading.folder) for reading in whole[:2]]
        raise DatasetError(
            f"The images can be read in {len(whole)} ways: {folders[0]} in {base} holds files of "
            f"these names, and so does {folders[1]}. Say which by --images."
        )
    if whole:
        return whole
    plain = _Reading(base)
    better = sorted((r for r in scores if scores[r]), key=lambda reading: -scores[reading])
    return [plain, *(reading for reading in better if reading != plain)]


def _ways(base: str, tried: Sequence[str]) -> Iterator[_Reading]:
    yield _Reading(base)
    deepest = max((name.strip("/").count("/") for name in tried), default=0)
    for stripped in range(1, min(deepest, STRIPPED) + 1):
        yield _Reading(base, stripped)
    absolute = any(name.startswith("/") for name in tried)
    for folder in _folders(base):
        for stripped in range(int(absolute), min(deepest, STRIPPED) + 1):
            yield _Reading(folder, stripped)


def _folders(base: str) -> list[str]:
    """The folders in a folder, and those in them."""
    found: list[str] = []
    for level in (base, *_inner(base)):
        found += _inner(level)
        if len(found) > FOLDERS:
            break
    return found[:FOLDERS]


def _inner(folder: str) -> list[str]:
    try:
        return [str(path) for path in listing.folders(Path(folder))]
    except DatasetError:  # it cannot be read, so nothing is found in it
        return []


def _found(
    cleaned: Sequence[str], readings: Sequence[_Reading], disk: _Disk
) -> tuple[list[str], dict[int, str]]:
    """The whole path of each name, "" for none, and which of them are unclear."""
    first, others = readings[0], readings[1:]
    paths, unclear = [], {}
    for place, name in enumerate(cleaned):
        path = disk.find(first.full(name)) if name else ""
        if name and not path and others:
            hits = dict.fromkeys(disk.find(other.full(name)) for other in others)
            hits.pop("", None)
            path = next(iter(hits), "")
            if len(hits) > 1:
                unclear[place], path = " or ".join([*hits][:2]), ""
        paths.append(path)
    return paths, unclear


def _root(base: str, paths: Sequence[str]) -> str:
    """The folder that all images lie below: the one that was named, where they do.

    Raises:
        DatasetError: it may hold no data.
    """
    folders = {path.rpartition("/")[0] or "/" for path in paths if path}
    if all(folder == base or folder.startswith(f"{base}/") for folder in folders):
        return base
    root = os.path.commonpath(folders)
    if problem := bounds.folder_problem(Path(root)):
        some = ", ".join(sorted(folders)[:2])
        raise DatasetError(
            f"The images lie in {some} ..., and what holds all of these is no data folder "
            f"({problem.rstrip('.')}): put links to them into one folder, and name it by --images."
        )
    return root


def _notes(base: str, readings: Sequence[_Reading]) -> Iterator[str]:
    used = readings[0]
    if used.folder != base:
        yield f"The images are those in {_below(base, used.folder)}."
    if used.stripped:
        n = used.stripped
        what = "folder" if n == 1 else f"{n} folders"
        yield f"The first {what} of each path are of another machine, and were left out."


def _respelled(cleaned: Sequence[str], paths: Sequence[str]) -> Iterator[str]:
    """Whether files are called otherwise than the table says."""
    pairs = zip(cleaned, paths, strict=True)
    other = [
        (name, path)
        for name, path in pairs
        if path and name.rpartition("/")[2] != path.rpartition("/")[2]
    ]
    if other:
        name, path = (each.rpartition("/")[2] for each in other[0])
        yield (
            f"{len(other):,} of the images have another suffix or spelling than in the table: "
            f"{name!r} is {path!r}."
        )


def _below(base: str, folder: str) -> str:
    return f"{os.path.relpath(folder, base)}/"
