"""A column of a run: of its table, or gained after the run was made, as by a concept or a tag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NUMBER, TEXT, OTHER = "number", "text", "other"


@dataclass(frozen=True)
class Column:
    """One value an image.

    Attributes:
        name: what URLs, selections and exports call it: `loss`, `p_cat`, `concept:fence`.
        label: what it is called on screen.
        help: one sentence, on what its low and high ends mean where it is a number.
        kind: NUMBER can be ranked and filtered by a range, TEXT (or yes and no) by its values;
            OTHER is exported and no more.
        file: gives a Parquet file of `row` and `score`, made when first asked for; None for a
            column of the table itself.
    """

    name: str
    label: str
    help: str
    kind: str = NUMBER
    file: Callable[[], Path] | None = None
