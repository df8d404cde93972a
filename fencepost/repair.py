"""Fixes of a run's head on the features that it kept; each becomes a run of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from core import fixes
from core.errors import FencepostError
from core.fixes import METHODS, Preview, Step
from core.runs import Run, open_run
from fencepost.asking import check_features, check_same_run, class_id
from fencepost.concept import Concept
from fencepost.notebook import page, rows_of, share

# What a fix takes beside a concept and a strength, by what it needs, and how that is written.
OPTIONS = {"channels": ("channels", "classes", "refit"), "picks": ("drop", "relabel")}
WRITTEN = {"channels": "channels=[...]", "picks": "drop=[rows] or relabel={row: class}"}


@dataclass(frozen=True, eq=False)
class Fix:
    """What one fix or more would make of a run; nothing is written before `save_fix`.

    Attributes:
        preview: steps with the strengths that validation chose, the new head, the new table.
        concepts: those that the steps name.
    """

    run: Run
    preview: Preview = field(repr=False)
    concepts: tuple[Concept, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.preview.steps

    def validation(self) -> tuple[int, int, int]:
        """How many validation images are right before and after, and how many there are."""
        before = self.run.metrics.get("val", {"right": 0, "n": 0})
        after = self.preview.table
        right = int(after.loc[after["split"] == "val", "correct"].sum())
        return int(before["right"]), right, int(before["n"])

    def told(self) -> list[str]:
        """The steps, what validation says, and what to know of the figures."""
        before, after, n = self.validation()
        seen = f"right on validation: {share(before, n)} before, {share(after, n)} after"
        steps = [f"{s.fix.title}: {s.words(self.run.classes)}".rstrip(": ") for s in self.steps]
        return [*steps, *([seen] if n else []), *self.preview.notes]

    def __str__(self) -> str:
        return "\n".join(f"  {line}" for line in self.told())

    def _repr_html_(self) -> str:
        columns = {"strength": ("Strength", "{:g}".format), "score": ("Score", "{:.2f}".format)}
        tried = [
            rows_of(pd.DataFrame(trials, columns=[*columns]), columns, len(trials))
            for trials in self.preview.trials
            if len(trials) > 1
        ]
        return page(f"A fix of {self.run.name}", *self.told(), *tried)


def fix(
    run: Run,
    method: str,
    concept: Concept | None = None,
    *,
    strength: float | None = None,
    after: Fix | None = None,
    **options: Any,
) -> Fix:
    """What a fix makes of a run, in seconds; validation chooses the strength where none is given.

    Args:
        method: transplant, overlay, rebalance or erase, each with a concept; mute with
            `channels=[...]`; mistakes; or correct with `drop=[rows]` or `relabel={row: class}`.
        after: an earlier fix of the same run, whose steps come first.

    Raises:
        RunError: something is missing, such as features or validation images; says what.
        ModelError: overlay runs the network, which needs torch.
    """
    step = _step(run, method, concept, strength, options)
    if after:
        check_same_run(run, after.run, "The earlier fix")
    earlier = after.concepts if after else ()
    known = (*earlier, concept) if concept and step.fix.needs == "concept" else earlier
    named = {each.name: each.learned for each in known}
    steps = [*(after.steps if after else ()), step]
    return Fix(run, fixes.apply(run, steps, named), known)


def _step(
    run: Run,
    method: str,
    concept: Concept | None,
    strength: float | None,
    options: Mapping[str, Any],
) -> Step:
    needs = METHODS[method].needs if method in METHODS else ""
    if needs == "pool":
        raise FencepostError(
            "Images from elsewhere are accepted by a person: use the Evidence page, or another fix."
        )
    _check_options(method, needs, options)
    if needs == "concept" and concept:
        check_features(run, concept.run, concept.name)
        step = fixes.with_concept(run, method, concept.learned)
        return Step(method, step.options, strength)
    return Step(method, _plain(run, options), strength)


def _check_options(method: str, needs: str, options: Mapping[str, Any]) -> None:
    known = OPTIONS.get(needs, ())
    if strangers := [name for name in options if name not in known]:
        takes = f"it takes {', '.join(known)}." if known else "it takes none."
        raise FencepostError(f"{method} has no option {strangers[0]!r}: {takes}")
    if known and not any(options.get(n) for n in ("channels", "drop", "relabel")):
        raise FencepostError(f"{method} needs {WRITTEN[needs]}.")


def _plain(run: Run, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as a run keeps them: class names become numbers, rows become keys of JSON."""
    made = dict(options)
    for name in ("channels", "drop"):
        if name in made:
            made[name] = [int(value) for value in made[name]]
    if "classes" in made:
        made["classes"] = [class_id(run, name) for name in made["classes"]]
    if "relabel" in made:
        made["relabel"] = {str(int(k)): class_id(run, v) for k, v in made["relabel"].items()}
    return made


def save_fix(run: Run, fix: Fix, name: str = "") -> Run:
    """Publish a fix as a run of its own, which the dashboard shows; `run` stays as it is."""
    check_same_run(run, fix.run, "The fix")
    return open_run(fixes.save(fix.preview, name))
