"""From a run and a stack of steps to a new table; nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.concepts.presence import Concept, Presence, presence
from core.datasets import ProgressCallback
from core.errors import RunError
from core.evaluation.paired import Change
from core.fixes.choosing import (
    Chosen,
    Evidence,
    Ground,
    Trials,
    chosen,
    evidence,
    fits,
    on_all,
    open_ended,
)
from core.fixes.imagined.looks import Looks
from core.fixes.material import Material
from core.fixes.performing import Pools
from core.fixes.purpose import purpose
from core.fixes.source import Source, open_source
from core.fixes.steps import Step
from core.fixes.told import Stage, Told
from core.fixes.validation import objective
from core.fixes.validation.checking import Check, check
from core.fixes.validation.examination import BOTH, HALVES, Examination, examination
from core.fixes.validation.objective import Head
from core.inference import scoring
from core.runs import Run
from core.training.config import PREDICT

GIVEN = "The strengths are those given; nothing was chosen on validation."


@dataclass(frozen=True)
class Preview:
    """What a stack of fixes makes of a run; nothing is written before it is saved.

    Attributes:
        steps: as asked, with the strength that was chosen, less those that were left out.
        trials: for each step, its strengths and what validation gave them.
        weight, bias: the new head on raw features, (K, D) and (K,).
        table: the predictions table of the parent's images under the new head; its validation
            images under the head that had not learned from them.
        notes: what a reader of the figures should know, a sentence each.
        check: what validation says of it; None where the run has none.
        score, as_it_was: what validation gives it, and the model left as it is, by the measure
            that chose the strengths; None without validation.
        helped: what images of other classes with the concept gain; None without a concept.
        plain: what images without the concept gain or lose; None without validation. Both of
            images that did not choose the strengths, see `choosing.evidence`.
        doubtful: the concept that errors suggested, where other errors do not show it.
        made_for: see `purpose`.
    """

    parent: Run
    steps: tuple[Step, ...]
    trials: tuple[Trials, ...]
    weight: np.ndarray
    bias: np.ndarray
    table: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...]
    seconds: float
    check: Check | None = None
    score: float | None = None
    as_it_was: float | None = None
    helped: Change | None = None
    plain: Change | None = None
    doubtful: str = ""
    made_for: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gains(self) -> bool:
        """Whether validation likes it better than doing nothing; True where it cannot tell.

        With a concept, only if it is shown to be there, and if the images that it is made for gain
        more than chance would give them, and more than the others seem to lose.
        """
        if self.doubtful:
            return False
        if self.helped is None or self.plain is None:
            return self.score is None or self.as_it_was is None or self.score > self.as_it_was
        return self.helped.low > 0 and self.helped.difference > -self.plain.difference


def apply(
    run: Run,
    steps: Sequence[Step],
    concepts: Mapping[str, Concept] | None = None,
    pools: Pools | None = None,
    *,
    progress: ProgressCallback | None = None,
    stage: Stage = lambda words: None,
) -> Preview:
    """The run with these fixes, one after the other, each strength chosen on validation.

    Args:
        concepts: by name, those that the steps mention; the first also sets the examination of
            steps that need none.
        pools: by name, the features that `evidence` steps take images from.
        progress, stage: are told how far it is, see `told`; one that raises stops it, and what
            the network has seen until then is kept.

    Raises:
        RunError: something is missing; says what, and what to do.
    """
    started = time.perf_counter()
    if not steps:
        raise RunError("Choose at least one fix.")
    choosing = any(open_ended(step) for step in steps)
    source, concepts = open_source(run, needs_held=choosing), concepts or {}
    found = {name: _presence(source, name, c, steps) for name, c in concepts.items()}
    for step in steps:
        if (name := step.options.get("concept")) and name not in found:
            raise RunError(f"There is no concept {name!r}: make it first, or choose another.")
    told = Told(progress, stage)
    ground = Ground(source, found, pools or {}, Looks(source, told), told)
    for name in _looked_at(steps):  # now, so that all images are shown to the network together
        ground.looks.made(name, found[name])
    asked = concepts, found, _laid(ground, steps)
    judge = examination(source, *asked)
    told.begin("Heads fitted", fits(steps, _gives_back(source)))
    made = chosen(ground, steps, judge)
    final = on_all(ground, concepts, made.steps) if _gives_back(source) else made.material
    heads = source.material.folded(), made.material.folded()
    weight, bias = source.scale.head_out(*final.folded())
    shown = _evidence(ground, steps, *asked)
    return Preview(
        run,
        made.steps,
        made.trials,
        weight,
        bias,
        _table(source, made.material, (weight, bias)),
        _notes(source, ground, made, judge),
        time.perf_counter() - started,
        _check(heads, judge, found) if judge else None,
        *(objective.score(judge.by[BOTH], heads[k]) if judge else None for k in (1, 0)),
        helped=shown.helped if shown else None,
        plain=shown.plain if shown else None,
        doubtful=_doubtful(concepts),
        made_for=purpose(run, made.steps, concepts),
    )


def _evidence(ground: Ground, steps: Sequence[Step], *of_concepts: Any) -> Evidence | None:
    """None where validation is too small to be halved."""
    first, second = (examination(ground.source, *of_concepts, part) for part in HALVES)
    return evidence(ground, steps, (first, second)) if first and second else None


def _doubtful(concepts: Mapping[str, Concept]) -> str:
    """The first of the concepts, where errors suggested it and others do not show it."""
    suggested = [c for c in concepts.values() if c.held_out and not c.real]
    return suggested[0].name if suggested else ""


def _laid(ground: Ground, steps: Sequence[Step]) -> Callable[[str], np.ndarray] | None:
    """What lays a concept's look over the validation images, where a step looks at images."""
    if not _looked_at(steps):
        return None
    return lambda name: ground.looks.held(name, ground.found[name])


def _looked_at(steps: Sequence[Step]) -> list[str]:
    """The concepts whose look is put on images, each once."""
    return list(dict.fromkeys(s.options["concept"] for s in steps if s.fix.runs_network))


def _gives_back(source: Source) -> bool:
    """Whether validation is a part of train that was held out here to choose by."""
    config = source.run.config
    held_out = config.get("select_on", "val") == "val" and config.get("mode") != PREDICT
    return bool(len(source.held)) and held_out


def _table(source: Source, chosen: Material, head: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    """Under the new head; validation under the one that was fitted without it."""
    probs = scoring.probabilities(source.features, *head)
    if _gives_back(source):
        before = source.scale.head_out(*chosen.folded())
        probs[source.held] = scoring.probabilities(source.features[source.held], *before)
    return scoring.table(source.table, source.run.classes, probs)


def _notes(
    source: Source, ground: Ground, made: Chosen, judge: Examination | None
) -> tuple[str, ...]:
    """How the strengths came about, what was put on images, what was left out and given back."""
    if not any(len(trials) > 1 for trials in made.trials):
        notes = [GIVEN] if any(step.strength for step in made.steps) else []
    else:
        notes = list(judge.notes) if judge else []
    for name, look in ground.looks.learned().items():
        notes.append(
            f"Of {len(look.tried)} ways to put “{name}” on an image, “{look.used.move}” was taken: "
            f"it brings plain images {max(look.used.explained, 0):.0%} of the way to true ones "
            "with it."
        )
    notes += [
        f"{step.fix.title} was left out: by validation it adds nothing to the steps before it."
        for step in made.left_out
    ]
    if _gives_back(source):
        notes.append(
            f"The head was then fitted on the {len(source.held):,} validation images, too; their "
            "own figures are those of the head before that."
        )
    return tuple(notes)


def _presence(source: Source, name: str, concept: Concept, steps: Sequence[Step]) -> Presence:
    """Who shows a concept, from the classes that the steps on it say it was picked in."""
    on_it = [step.options for step in steps if step.options.get("concept") == name]
    carriers = next((o["carriers"] for o in on_it if o.get("carriers")), ())
    material = source.material
    scores = concept.scores(source.features[material.rows])
    return presence(concept, scores, material.labels, material.n_classes, carriers)


def _check(heads: tuple[Head, Head], judge: Examination, found: Mapping[str, Presence]) -> Check:
    held = judge.by[BOTH]
    if judge.shows is None:
        return check(held, *heads)
    name, who = next(iter(found.items()))
    return check(held, *heads, concept=name, shows=judge.shows, carriers=who.carriers)
