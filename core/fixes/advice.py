"""Which fix to begin with, and the reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import queries
from core.concepts import Concept
from core.concepts.presence import shown_in
from core.fixes.steps import Step, usual
from core.runs import Run

SELDOM = 0.05  # of the other classes' training images: said to be only so many

DOES = {
    "overlay": "its look is put on the others",
    "transplant": "the features of the others are moved to where they would lie with it",
}


@dataclass(frozen=True)
class Advice:
    """The stack to begin with, and why that one."""

    steps: tuple[Step, ...]
    why: str


def advice(run: Run, concept: Concept, scores: np.ndarray, *, network: bool = True) -> Advice:
    """What is offered first for a concept.

    Args:
        scores: (N,) of the concept, of the whole run.
        network: whether the run's network can be run.
    """
    steps = usual(run, concept, network=network)
    carriers = steps[0].options.get("carriers", [])
    table = queries.ask(run, "SELECT split, label FROM run ORDER BY row")
    others = ((table["split"] == "train") & ~table["label"].isin(carriers)).to_numpy()
    shown = int(shown_in(run, concept, scores)[others].sum())
    n, does = int(others.sum()), DOES[steps[0].method]
    than = " or ".join(run.classes[k] for k in carriers)
    of = f"training images of classes other than {than}" if than else "training images"
    show = "shows" if shown == 1 else "show"
    if n and shown <= SELDOM * n:
        some = f"Only {shown:,}" if shown else "None"
        return Advice(steps, f"{some} of the {n:,} {of} {show} it, too few to learn from: {does}.")
    return Advice(steps, f"{shown:,} of the {n:,} {of} {show} it: {does}.")
