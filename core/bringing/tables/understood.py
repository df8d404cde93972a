"""What a person asks of a table, and what was understood of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.bringing.tables.columns import Columns
from core.datasets.tables.reading import Table

ORDER = ("test", "val", "train")  # in which a run keeps its splits
SHOWN = 4  # class names in a line


@dataclass(frozen=True)
class Asked:
    """What a person says of a table; all of it may be left out.

    Attributes:
        table: a file, or a frame.
        images: the folder that its paths are below.
        columns: role -> column, see `columns.guess`.
        classes: their names in the order of the probabilities, see `classes.given`.
        features: (N, D) row by row, or an .npy file of them.
    """

    table: Any
    images: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    classes: str | Sequence[str] = ""
    logits: bool = False
    features: np.ndarray | str = ""


@dataclass(frozen=True)
class Understood:
    """A table of predictions, in the order in which a run keeps it.

    Attributes:
        table: split, index, path, label, pred, p_<class> and what else is known of the images.
        top_one: whether only the predicted class's probability is known.
        logits: whether softmax was taken of what the table holds.
        root: the folder that the images lie below.
        missing: how many of the images are not there.
        features: (N, D), D may be 0.
        notes: what a reader of the run should know, a sentence each.
        data_notes: how its images were found, and which columns are left out.
    """

    source: Table
    columns: Columns
    classes: tuple[str, ...]
    table: pd.DataFrame
    top_one: bool
    logits: bool
    root: Path
    missing: int
    features: np.ndarray
    notes: tuple[str, ...]
    data_notes: tuple[str, ...]
    fingerprint: str

    def lines(self) -> list[str]:
        """What each column was taken for, as it is shown before anything is written."""
        return [f"{role:<13}{told}" for role, told in self._told()]

    def _told(self) -> list[tuple[str, str]]:
        roles, n = self.columns.roles, len(self.table)
        of = self.table["split"].value_counts()
        parts = ", ".join(f"{of[name]:,} {name}" for name in ORDER if name in of)
        shown = ", ".join(self.classes[:SHOWN]) + (", ..." if len(self.classes) > SHOWN else "")
        found = [
            ("rows", f"{n:,}: {parts}"),
            ("path", f"column {roles.path!r}, {n - self.missing:,} of {n:,} files found"),
            ("images", str(self.root)),
            ("label", f"column {roles.label!r}" if roles.label else "a column a class"),
            ("split", f"column {roles.split!r}" if roles.split else "none: all is test"),
            ("predictions", self._answers()),
            ("classes", f"{len(self.classes):,}: {shown}"),
        ]
        if self.features.shape[1]:
            found.append(("features", f"{self.features.shape[1]:,} numbers an image"))
        further = [name for name in self.columns.rest(self.source.names) if name in self.table]
        if further:
            found.append(("further", ", ".join(further[:12]) + (" ..." if further[12:] else "")))
        return found

    def _answers(self) -> str:
        found = self.columns.answers
        if not found:
            roles = self.columns.roles
            return f"column {roles.pred!r}, confidence {roles.confidence!r}: no other class's"
        taken = ", taken as logits" if self.logits else ""
        if len(found) == 1:
            return f"lists in column {found[0]!r}{taken}"
        return f"{len(found):,} columns, {found[0]!r} to {found[-1]!r}{taken}"
