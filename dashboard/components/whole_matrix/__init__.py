"""A confusion matrix of hundreds of classes, drawn on a canvas that can be zoomed and moved.

What it says of a choice is what `dashboard.components.matrix` says: `steps` and `clicks` read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from core.queries.selection import Cell
from dashboard.components.component import component
from dashboard.components.matrix import clicks

_component = component(__file__, '<div class="whole"></div>')


def whole_matrix(
    source: str,
    *,
    key: str,
    label: str,
    chosen: Iterable[Cell],
    errors_only: bool,
    on_choose: Callable[[], None],
) -> None:
    """Draw all cells.

    Args:
        source: where the browser gets them: they do not change, so they are sent once.
        chosen: (label, pred) in force; a whole row or column is not marked.
    """
    data: dict[str, Any] = {
        "source": source,
        "label": label,
        "chosen": [list(cell) for cell in chosen],
        "errorsOnly": errors_only,
        "seq": clicks(key),
    }
    _component(key=key, data=data, on_chosen_change=on_choose)
