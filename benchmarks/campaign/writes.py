"""Every write below the artifacts, counted as Python makes it, and what happens at a chosen one.

An audit hook sees each file that is opened to write, each folder, each rename and removal. What
libraries in other languages write in between is not seen: a small disk shows that.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MADE = ("os.mkdir", "os.rename", "os.chmod", "os.truncate")
REMOVED = ("os.remove", "os.rmdir")


@dataclass
class Watch:
    """From write `first` on each is refused with this error; or, where it is 0, it is a kill."""

    root: str = ""
    first: int = 0
    error: int = 0
    seen: int = 0


_watch = Watch()
_hooked = False


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _watch.root or not _writes(event, args):
        return
    path = os.fsdecode(args[0]) if isinstance(args[0], str | bytes | os.PathLike) else ""
    if not path.startswith(_watch.root):
        return
    _watch.seen += 1
    if not 0 < _watch.first <= _watch.seen:
        return
    if not _watch.error:
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(_watch.error, os.strerror(_watch.error), path)


def _writes(event: str, args: tuple[Any, ...]) -> bool:
    if event == "open":
        return isinstance(args[2], int) and bool(args[2] & WRITING)
    # A full disk lets everything be removed; one that is read-only does not.
    return event in MADE or (event in REMOVED and _watch.error != errno.ENOSPC)


@contextmanager
def watched(root: str, first: int = 0, error: int = 0) -> Generator[Watch]:
    """The writes below `root` meanwhile; see `Watch`."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked = True
    _watch.root, _watch.first, _watch.error, _watch.seen = root, first, error, 0
    try:
        yield _watch
    finally:
        _watch.root = ""
