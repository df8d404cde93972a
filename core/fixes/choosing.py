"""The steps of a stack at the strengths that validation likes best, then on all of train."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.concepts.presence import Concept, Presence
from core.evaluation.paired import Change, together
from core.fixes.imagined.looks import Looks
from core.fixes.material import Material
from core.fixes.performing import Inputs, Pools
from core.fixes.source import Source
from core.fixes.steps import Step
from core.fixes.told import Told
from core.fixes.validation import objective
from core.fixes.validation.examination import Examination
from core.fixes.validation.objective import Held

Trials = tuple[tuple[float, float], ...]  # a strength, and what validation gave it
NOTHING = 0.0  # the strength at which a step is left out


@dataclass(frozen=True)
class Ground:
    """What every step of a stack works with, see `performing.Inputs`, and what they `performed`."""

    source: Source
    found: Mapping[str, Presence]
    pools: Pools
    looks: Looks
    told: Told = field(default_factory=Told)
    performed: dict[Any, tuple[Material, Step, list[Material]]] = field(default_factory=dict)

    def perform(self, material: Material, step: Step, strengths: Sequence[float]) -> list[Material]:
        """What the step makes of a material at each strength, made once."""
        key = id(material), id(step), tuple(strengths)  # both are kept, so no other gets their id
        if key not in self.performed:
            self.performed[key] = material, step, self._perform(material, step, strengths)
        return self.performed[key][2]

    def _perform(
        self, material: Material, step: Step, strengths: Sequence[float]
    ) -> list[Material]:
        who = self.found.get(step.options.get("concept", ""))
        inputs = Inputs(self.source, material, step.options, who, self.pools, self.looks, self.told)
        return step.fix.perform(inputs, strengths)


@dataclass(frozen=True)
class Chosen:
    """The material that the steps made, with their strengths, and what each strength was given."""

    material: Material
    steps: tuple[Step, ...]
    trials: tuple[Trials, ...]
    left_out: tuple[Step, ...] = ()


def open_ended(step: Step) -> bool:
    """Whether validation is to choose its strength."""
    return step.strength is None and bool(step.fix.strengths)


def fits(steps: Sequence[Step], again: bool) -> int:
    """How many heads will be fitted; `again`: once more at the end, on all images."""
    tried = sum(len(step.fix.strengths) if open_ended(step) else 1 for step in steps)
    return tried + len(steps) * again


def chosen(ground: Ground, steps: Sequence[Step], judge: Examination | None) -> Chosen:
    """One step after the other, each at its best strength; an optional one only where it adds.

    The first step stays in: whether the whole gains anything is said of it afterwards.
    """
    material, kept, trials, left_out = ground.source.material, [], [], []
    for step in steps:
        held = judge.of(step.method) if judge else None
        made, strength, tried = choose(
            ground, material, step, held, may_leave=bool(kept) and step.optional
        )
        if strength == NOTHING:
            left_out.append(step)
            continue
        material = made
        kept.append(replace(step, strength=strength))
        trials.append(tried)
    return Chosen(material, tuple(kept), tuple(trials), tuple(left_out))


def choose(
    ground: Ground, material: Material, step: Step, held: Held | None, *, may_leave: bool = False
) -> tuple[Material, float | None, Trials]:
    """The strength of a step that validation likes best, what it makes, what each was given.

    `may_leave`: NOTHING is a candidate, where the strength is to be chosen at all.
    """
    strengths = step.fix.strengths if open_ended(step) else (step.strength or 1.0,)
    results = ground.perform(material, step, strengths)
    if may_leave and open_ended(step) and held:
        strengths, results = (NOTHING, *strengths), [material, *results]
    scores = [objective.score(held, r.folded()) if held else 0.0 for r in results]
    best = int(np.argmax(scores))
    strength = strengths[best] if step.fix.strengths else None
    return results[best], strength, tuple(zip(strengths, scores, strict=True))


@dataclass(frozen=True)
class Evidence:
    """What a stack does to validation images that did not choose its strengths.

    Attributes:
        helped: images of other classes with the concept; None without one.
        plain: images without it.
    """

    helped: Change | None
    plain: Change


def evidence(
    ground: Ground, steps: Sequence[Step], halves: tuple[Examination, Examination]
) -> Evidence:
    """Either half of validation counts what the steps do at the strengths that the other chose.

    Of the ways to imagine the concept, each a judge of its own, the one that sees least is
    believed.
    """
    before = ground.source.material.folded()
    helped, plain = [], []
    for chooses, counts in (halves, halves[::-1]):
        after = chosen(ground, steps, chooses).material.folded()
        helped.append(counts.gained(before, after))
        plain.append(counts.lost(before, after))
    ways = [together([half[way] for half in helped]) for way in helped[0].keys() & helped[1].keys()]
    return Evidence(min(ways, key=lambda each: each.low) if ways else None, together(plain))


def on_all(ground: Ground, concepts: Mapping[str, Concept], steps: Sequence[Step]) -> Material:
    """What the steps, at their strengths, make of train and of what was held out of it."""
    source = ground.source
    labels = source.labels(source.held)
    found = {}
    for name, who in ground.found.items():
        shows = objective.shows_in(who, concepts[name].scores(source.features[source.held]), labels)
        found[name] = replace(who, shows=np.concatenate([who.shows, shows]))
    whole = replace(ground, source=source.with_held(), found=found)
    material = whole.source.material
    for step in steps:
        [material] = whole.perform(material, step, (step.strength or 1.0,))
    return material
