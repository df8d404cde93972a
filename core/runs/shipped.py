"""The run that ships with Fencepost, for whoever has none of their own yet."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from core import artifacts

RUN_ID = "demo"
# In a checkout, and where the wheel puts the same folder.
PLACES = (
    artifacts.REPOSITORY / "artifacts" / "runs" / RUN_ID,
    artifacts.REPOSITORY / "fencepost" / "demo_run",
)


def _source() -> Path | None:
    return next((place for place in PLACES if place.is_dir()), None)


def can_be_added() -> bool:
    """Whether it is at hand and is none of the runs, as where it was deleted."""
    return _source() is not None and not (artifacts.runs_dir() / RUN_ID).exists()


def add() -> None:
    """Copy it among the runs.

    Raises:
        OSError: the artifacts cannot be written.
    """
    source = _source()
    if source is None or not can_be_added():
        return
    artifacts.runs_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=artifacts.root(), prefix=".demo-") as hidden:
        made = shutil.copytree(source, Path(hidden) / RUN_ID)
        artifacts.publish(made, artifacts.runs_dir() / RUN_ID)


def copy_into_new_folder() -> bool:
    """Copy it where there is no folder of runs yet, and say whether; a deleted one stays deleted.

    Raises:
        OSError: the artifacts cannot be written.
    """
    source = _source()
    if source is None or artifacts.runs_dir().exists():
        return False
    artifacts.root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=artifacts.root(), prefix=".runs-") as hidden:
        made = Path(hidden) / "runs"
        shutil.copytree(source, made / RUN_ID)
        try:
            artifacts.publish(made, artifacts.runs_dir())
        except OSError:
            if not artifacts.runs_dir().exists():
                raise  # else another process was first
            return False
    return True
