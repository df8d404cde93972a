"""The ends of files that another process still appends to, and may be killed while it does."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from core import artifacts

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def tail(path: Path, limit: int, after: int = 0) -> tuple[bytes, int]:
    """The bytes of a file from `after` on, the last `limit` at most, and where they start."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - limit, min(after, size))
            file.seek(start)
            return file.read(limit), start
    except OSError:
        return b"", 0


def json_lines(path: Path, limit: int, after: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The objects on the whole lines from `after` on, and where to go on; others are skipped."""
    data, start = tail(path, limit, after)
    whole = data[: data.rfind(b"\n") + 1]
    found = (_object(line) for line in whole.splitlines())
    return [value for value in found if value is not None], start + len(whole)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = artifacts.parsed(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def terminal_text(path: Path, limit: int) -> str:
    """The end of a log, without colours and without progress bars that were overwritten."""
    data, _ = tail(path, limit)
    text = ANSI.sub("", data.decode("utf-8", "replace")).replace("\r\n", "\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
