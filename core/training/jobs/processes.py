"""Which process is which: a pid alone may long belong to a stranger."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
POLL = 0.05  # seconds


def birth(pid: int) -> str:
    """What tells a process from a later one of the same pid; "" where it is gone or a zombie."""
    if pid <= 0:
        return ""
    return _birth_in_proc(pid) if BOOT_ID.exists() else _birth_elsewhere(pid)


def _birth_in_proc(pid: int) -> str:
    """By Linux's own count since the start: psutil gives a date, which moves with the clock."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
    # "pid (name) state ...": the name may hold spaces and brackets; field 22 is the start time.
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else f"{boot} {fields[18]}"


def _birth_elsewhere(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        gone = process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return "" if gone else repr(process.create_time())
    except psutil.Error:
        return ""


def alive(pid: int, born: str) -> bool:
    """Whether the very process runs that was born so."""
    return bool(born) and birth(pid) == born


def stop(pid: int, born: str, grace: float) -> None:
    """Interrupt a process as Ctrl-C does; kill it where it is still there after `grace` seconds."""
    if not alive(pid, born):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    threading.Thread(target=_kill_later, args=(pid, born, grace), daemon=True).start()


def _kill_later(pid: int, born: str, grace: float) -> None:
    end = time.monotonic() + grace
    while alive(pid, born):
        if time.monotonic() > end:
            _kill(pid)
            return
        time.sleep(POLL)


def _kill(pid: int) -> None:
    """Kill a process, and the workers it started where it leads a group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


def reap(child: subprocess.Popen) -> None:
    """Wait for a child on a thread of its own, so that it never stays behind as a zombie."""
    threading.Thread(target=child.wait, daemon=True).start()
