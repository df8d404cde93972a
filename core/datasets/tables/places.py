"""Where the images lie that a table names: as it says, or as it must mean."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.datasets import bounds
from core.datasets.tables.finding import Disk, Reading, clean
from core.datasets.trees import listing
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


def locate(said: Sequence[str], beside: Path, images: Path | None = None) -> Places:
    """The files that names in a table stand for; whole paths, or below a folder.

    A name is looked for below `images`, or the table's own folder; where most names are not there,
    in the folders in it, and without the first folders of the path, which may be another machine's.

    Raises:
        DatasetError: two folders hold files of these names, or what holds all may hold no data.
    """
    base = os.path.normpath(images or beside)
    tried = [clean(name) for name in said[:: max(1, len(said) // TRIED)] if name]
    readings = _readings(Disk(base), tried)
    paths, unclear = _found(said, readings)
    root, paths = _below_one(base, paths)
    notes = [*_notes(base, readings), *_respelled(said, paths)]
    return Places(Path(root), paths, unclear, tuple(notes))


def _readings(disk: Disk, tried: Sequence[str]) -> list[Reading]:
    """The ways to take these names, the best first; one where it finds all of them.

    As the names stand, where most are found so: one of `deer/001.jpg` that is missing must not
    become `001.jpg` of another folder, and neither may the rest. Else with as few of their first
    folders left out as it takes.

    Raises:
        DatasetError: two do, and they are not the plain one.
    """
    base, scores = disk.base, {}
    plain, *others = _ways(disk, tried)
    for reading in (plain, *others):
        if reading.stripped and 2 * scores[plain] > len(tried):
            continue
        scores[reading] = sum(bool(reading.find(name)) for name in tried)
        if scores[reading] == len(tried) and reading.folder == base:
            return [reading]
    alike = _least_stripped({reading: n for reading, n in scores.items() if n}, tried)
    if whole := [reading for reading in alike if scores[reading] == len(tried)]:
        return [_only_one(base, whole, tried)]
    return [plain, *(reading for reading in alike if reading is not plain)]


def _only_one(base: str, whole: Sequence[Reading], tried: Sequence[str]) -> Reading:
    """The first of the readings that find every name.

    Raises:
        DatasetError: another finds other files.
    """
    # Two ways may lead to the same files: `test/a.jpg` in photos/, and `a.jpg` in photos/test/.
    others = {tuple(map(reading.find, tried)): reading for reading in reversed(whole)}
    if len(others) > 1:
        folders = [_shown(base, reading.folder) for reading in whole if reading in others.values()]
        raise DatasetError(
            f"The images can be read in {len(others)} ways: {folders[0]} in {base} holds files of "
            f"these names, and so does {folders[1]}. Say which by --images."
        )
    return whole[0]


def _least_stripped(scores: Mapping[Reading, int], tried: Sequence[str]) -> list[Reading]:
    """Readings that leave out as many folders, the best first; together they find most names."""
    best: tuple[int, list[Reading]] = 0, []
    for stripped in sorted({reading.stripped for reading in scores}):
        group = sorted((r for r in scores if r.stripped == stripped), key=lambda r: -scores[r])
        found = sum(any(reading.find(name) for reading in group) for name in tried)
        if 2 * found > len(tried):
            return group
        best = max(best, (found, group), key=lambda pair: pair[0])
    return best[1]


def _ways(disk: Disk, tried: Sequence[str]) -> Iterator[Reading]:
    yield Reading(disk, disk.base)
    deepest = max((name.strip("/").count("/") for name in tried), default=0)
    for stripped in range(1, min(deepest, STRIPPED) + 1):
        yield Reading(disk, disk.base, stripped)
    absolute = any(name.startswith("/") for name in tried)
    for folder in _folders(disk.base):
        for stripped in range(int(absolute), min(deepest, STRIPPED) + 1):
            yield Reading(disk, folder, stripped)


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


def _found(said: Sequence[str], readings: Sequence[Reading]) -> tuple[list[str], dict[int, str]]:
    """The path of each name, "" for none, and which of them are unclear."""
    first, others = readings[0], readings[1:]
    paths, unclear = [], {}
    for place, name in enumerate(said):
        path = first.find(name)
        if name and not path:
            name = clean(name)
            hits = {path: None for reading in (first, *others) if (path := reading.find(name))}
            path = next(iter(hits), "")
            if len(hits) > 1 and not first.find(name):
                unclear[place], path = " or ".join([*hits][:2]), ""
        paths.append(path)
    return paths, unclear


def _below_one(base: str, paths: list[str]) -> tuple[str, list[str]]:
    """The folder that all images lie below, and their paths there: the one named, where they do.

    Raises:
        DatasetError: it may hold no data.
    """
    if not any(path.startswith("/") for path in paths):
        return base, paths
    whole = [path and os.path.join(base, path) for path in paths]
    folders = {path.rpartition("/")[0] or "/" for path in whole if path}
    root = os.path.commonpath(folders)
    if problem := bounds.folder_problem(Path(root)):
        raise DatasetError(
            f"The images lie in {', '.join(sorted(folders)[:2])} ..., and what holds all of these "
            f"is no data folder ({problem.rstrip('.')}): put links to them into one folder, and "
            "name it by --images."
        )
    begin = len(root.rstrip("/")) + 1
    return root, [path[begin:] for path in whole]


def _notes(base: str, readings: Sequence[Reading]) -> Iterator[str]:
    used = readings[0]
    if used.folder != base:
        yield f"The images are those in {_shown(base, used.folder)}."
    if used.stripped:
        n = used.stripped
        what = "folder" if n == 1 else f"{n} folders"
        yield f"The first {what} of each path are of another machine, and were left out."


def _respelled(said: Sequence[str], paths: Sequence[str]) -> Iterator[str]:
    """Whether files are called otherwise than the table says."""
    other = [
        (name, path)
        for name, path in zip(said, paths, strict=True)
        if path and path is not name and not clean(name).endswith(path.rpartition("/")[2])
    ]
    if other:
        name, path = (each.rpartition("/")[2] for each in other[0])
        yield (
            f"{len(other):,} of the images have another suffix or spelling than in the table: "
            f"{name!r} is {path!r}."
        )


def _shown(base: str, folder: str) -> str:
    return f"{os.path.relpath(folder, base)}/"
