"""Where a predictions table lies: one Parquet file, a folder of parts, or either on object storage.

Object storage is read, never written: `s3://` and `gs://` through fsspec, which needs the package
s3fs or gcsfs.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from core.datasets import bounds
from core.errors import RunError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

# Not every scheme that fsspec knows: an address comes from a run.json, which others may have made.
SCHEMES = ("s3", "gs", "memory")
PART = "part-{:05d}.parquet"
Location = Path | str  # a string is an address such as s3://bucket/run/
State = tuple[tuple[str, int, int, int], ...]


def is_remote(location: Location) -> bool:
    """Whether the table lies on object storage."""
    return isinstance(location, str) and re.match(r"[a-z0-9]+://", location) is not None


def filesystem(address: str) -> AbstractFileSystem:
    """What reads from an address.

    Raises:
        RunError: of an unknown kind, or its package is not installed.
    """
    import fsspec  # here: a dashboard without remote tables need not load it

    scheme = address.partition("://")[0]
    if scheme not in SCHEMES:
        raise RunError(f"{address} cannot be read: a remote table begins with s3:// or gs://.")
    try:
        return fsspec.filesystem(scheme)
    except ImportError as error:
        raise RunError(f"{address} cannot be read without another package: {error}.") from None


def files(location: Location) -> list[str]:
    """The Parquet files of a table, in the order of their rows.

    Raises:
        RunError: a part is missing, or FENCEPOST_DATA leaves it out.
        OSError: nothing is there.
    """
    return [file for file, *_ in state(location)]


def state(location: Location) -> State:
    """The files of a table, each with what changes when it does; see `files`.

    What is on object storage is taken not to change.
    """
    if is_remote(location):
        if problem := bounds.address_problem(str(location)):
            raise RunError(problem)
        return tuple((file, 0, 0, 0) for file in _remote_files(str(location)))
    path = str(location)
    found = os.stat(path)
    if not stat.S_ISDIR(found.st_mode):
        return ((path, *_state_of(found)),)
    parts = _complete(map(str, Path(path).glob("part-*.parquet")), location)
    return tuple((part, *file_state(part)) for part in parts)


def file_state(path: str | Path) -> tuple[int, int, int]:
    """What changes when a file does: when it was written, when touched at all, and its size."""
    return _state_of(os.stat(path))


def _state_of(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


@lru_cache(maxsize=256)  # runs never change, and each look is a request
def _remote_files(address: str) -> tuple[str, ...]:
    if address.endswith(".parquet"):
        return (address,)
    scheme = address.partition("://")[0]
    found = filesystem(address).glob(f"{address.rstrip('/')}/part-*.parquet")
    return tuple(_complete((f"{scheme}://{path.lstrip('/')}" for path in found), address))


def _complete(found: Iterable[str], location: Location) -> list[str]:
    parts = sorted(found)
    if not parts:
        raise RunError(f"There is no {PART.format(0)} in {location}.")
    for number, part in enumerate(parts):
        if not part.endswith(f"/{PART.format(number)}"):
            raise RunError(f"{PART.format(number)} is missing from {location}.")
    return parts


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """One of the files, for reading."""
    return filesystem(file).open(file, "rb") if is_remote(file) else open(file, "rb")
