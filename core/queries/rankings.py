"""The rankings: the orders in which a page shows its images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.errors import RunError
from core.queries.engine import layout
from core.queries.selection import Selection
from core.runs import Run
from core.runs.columns import NUMBER, Column
from core.runs.table.schema import prob_column

# What every table has, or what follows from it. The probability of each class is a ranking too,
# as is every column of numbers that a table has beside them or that a run gained.
RANKINGS = {
    column.name: column
    for column in (
        Column(
            "loss", "Loss", "-ln of the label's probability: high where the model is most wrong"
        ),
        Column(
            "label_prob",
            "P(true class)",
            "probability of the true class: low where the model is most wrong",
        ),
        Column(
            "margin",
            "Margin",
            "label's probability minus the largest other: below 0 an error, near 0 torn",
        ),
        Column(
            "confidence",
            "Confidence",
            "probability of the predicted class: how sure the model is",
        ),
        Column("entropy", "Entropy", "spread of the probabilities: high where the model hesitates"),
        Column("brightness", "Brightness", "mean luminance of the picture, 0 to 1"),
        Column("contrast", "Contrast", "standard deviation of the luminance, 0 to 0.5"),
        Column(
            "sharpness",
            "Sharpness",
            "variance of the luminance's Laplacian: low for a blurred picture",
        ),
        Column("index", "Index", "the image's own number in its split"),
    )
}


@dataclass(frozen=True)
class Order:
    """The ranking in force, and from which end it is read."""

    column: str
    descending: bool = True

    def describe(self, run: Run) -> str:
        """The order in words: `Highest loss first`."""
        label = ranking(run, self.column).label
        name = label.lower() if self.column in RANKINGS and label[1:2] != "(" else label
        return f"{'Highest' if self.descending else 'Lowest'} {name} first"


def natural_ranking(selection: Selection, run: Run) -> str:
    """What to rank by when nobody chose: P(the one predicted class), else how wrong the model is.

    That is the loss; where a table has none, the confidence.
    """
    preds = {*selection.preds, *(pred for _, pred in selection.cells)}
    return prob_column(run.classes[preds.pop()]) if len(preds) == 1 else wrongness(run)


def wrongness(run: Run) -> str:
    """The ranking of errors, the worst highest: loss, or confidence where losses are not known."""
    return "confidence" if "loss" in layout(run).bare else "loss"


def rankings(run: Run) -> dict[str, Column]:
    """Every ranking of a run by its name: those that it gained, those of its table, the classes."""
    measured = {c.name: c for c in measures(run)}
    index = {"index": RANKINGS["index"]}
    return measured | index | _probabilities(run.classes)


def measures(run: Run) -> list[Column]:
    """The rankings that a range can be chosen of: all but the index and the probabilities."""
    table, own = layout(run), [*RANKINGS, *map(prob_column, run.classes)]
    own = {*own} - table.bare
    gained = {c.name: c for c in run.columns if c.kind == NUMBER and c.name not in own}
    known = [c for name, c in RANKINGS.items() if name != "index" and name not in table.bare]
    extra = [
        _of_the_table(name)
        for name, kind in table.extra.items()
        if kind == NUMBER and name not in table.bare and name not in gained
    ]
    return [*gained.values(), *known, *extra]


def ranking(run: Run, name: str) -> Column:
    """The ranking of this name.

    Raises:
        RunError: the run has none.
    """
    if name in RANKINGS:
        return RANKINGS[name]
    if found := _probabilities(run.classes).get(name):
        return found
    for column in measures(run):
        if column.name == name:
            return column
    raise RunError(f"There is no ranking {name!r} in run {run.id}.")


@lru_cache(maxsize=64)
def _probabilities(classes: tuple[str, ...]) -> dict[str, Column]:
    return {
        prob_column(c): Column(
            prob_column(c), f"P({c})", f"how probable the model finds that it is {c}"
        )
        for c in classes
    }


def _of_the_table(name: str) -> Column:
    return Column(name, name, "a column of the run's own table")
