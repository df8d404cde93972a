"""Files by their size and time of change, which tell that one was replaced under its old name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


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
