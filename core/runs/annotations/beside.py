"""A JSON file beside the runs, which never change: read tolerantly, changed under a lock."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from core import artifacts


def read(path: Path) -> dict[str, Any]:
    """What the file holds; empty where there is none, or it is damaged."""
    try:
        return artifacts.read_json(path)
    except ValueError:
        return {}


@contextmanager
def changing(path: Path) -> Generator[dict[str, Any]]:
    """What the file holds, to be changed in place; two who do that follow one another.

    It is replaced whole where something has changed, and not at all where the change failed. A
    damaged one is set aside first, as what it held can still be looked up.
    """
    with artifacts.changing(path):
        held = read(path)
        before = deepcopy(held)
        yield held
        if held != before:
            if path.exists() and not before:
                path.replace(path.with_name(f"{path.name}.damaged"))
            artifacts.write_json(path, held)
