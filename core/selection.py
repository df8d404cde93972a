"""The selection: which images a page speaks of; and the rankings: the order it shows them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.predictions import prob_column

# Ranking -> what its low and high ends mean. The probability of each class is a ranking too.
RANKINGS = {
    "loss": "-ln of the label's probability: high where the model is most wrong",
    "label_prob": "probability of the true class: low where the model is most wrong",
    "margin": "label's probability minus the largest other: below 0 an error, near 0 torn",
    "confidence": "probability of the predicted class: how sure the model is",
    "entropy": "spread of the probabilities: high where the model hesitates",
    "brightness": "mean luminance of the picture, 0 to 1",
    "contrast": "standard deviation of the luminance, 0 to 0.5",
    "sharpness": "variance of the luminance's Laplacian: low for a blurred picture",
    "index": "the image's own number in its split",
}
CONCEPT = "concept:"  # and its name: how strongly an image shows it
MOST_NAMED = 3  # cells, in the words of a selection
RANGED = tuple(name for name in RANKINGS if name != "index")


@dataclass(frozen=True)
class Selection:
    """The filter in force. Empty `labels` or `preds` mean any class.

    `cells` are (label, pred) pairs that add up; `ranges` are (column, low, high), both ends in.
    """

    split: str = "test"
    labels: tuple[int, ...] = ()
    preds: tuple[int, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    correct: bool | None = None
    ranges: tuple[tuple[str, float, float], ...] = ()

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
        return f"{', '.join(parts)} in {self.split}"


@dataclass(frozen=True)
class Order:
    """The ranking in force, and from which end it is read."""

    column: str
    descending: bool = True

    def describe(self) -> str:
        """The order in words: `Highest loss first`."""
        name = ranking_label(self.column)
        name = name if name.startswith("P(") else name.lower()
        return f"{'Highest' if self.descending else 'Lowest'} {name} first"


def natural_ranking(selection: Selection, classes: Sequence[str]) -> str:
    """What to rank by when nobody chose: P(the one predicted class), else the loss."""
    preds = {*selection.preds, *(pred for _, pred in selection.cells)}
    return prob_column(classes[preds.pop()]) if len(preds) == 1 else "loss"


def rankings(classes: Sequence[str]) -> dict[str, str]:
    """Every ranking of a run, by column, with its one-sentence help."""
    return RANKINGS | {
        prob_column(name): f"how probable the model finds that it is {name}" for name in classes
    }


def ranking_help(column: str) -> str:
    """One sentence on what the low and high ends of a ranking mean."""
    if column.startswith(CONCEPT):
        return f"how strongly the features show {column.removeprefix(CONCEPT)}"
    return RANKINGS.get(column) or rankings([column.removeprefix("p_")])[column]


def ranking_label(column: str) -> str:
    """What a ranking is called on screen: `P(cat)` for `p_cat`, else its words."""
    if column.startswith(CONCEPT):
        return f"Concept {column.removeprefix(CONCEPT)}"
    if column in RANKINGS:
        return {"label_prob": "P(true class)", "index": "Index"}.get(column, column.capitalize())
    return f"P({column.removeprefix('p_')})"
