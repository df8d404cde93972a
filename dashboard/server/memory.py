"""Memory that was used for a moment goes back to the system: glibc keeps it, thread by thread."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache

ARENAS = 2  # as many threads as do more than wait
M_ARENA_MAX = -8  # in malloc.h


def share_arenas() -> None:
    """Let threads share what they free, from the start: after fifty exports that is 150 MB."""
    if (libc := _libc()) is not None:
        libc.mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Hand back what is free."""
    if (libc := _libc()) is not None:
        libc.malloc_trim(0)


@cache
def _libc() -> ctypes.CDLL | None:
    """The C library of Linux, where it is GNU's."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        return libc if libc.malloc_trim and libc.mallopt else None
    return None
