"""A disk that is full or read-only at each write of each change: one line, and nothing lost."""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.campaign import changes, world
from benchmarks.campaign.figures import Figures
from benchmarks.campaign.writes import watched
from core import artifacts, leftovers, runs
from core.concepts import store
from core.errors import FencepostError

ERRORS = (errno.ENOSPC, errno.EROFS, errno.EACCES)
MOST = 60  # writes of one change
ROOM = (0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 160)  # KB that a small disk has left
HALF = re.compile(rf"\..+{leftovers.ENDING}|\..+\.writing")


def refuse(place: Path, short: bool) -> Figures:
    """Each write of each change refused, with each error."""
    found = Figures("writes refused")
    world.make(place)
    whole = artifacts.root()
    for name, change in changes.CHANGES.items():
        for error in ERRORS[:1] if short else ERRORS:
            for first in range(1, MOST, 4 if short else 1):
                with _copy(whole, place / "copy") as run:
                    if not _refused(found, name, change, run, first, error):
                        break
    found.show()
    return found


def _refused(
    found: Figures, name: str, change: changes.Change, run: runs.Run, first: int, error: int
) -> bool:
    """Whether the change made so many writes; what is wrong after it is noted."""
    said = "as if nothing were"
    label = f"{name}, {errno.errorcode[error]} from write {first}"
    with watched(str(artifacts.root()), first, error) as watch:
        try:
            change(run)
        except (FencepostError, OSError) as caught:
            said = "in one line"
            _check_words(found, label, caught)
        except BaseException as caught:
            found.say(f"{label}: {caught!r}")
    if watch.seen < first:
        return False
    found.end(said)
    check(found, label, halves=error == errno.ENOSPC)
    return True


def _check_words(found: Figures, label: str, caught: FencepostError | OSError) -> None:
    words = artifacts.in_words(caught)
    if "\n" in words or str(artifacts.root()) not in words or "[Errno" in words:
        found.say(f"{label}: says {words!r}")


def check(found: Figures, label: str, *, halves: bool = True, doubled: bool = True) -> None:
    """Nothing is half, nothing is lost, and nothing is left over where it could be removed."""
    for problem in [*world.problems(), *(world.doubled() if doubled else ())]:
        found.say(f"{label}: {problem}")
    if not _concept_is_kept():
        found.say(f"{label}: the concept is lost")
    left = [p for p in artifacts.root().rglob(".*") if halves and HALF.fullmatch(p.name)]
    for path in left:
        found.say(f"{label}: leaves {path.relative_to(artifacts.root())}")


def _concept_is_kept() -> bool:
    run = runs.Run("", Path(), "") if world.RUN not in _ids() else runs.open_run(world.RUN)
    if not run.meta:
        return True  # it is in the bin, and its concepts lie beside the data set
    if {"fence", "mesh"} & {each.name for each in store.list_concepts(run)}:
        return True
    try:
        store.undo(run, "fence")
    except FencepostError:
        return False
    return True


def _ids() -> set[str]:
    return {run.id for run in runs.list_runs()}


@contextmanager
def _copy(whole: Path, place: Path) -> Generator[runs.Run]:
    """A copy of the artifacts to try it on."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole, place)
    os.environ["FENCEPOST_ARTIFACTS"] = str(place)
    try:
        yield runs.open_run(world.RUN)
    finally:
        os.environ["FENCEPOST_ARTIFACTS"] = str(whole)


def small_disk(place: Path, short: bool) -> Figures:
    """Each change on a disk of its own with little room; only where this user may mount one."""
    found = Figures("small disk")
    world.make(place)
    whole, disk = artifacts.root(), place / "disk"
    disk.mkdir()
    cases = itertools.product(changes.CHANGES.items(), ROOM[:: 6 if short else 1])
    for (name, change), room in cases:
        size = sum(path.stat().st_blocks * 512 for path in whole.rglob("*")) + (room << 10)
        if not _mounted(disk, f"size={size + (256 << 10)}"):
            found.ends["not permitted here"] += 1
            break
        try:
            with _copy(whole, disk / "artifacts") as run:
                _fill(disk, room << 10)
                _on_small(found, f"{name}, {room} KB left", change, run)
        finally:
            subprocess.run(["umount", disk], check=True)
    found.show()
    return found


def _on_small(found: Figures, label: str, change: changes.Change, run: runs.Run) -> None:
    said = "with room enough"
    try:
        change(run)
    except (FencepostError, OSError) as caught:
        said = "in one line"
        _check_words(found, label, caught)
    except BaseException as caught:
        found.say(f"{label}: {caught!r}")
    found.end(said)
    (artifacts.root().parent / "filler").unlink()
    check(found, label)


def _mounted(place: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _fill(disk: Path, room: int) -> None:
    free = shutil.disk_usage(disk).free - room
    with (disk / "filler").open("wb") as file:
        file.write(bytes(max(0, free)))
