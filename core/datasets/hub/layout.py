"""Which files of a folder are shards, and of which split each is, by its name or its folders'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from core.datasets import bounds
from core.datasets.hub.shards import ARROW, PARQUET
from core.datasets.trees import listing, names
from core.errors import DatasetError

DEEPEST = 4  # folders
NUMBERED = re.compile(r"[-_.]\d+([-_]of[-_]\d+)?(-[0-9a-f]{16})?$")  # train-00000-of-00002-1a2b...


def shard_files(root: Path) -> list[Path]:
    """The Parquet and Arrow files of a folder, by name; or the one that is named."""
    if root.is_file():
        return [root]
    found = sorted(_found(root))
    for path in found:
        if problem := bounds.file_problem(root, str(path.relative_to(root))):
            raise DatasetError(f"{path} {problem}.")
    return found


def _found(root: Path) -> list[Path]:
    found, waiting = [], [(root, 0)]
    while waiting:
        folder, depth = waiting.pop()
        found += [
            path
            for path in folder.iterdir()
            if path.suffix in (*PARQUET, *ARROW) and not path.name.startswith((".", "_", "cache-"))
        ]
        if depth < DEEPEST:
            waiting += [(inner, depth + 1) for inner in listing.folders(folder)]
    return found


def by_split(root: Path, found: Sequence[Path]) -> dict[str, list[Path]]:
    """Split -> its files; "" for those of which nobody says it.

    Raises:
        DatasetError: they are of several data sets.
    """
    splits: dict[str, list[Path]] = {}
    places: dict[str, None] = {}
    for path in found:
        parts = path.relative_to(root).parts if path != root else (path.name,)
        split, place = _split(parts)
        splits.setdefault(split, []).append(path)
        places[place] = None
    if len(places) > 1:
        inner = [place for place in places if place]
        raise DatasetError(
            f"{root} holds {len(places)} data sets: give hf:{root / inner[0]}, or another one of "
            f"{', '.join(inner[:4])}."
        )
    return splits


def _split(parts: Sequence[str]) -> tuple[str, str]:
    """The split that a file is of, and the folder of its data set."""
    stem = NUMBERED.sub("", Path(parts[-1]).stem)
    if split := _said(stem):
        inner = parts[:-1]
        return split, "/".join(inner[:-1] if inner and _is_plain(inner[-1]) else inner)
    for k in range(len(parts) - 2, -1, -1):
        if split := _said(parts[k]):
            return split, "/".join(part for part in parts[:k] if not _is_plain(part))
    inner = parts[:-1]
    return "", "/".join(part for part in inner if not _is_plain(part))


def _said(name: str) -> str:
    """The split that is one of the words of a name, where it is the only one."""
    found = {names.SPLITS[word] for word in names.words(name) if word in names.SPLITS}
    return found.pop() if len(found) == 1 else ""


def _is_plain(name: str) -> bool:
    """Whether a folder says no more than that data lie in it."""
    return not names.words(name) or name.casefold() == "default"
