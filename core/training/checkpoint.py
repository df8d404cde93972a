"""The last finished epoch on disk, from which an interrupted training goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from core import artifacts
from core.errors import TrainingError, first_line
from core.models.distributed import ALONE, Ranks
from core.training.loop import Fitting


def keep(path: Path, state: dict) -> None:
    """Replace the checkpoint in one step."""
    with artifacts.replacing(path) as temporary:
        torch.save(state, temporary)


def resume(
    fitting: Fitting, path: Path, data: Sequence[str] = (), ranks: Ranks = ALONE
) -> tuple[list[dict], dict[str, float]]:
    """Go on from the job's checkpoint where there is one; gives its history and its seconds so far.

    The first process reads it for all: the others may stand on another machine.

    Args:
        data: what tells these images and classes from others, as it was kept.

    Raises:
        TrainingError: it cannot be used, or was made on other images or classes.
    """
    state = ranks.agree(_read(path) if ranks.first else {})
    if not state:
        return [], {}
    if list(state.get("data", data)) != list(data):
        raise TrainingError(
            "The images or classes of the data set have changed since this training was "
            "interrupted: start again without --resume."
        )
    try:
        fitting.restore(state)
        return list(state["history"]), dict(state.get("seconds", {}))
    except Exception as error:  # whatever the checkpoint of another version lacks
        raise _unusable(path, error) from None


def _read(path: Path) -> dict:
    if not path.exists():
        return {}
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises nearly anything on damaged bytes
        raise _unusable(path, error) from None


def _unusable(path: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"The checkpoint {path} cannot be used ({first_line(error)}): start again without --resume."
    )
