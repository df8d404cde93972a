"""What killed processes and deleted runs leave: found by its name, removed by its age."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core import artifacts

ENDING = "-[a-z0-9_]{8}"  # as `tempfile` ends a name
HALF = re.compile(rf"\..+\.(json|parquet|pt){ENDING}|\..+\.writing|\.(demo|runs|pictures){ENDING}")
FOLDER = re.compile(rf"\..+{ENDING}")
# Where files and folders are written under a hidden name, which a finished one gives up.
PLACES = {
    **dict.fromkeys(("", "runs", "datasets", "concepts/*", "concepts/*/*", "unsaved/*"), HALF),
    **dict.fromkeys(("looks", "marks", "pools", "properties", "measures/*"), HALF),
    "jobs/*": re.compile(rf"\..+{ENDING}"),
    "datasets/unpacked": re.compile(r"\.[a-z0-9_]{8}"),
    "exports": FOLDER,
    "thumbnails/*": re.compile(r"\.[0-9a-f]{64}-\d+-\d+"),
}
MADE_ANEW = 30 * 24 * 3600  # seconds; what is computed in a moment is not kept for ever


def sweep() -> None:
    """Remove what is half-written and old, and what was made of runs that are gone.

    No file that a person made, and nothing of a run or a data set, is touched.
    """
    for place, name in PLACES.items():
        for folder in artifacts.root().glob(place) if place else [artifacts.root()]:
            remove_halves(folder, name)
    for path in _of_no_run():
        remove(path)


def remove_halves(folder: Path, name: re.Pattern[str]) -> None:
    """Remove what has such a name in a folder and has not changed for an hour."""
    for path in _entries(folder):
        if name.fullmatch(path.name) and artifacts.is_abandoned(path):
            remove(path)


def remove(path: Path) -> None:
    """A file, a link or a folder, as far as that is allowed."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _of_no_run() -> Iterator[Path]:
    """What was computed of runs that are neither there nor in the bin, and old scores."""
    root = artifacts.root()
    known = {path.name for name in ("runs", "deleted") for path in _entries(root / name)}
    if not known:  # their disk is perhaps not there
        return
    for path in _entries(root / "measures"):
        if path.name not in known:
            yield path
    for place in ("properties", "exports", "concepts/scores"):
        for path in _entries(root / place):
            if not path.name.startswith(".") and not _is_of(path.name, known):
                yield path
    for path in _entries(root / "concepts" / "scores"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > MADE_ANEW:
                yield path


def _is_of(name: str, runs: set[str]) -> bool:
    """Whether a name begins with the id of a run: `<id>-<what>`."""
    parts = name.split("-")
    return any("-".join(parts[:k]) in runs for k in range(1, len(parts)))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
