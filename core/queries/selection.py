"""The selection: which images a page speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_NAMED = 3  # cells, in the words of a selection

Cell = tuple[int, int]


@dataclass(frozen=True)
class Selection:
    """The filter in force. Empty `labels` or `preds` mean any class.

    `cells` are (label, pred) pairs that add up; `ranges` are (column, low, high), both ends in;
    `values` are (column, its values as text), of which an image has one.
    """

    split: str = "test"
    labels: tuple[int, ...] = ()
    preds: tuple[int, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    correct: bool | None = None
    ranges: tuple[tuple[str, float, float], ...] = ()
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def decides(self) -> bool:
        """Whether it says itself which images are errors, so that their share tells nothing."""
        pairs = self.cells or [(a, b) for a in self.labels for b in self.preds]
        return self.correct is not None or len({a == b for a, b in pairs}) == 1

    def describe(self, classes: Sequence[str]) -> str:
        """The selection in words: `deer predicted as cat`."""
        named = [f"{classes[a]} predicted as {classes[b]}" for a, b in self.cells]
        if len(named) > MOST_NAMED:
            named = [f"{len(named)} cells"]
        if self.labels or self.preds:
            labels = " or ".join(classes[i] for i in self.labels) or "any class"
            preds = " or ".join(classes[i] for i in self.preds)
            named.append(f"{labels} predicted as {preds}" if preds else labels)
        parts = [", ".join(named) or "all images"]
        if self.correct is not None:
            parts.append("right" if self.correct else "errors")
        parts += [f"{name} {low:.3g} to {high:.3g}" for name, low, high in self.ranges]
        parts += [f"{name} {' or '.join(values)}" for name, values in self.values]
        return f"{', '.join(parts)} in {self.split}"


def cell_in_force(selection: Selection) -> Cell | None:
    """The one confusion that the filters name, if it names one and no more."""
    cells = selection.cells
    if not cells and len(selection.labels) == len(selection.preds) == 1:
        cells = ((selection.labels[0], selection.preds[0]),)
    return cells[0] if len(cells) == 1 and cells[0][0] != cells[0][1] else None


def within(selection: Selection, cells: Sequence[Cell]) -> list[Cell]:
    """The confusions that the classes of the filters allow."""
    return [
        (a, b)
        for a, b in cells
        if a in (selection.labels or [a])
        and b in (selection.preds or [b])
        and (a, b) in (selection.cells or [(a, b)])
    ]
