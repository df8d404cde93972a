"""The last finished epoch on disk, from which an interrupted training goes on."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from core.errors import TrainingError
from core.training import Fitting


def keep(path: Path, state: dict) -> None:
    """Replace the checkpoint in one step."""
    temporary = path.with_name(f".{path.name}")
    torch.save(state, temporary)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def resume(fitting: Fitting, path: Path) -> list[dict]:
    """Go on from the job's checkpoint where there is one; gives the history so far."""
    if not path.exists():
        return []
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        fitting.restore(state)
        return list(state["history"])
    except Exception as error:  # torch.load raises nearly anything on damaged bytes
        raise TrainingError(
            f"The checkpoint {path} cannot be used ({str(error).splitlines()[0]}): start again "
            "without --resume."
        ) from None
