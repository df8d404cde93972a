"""A ZIP that is made as it is sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

PIECE = 1 << 18  # bytes of a file that are read at a time


class _Sent(io.RawIOBase):
    """What was written and not taken yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def zipped(files: Iterable[tuple[str, Iterable[bytes]]], method: int = 0) -> Generator[bytes]:
    """An archive of these files, each by its name and its parts; `method` as of `zipfile`."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", method) as archive:
        for name, parts in files:
            with archive.open(name, "w", force_zip64=True) as member:
                for part in parts:
                    member.write(part)
                    if taken := sent.take():
                        yield taken
    yield sent.take()


def pieces(path: Path) -> Generator[bytes]:
    """What a file holds, some at a time."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
