"""The rankings: the orders in which a page shows its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.queries.selection import CONCEPT, Selection
from core.runs.predictions import prob_column

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
RANGED = tuple(name for name in RANKINGS if name != "index")


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
