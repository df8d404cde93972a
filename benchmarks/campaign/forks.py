"""Processes of one's own: to be killed, or to take their memory and threads with them.

DuckDB's threads do not survive a fork, so a process that forks asks it nothing itself.
"""

from __future__ import annotations

import json
import os
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any


def killed(do: Callable[[], object], seconds: float = 0) -> bool:
    """Whether a child that does this was killed: by itself, or after so many seconds."""
    child = _forked(do, None)
    if seconds:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def told(do: Callable[[], object]) -> Any:
    """What a child that does this gives, as JSON."""
    reading, writing = os.pipe()
    child = _forked(do, writing)
    os.close(writing)
    with open(reading, "rb") as file:
        said = file.read()
    os.waitpid(child, 0)
    return json.loads(said)


def _forked(do: Callable[[], object], told: int | None) -> int:
    if child := os.fork():
        return child
    status = 1
    try:
        found = do()
        if told is not None:
            with open(told, "wb") as file:
                file.write(json.dumps(found).encode())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
