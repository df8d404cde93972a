"""Files by their size and time of change, which tell that one was replaced; and by their bytes."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def state(path: str | Path) -> str:
    """What changes when a file is replaced; empty where there is none: it will be unreadable."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    return f"{found.st_size}\0{found.st_mtime_ns}"


def digest(parts: Iterable[str]) -> str:
    """Sixteen characters for a sequence of texts."""
    joined = b"\1".join(part.encode("utf-8", "replace") for part in parts)
    return hashlib.sha256(joined).hexdigest()[:16]


def of_equal_bytes(sources: Mapping[Key, Callable[[], Path | bytes]]) -> list[list[Key]]:
    """Groups of those that hold the same bytes, in their order; what cannot be read is in none.

    Sizes are compared first: of most files that is all that is asked.
    """
    by_size: dict[int, list[Key]] = defaultdict(list)
    for key, source in sources.items():
        with suppress(OSError):
            by_size[_size(source())].append(key)
    groups: dict[bytes, list[Key]] = defaultdict(list)
    for alike in by_size.values():
        for key in alike if len(alike) > 1 else ():
            with suppress(OSError):
                groups[_hashed(sources[key]())].append(key)
    return [group for group in groups.values() if len(group) > 1]


def _size(found: Path | bytes) -> int:
    return len(found) if isinstance(found, bytes) else found.stat().st_size


def _hashed(found: Path | bytes) -> bytes:
    data = found if isinstance(found, bytes) else found.read_bytes()
    return hashlib.blake2b(data, digest_size=16).digest()
