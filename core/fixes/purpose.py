"""What a stack of fixes is made for: the images that its first concept misleads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import queries
from core.concepts.presence import Concept
from core.fixes.steps import Step
from core.runs import Run


def purpose(run: Run, steps: Sequence[Step], concepts: Mapping[str, Concept]) -> dict[str, Any]:
    """`concept`, and the class id `label` whose errors suggested it; empty without a concept.

    `label` is None where no errors did: then it is all classes but the `carriers`.
    """
    step = next((step for step in steps if step.options.get("concept")), None)
    if step is None:
        return {}
    name = step.options["concept"]
    held_out = getattr(concepts[name], "held_out", None)
    label = None
    if held_out and held_out.chose:
        label = int(queries.rows(run, [held_out.chose[0]])["label"].iloc[0])
    return {"concept": name, "label": label, "carriers": list(step.options.get("carriers", ()))}
