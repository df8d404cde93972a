"""The confusion matrix: cells that are chosen by mouse, finger and keyboard, one or several.

The browser marks a cell at once and sends all that is chosen then, with a number: a click is never
lost to one that came before it, and an answer that is older than the last click changes no mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import streamlit as st

from core.evaluation.cells import ANY
from core.queries.selection import Cell
from dashboard.charts.matrix import Matrix
from dashboard.components.component import component

SCRIPTS = ("matrix.js", "choice.js", "ahead.js")  # of one script
MOST = 20_000  # steps in one message

_component = component(__file__, '<div class="matrix"></div>', scripts=SCRIPTS)


def confusion_matrix(
    drawn: Matrix,
    *,
    key: str,
    label: str,
    chosen: Iterable[Cell],
    on_choose: Callable[[], None],
    first: Iterable[Cell] = (),
    several: bool = False,
    ahead: str = "",
    gallery: str = "",
) -> None:
    """Draw the cells.

    Args:
        label: what it is, for those who hear it.
        chosen: (label, pred) in force, `ANY` for the class that a whole row or column leaves open.
        first: cells that are marked while nothing is chosen.
        several: whether cells can be added up.
        on_choose: called when the choice changes: `steps` has it.
        ahead: where the tiles of a cell can be asked for before it is clicked.
        gallery: key of the gallery that then shows them at once.
    """
    data: dict[str, Any] = {
        "matrix": drawn,
        "label": label,
        "chosen": [list(cell) for cell in chosen],
        "first": [list(cell) for cell in first],
        "several": several,
        "seq": clicks(key),
        "ahead": ahead,
        "gallery": gallery,
    }
    _component(key=key, data=data, on_chosen_change=on_choose)


def clicks(key: str) -> int:
    """The number of the last click that Python has heard of."""
    return int(_message(key).get("seq", 0))


def steps(key: str, classes: int) -> list[tuple[Cell, bool]]:
    """What the browser says is chosen, from its callback: each adds a cell or line, or takes it.

    What is not of this run's classes is left out: it comes from the browser.
    """
    told = _message(key).get("steps")
    found = []
    for step in told[:MOST] if isinstance(told, list) else ():
        if isinstance(step, list) and len(step) == 3 and all(_is_whole(part) for part in step):
            label, pred, added = map(int, step)
            if _is_cell(label, pred, classes):
                found.append(((label, pred), bool(added)))
    return found


def cells_of(
    taken: Sequence[tuple[Cell, bool]], within: Callable[[int, int], Sequence[Cell]]
) -> list[Cell]:
    """The cells that the steps amount to; `within` gives those of a row or column."""
    chosen: dict[Cell, None] = {}
    for cell, added in taken:
        for one in within(*cell):
            if added:
                chosen[one] = None
            else:
                chosen.pop(one, None)
    return list(chosen)


def _message(key: str) -> dict[str, Any]:
    held = st.session_state.get(key)
    told = held.get("chosen") if held else None
    return told if isinstance(told, dict) else {}


def _is_cell(label: int, pred: int, classes: int) -> bool:
    return min(label, pred) >= ANY and 0 <= max(label, pred) < classes


def _is_whole(part: object) -> bool:
    return isinstance(part, (int, float)) and float(part).is_integer()
