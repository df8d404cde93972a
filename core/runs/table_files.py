"""Where a predictions table lies: one Parquet file, a folder of parts, or either on object storage.

Object storage is read, never written: `s3://` and `gs://` through fsspec, which needs the package
s3fs or gcsfs.
"""

from __future__ import annotations

import re
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
Place = Path | str  # a string is an address such as s3://bucket/run/


def is_remote(place: Place) -> bool:
    """Whether the table lies on object storage."""
    return re.match(r"[a-z0-9]+://", str(place)) is not None


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


def files(place: Place) -> list[str]:
    """The Parquet files of a table, in the order of their rows.

    Raises:
        RunError: a part is missing, or FENCEPOST_DATA leaves it out.
        OSError: nothing is there.
    """
    if is_remote(place):
        if problem := bounds.address_problem(str(place)):
            raise RunError(problem)
        return list(_remote_files(str(place)))
    path = Path(place)
    return _complete(map(str, path.glob("part-*.parquet")), place) if path.is_dir() else [str(path)]


@lru_cache(maxsize=256)  # runs never change, and each look is a request
def _remote_files(address: str) -> tuple[str, ...]:
    if address.endswith(".parquet"):
        return (address,)
    scheme = address.partition("://")[0]
    found = filesystem(address).glob(f"{address.rstrip('/')}/part-*.parquet")
    return tuple(_complete((f"{scheme}://{path.lstrip('/')}" for path in found), address))


def _complete(found: Iterable[str], place: Place) -> list[str]:
    parts = sorted(found)
    if not parts:
        raise RunError(f"There is no {PART.format(0)} in {place}.")
    for number, part in enumerate(parts):
        if not part.endswith(f"/{PART.format(number)}"):
            raise RunError(f"{PART.format(number)} is missing from {place}.")
    return parts


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """One of the files, for reading."""
    return filesystem(file).open(file, "rb") if is_remote(file) else open(file, "rb")
