"""Whether a concept only repeats a class: it tells cats from others, and nothing among cats."""

from __future__ import annotations

import numpy as np

from core import queries
from core.concepts.concept import Concept
from core.concepts.presence import picked_in
from core.evaluation.statistics import auc
from core.runs import Run

# How often an image of the class scores higher than one of another class. Of drawn scenes and of
# photographs, picks of a class against others gave 0.91 to 0.98, cues within a class 0.87 at most.
ALIKE = 0.9
SOME = 20_000  # training images that are compared: more tell the same


def repeated_class(run: Run, concept: Concept, scores: np.ndarray) -> str:
    """That the concept repeats a class, and what to do, in words; empty where it does not.

    Args:
        scores: (N,) of the whole run.
    """
    table = queries.ask(run, "SELECT row, label FROM run WHERE split = 'train' ORDER BY row")
    table = table.iloc[np.linspace(0, len(table) - 1, min(SOME, len(table))).astype(int)]
    values, labels = scores[table["row"].to_numpy()], table["label"].to_numpy()
    picked = picked_in(run, concept)
    label = _highest(values, labels) if picked is None else picked
    if label is None:
        return ""
    name, inside = run.classes[label], labels == label
    if _picks_part_classes(run, concept, label):
        return (
            f"What was picked tells {name} from other classes, not something among images of "
            f"{name}. Pick images of {name} that lack it, too, as those that do not show it."
        )
    often = auc(values[inside], values[~inside]) if inside.any() and not inside.all() else 0.0
    if often < ALIKE:
        return ""
    return (
        f"This mostly repeats the class: an image of {name} scores higher than one of another "
        f"class {100 * often:.0f} times in 100. Pick images of {name} that lack it as those that "
        "do not show it."
    )


def _highest(values: np.ndarray, labels: np.ndarray) -> int | None:
    """The class that scores highest in the mean."""
    classes = np.unique(labels)
    means = [values[labels == k].mean() for k in classes]
    return int(classes[int(np.argmax(means))]) if len(classes) > 1 else None


def _picks_part_classes(run: Run, concept: Concept, label: int) -> bool:
    """Whether those picked as showing it are all of one class, and none of the others are."""
    shows, without = (list(concept.origin.get(key) or []) for key in ("shows", "without"))
    if not shows or not without:
        return False
    on, off = (queries.rows(run, rows)["label"] for rows in (shows, without))
    return bool((on == label).all() and (off != label).all())
