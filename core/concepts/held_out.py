"""Which errors suggested a concept's picks, and which were kept aside to test it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from core.evaluation.statistics import auc, greater
from core.queries import Rows


@dataclass(frozen=True)
class HeldOut:
    """Row numbers of a run, of one class in one split.

    Attributes:
        chose: the images whose errors suggested the picks, or that were picked themselves.
        errors, right: those that did neither, to test on; empty where too few were there.
    """

    chose: tuple[int, ...] = ()
    errors: tuple[int, ...] = ()
    right: tuple[int, ...] = ()

    @classmethod
    def of(cls, chose: Rows, errors: Rows, right: Rows) -> HeldOut:
        return cls(*(tuple(int(row) for row in rows) for rows in (chose, errors, right)))

    @classmethod
    def from_json(cls, kept: Any) -> HeldOut | None:
        """As `to_json` wrote it; None for anything else."""
        try:
            return cls.of(*(kept[item.name] for item in fields(cls)))
        except (KeyError, TypeError, ValueError):
            return None

    def to_json(self) -> dict[str, list[int]]:
        return {item.name: list(getattr(self, item.name)) for item in fields(self)}

    def test(self, scores: np.ndarray) -> tuple[float, float]:
        """AUC and one-sided p that errors score higher (N,) than right images of their class.

        After Mann and Whitney (1947). Picks that were ranked by errors lie together whatever the
        errors are, so neither the picks nor those errors can tell; these can. Where errors are any
        images of their class, p is uniform. Both are nan where nothing was kept aside.
        """
        if not self.errors or not self.right:
            return float("nan"), float("nan")
        high, low = scores[list(self.errors)], scores[list(self.right)]
        return auc(high, low), greater(high, low)

    def unseen(self, rows: np.ndarray) -> np.ndarray:
        """(n,) bool: which of these rows chose nothing, so that they may be counted."""
        return ~np.isin(rows, self.chose)
