"""What the Concepts page begins with, as a confusion, a group of its errors or a channel has it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import explain
from core.concepts.held_out import HeldOut
from core.explain import Suggestion
from core.queries.selection import Cell
from core.runs import Run
from dashboard.views.explain import reasons

SHOWN, WITHOUT = 40, 10  # images of a group to start a concept from, and of those to tell apart


@st.cache_data(max_entries=64, show_spinner=False)
def _suggestion(
    _run: Run, folder: str, cell: Cell, split: str, pictures: pd.DataFrame | None
) -> Suggestion:
    return explain.suggest_picks(_run, reasons.explanation(_run, cell, split), pictures=pictures)


def confusion_picks(run: Run, cell: Cell, split: str) -> dict[str, Any]:
    """What the errors may share: training images that show it, and some that do not.

    Raises:
        ExplainError: it cannot be suggested from this confusion; says why.
    """
    found = _suggestion(run, str(run.folder), cell, split, reasons.known_pictures(run, cell, split))
    held_out = HeldOut.of(found.chose, found.tests.errors, found.tests.right)
    return _picks(_cue(run, cell), name_of(run, cell), found.shows, found.without, held_out)


def group_picks(run: Run, cell: Cell, split: str, rows: np.ndarray, number: int) -> dict[str, Any]:
    """A group of errors, against images of their class that are predicted correctly."""
    right = reasons.rows_of(run, cell[0], cell[0], split)
    spread = right[np.linspace(0, len(right) - 1, min(WITHOUT, len(right))).astype(int)]
    name = f"{_cue(run, cell)}, group {number}"
    # The group was chosen for looking alike, and by its errors: nothing of it is left to test on.
    held_out = HeldOut.of([*rows, *spread], [], [])
    return _picks(name, name_of(run, cell), rows[:SHOWN], spread, held_out)


def channel_picks(run: Run, cell: Cell, channel: int) -> dict[str, Any]:
    """A channel of the features as a concept."""
    name = f"channel {channel}"
    return {"channel": channel, "name": name, "named": False, "from": name_of(run, cell)}


def _picks(
    name: str, origin: str, shows: np.ndarray, without: np.ndarray, held_out: HeldOut
) -> dict[str, Any]:
    return {
        "shows": shows.tolist(),
        "without": without.tolist(),
        "name": name,
        "named": False,  # by nobody: it is for a person to say what they share
        "from": origin,
        "held_out": held_out.to_json(),
    }


def _cue(run: Run, cell: Cell) -> str:
    """What a concept is called until a person has seen what it is: `deer-as-cat cue`."""
    return f"{run.classes[cell[0]]}-as-{run.classes[cell[1]]} cue"


def name_of(run: Run, cell: Cell) -> str:
    """A confusion in words: `deer predicted as cat`."""
    return f"{run.classes[cell[0]]} predicted as {run.classes[cell[1]]}"
