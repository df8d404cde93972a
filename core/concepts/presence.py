"""Which images show a concept, when it was picked in one class and sought in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core import queries
from core.concepts.concept import Concept
from core.errors import RunError
from core.runs import Run

FEWEST = 5  # images with and without the concept, below which their means say nothing
# Of the way from without to with: where an image of another class counts. What fixes learn from
# must hardly hold a false one; what is counted should miss as few as it takes for wrong.
CLEARLY, RATHER = 0.75, 0.5


@dataclass(frozen=True)
class Presence:
    """`shows` (N,) bool; `carriers`: the classes that have enough images with and without it.

    `limits` (K,): the score from which an image of each class shows the concept.
    """

    shows: np.ndarray
    carriers: tuple[int, ...]
    limits: np.ndarray


def presence(
    concept: Concept,
    scores: np.ndarray,
    labels: np.ndarray,
    n_classes: int,
    carriers: Sequence[int] = (),
    clearly: float = CLEARLY,
) -> Presence:
    """Who shows the concept, judged within each class.

    A direction learned from few picks also carries something of the class they came from, so plain
    images of other classes lie nearer to its threshold or beyond. In the carriers the threshold
    holds as it is. In every other class an image counts once it lies as far above its class's
    median as the part `clearly` of the distance between the carriers' means.

    Args:
        scores, labels: (N,) of the training images.
        carriers: the classes that the picks came from; found where not given.

    Raises:
        RunError: nobody shows the concept, or everybody does.
    """
    above = scores >= concept.threshold
    carriers = tuple(carriers) or _carriers(scores, above, labels, n_classes)
    inside = np.isin(labels, carriers)
    n_with, n_without = int((above & inside).sum()), int((~above & inside).sum())
    if min(n_with, n_without) < FEWEST:
        how = "with" if n_with < n_without else "without"
        raise RunError(
            f"{min(n_with, n_without)} training images {how} {concept.name!r}, and {FEWEST} are "
            "needed: pick more images for the concept, or move its threshold."
        )
    step = scores[above & inside].mean() - scores[~above & inside].mean()
    limits = np.array([_median(scores[labels == c]) + clearly * step for c in range(n_classes)])
    limits[list(carriers)] = concept.threshold
    return Presence(scores >= limits[labels], carriers, limits)


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else np.inf


def _carriers(
    scores: np.ndarray, above: np.ndarray, labels: np.ndarray, n_classes: int
) -> tuple[int, ...]:
    """The class that the threshold parts best: its two sides lie farthest apart."""
    apart = np.zeros(n_classes)
    for c in range(n_classes):
        mine = labels == c
        if min((above & mine).sum(), (~above & mine).sum()) >= FEWEST:
            apart[c] = scores[above & mine].mean() - scores[~above & mine].mean()
    return (int(apart.argmax()),) if apart.any() else tuple(range(n_classes))


def shown_in(run: Run, concept: Concept, scores: np.ndarray) -> np.ndarray:
    """(N,) bool: which images of a run show a concept, each by the limit of its own class.

    Where too few training images show it, or lack it, to know those limits: by its threshold.

    Args:
        scores: (N,) of the whole run.
    """
    table = queries.ask(run, "SELECT split, label FROM run ORDER BY row")
    labels, train = table["label"].to_numpy().astype(int), (table["split"] == "train").to_numpy()
    picked = picked_in(run, concept)
    carriers = () if picked is None else (picked,)
    try:
        found = presence(concept, scores[train], labels[train], len(run.classes), carriers, RATHER)
    except RunError:
        return scores >= concept.threshold
    return scores >= found.limits[labels]


def picked_in(run: Run, concept: Concept) -> int | None:
    """The class that more than half of a concept's images were picked in."""
    if not (rows := list(concept.origin.get("shows") or [])):
        return None
    labels = Counter(queries.rows(run, rows)["label"].tolist())
    label, count = labels.most_common(1)[0]
    return int(label) if count * 2 > len(rows) else None
