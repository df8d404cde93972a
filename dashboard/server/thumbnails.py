"""Thumbnails on disk: made once, the longest unused removed when there are too many bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

from core import artifacts

LIMIT = 512 * 1024 * 1024  # bytes; FENCEPOST_THUMBNAILS_MB sets another limit, 0 keeps none
SWEEP_EVERY = 200  # writes between two looks at the whole folder
_sweeping = threading.Lock()
_writes = 0


def limit() -> int:
    """Bytes that may be kept."""
    megabytes = os.environ.get("FENCEPOST_THUMBNAILS_MB", "")
    return int(megabytes) * 1024 * 1024 if megabytes.isdecimal() else LIMIT


def key(file: Path, side: int) -> str:
    """What a thumbnail depends on; a file that was replaced has another key.

    Raises:
        OSError: the file is gone.
    """
    found = file.stat()
    text = f"{file}\0{found.st_mtime_ns}\0{found.st_size}\0{side}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def get(name: str) -> bytes | None:
    """The thumbnail under this key, which then counts as used."""
    path = _path(name)
    try:
        data = path.read_bytes()
    except OSError:
        return None
    with contextlib.suppress(OSError):  # a disk that is read-only keeps no times
        os.utime(path)
    return data if _is_whole(data) else None


def _is_whole(data: bytes) -> bool:
    """Whether a WebP file has the length that it says: a power cut may have cut it short."""
    return data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 == len(data)


def put(name: str, data: bytes) -> None:
    """Keep a thumbnail; where the disk is full or read-only it is made anew the next time."""
    global _writes
    if not limit():
        return
    path = _path(name)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not synced to disk, as a run is: a page of them would wait for that.
        hidden = path.with_name(f".{name}-{os.getpid()}-{threading.get_ident()}")
        try:
            hidden.write_bytes(data)
            hidden.replace(path)
        except OSError:  # a full disk takes the name, and none of the bytes
            hidden.unlink(missing_ok=True)
            raise
        _writes += 1
        if _writes % SWEEP_EVERY == 0:
            sweep()


def sweep() -> None:
    """Where the limit is passed, remove the longest unused, down to nine tenths of it."""
    if not _sweeping.acquire(blocking=False):
        return
    try:
        found = _kept()
        total = sum(size for _, size, _ in found)
        goal = limit() * 0.9 if total > limit() else total
        for _, size, path in found:
            if total <= goal:
                break
            path.unlink(missing_ok=True)
            total -= size
    finally:
        _sweeping.release()


def _kept() -> list[tuple[float, int, Path]]:
    """(last used, bytes, path) of every thumbnail, longest unused first."""
    found = []
    for path in _root().glob("*/*"):
        with contextlib.suppress(OSError):  # another server swept it
            status = path.stat()
            found.append((status.st_mtime, status.st_size, path))
    return sorted(found)


def _root() -> Path:
    return artifacts.root() / "thumbnails"


def _path(name: str) -> Path:
    return _root() / name[:2] / name
