"""Which process is which: a pid alone may long belong to a stranger."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
POLL = 0.05  # seconds


def birth(pid: int) -> str:
    """What tells a process from a later one of the same pid; "" where it is gone or a zombie."""
    if pid <= 0:
        return ""
    return _birth_in_proc(pid) if BOOT_ID.exists() else _birth_by_ps(pid)


def _birth_in_proc(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
    # "pid (name) state ...": the name may hold spaces and brackets; field 22 is the start time.
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else f"{boot} {fields[18]}"


def _birth_by_ps(pid: int) -> str:
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    environment = os.environ | {"LC_ALL": "C"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, env=environment)
    except (OSError, subprocess.SubprocessError):
        return ""
    state, _, started = done.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else started.strip()


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
