"""From a run and a stack of steps to a new table, and on to a new run; the old one stays."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from core.concepts.presence import Concept, Presence, presence
from core.errors import RunError
from core.fixes.imagined.transplant import kept_content, move_of
from core.fixes.material import Material
from core.fixes.performing import Inputs, Pools
from core.fixes.source import Source, open_source, weights_of
from core.fixes.steps import Step
from core.fixes.validation import objective
from core.fixes.validation.checking import Check, check
from core.inference import scoring
from core.runs import Run, writing

# Of a run.json, what says where the network came from, and how images were read and shown: a fix
# changes nothing of it.
READ = ("brought", "preprocessing", "read", "unreadable", "left_out", "data_notes")
GIVEN = ("The strengths are those given; nothing was chosen on validation.",)


@dataclass(frozen=True)
class Preview:
    """What a stack of fixes makes of a run; nothing is written before `save`.

    Attributes:
        steps: as asked, with the strength that was chosen.
        trials: for each step, its strengths and what validation gave them.
        weight, bias: the new head on raw features, (K, D) and (K,).
        table: the predictions table of the parent's images under the new head.
        notes: what a reader of the figures should know, a sentence each.
        check: what validation says of it; None where the run has none.
        score, as_it_was: what validation gives it, and the model left as it is, by the measure
            that chose the strengths; None without validation.
    """

    parent: Run
    steps: tuple[Step, ...]
    trials: tuple[tuple[tuple[float, float], ...], ...]
    weight: np.ndarray
    bias: np.ndarray
    table: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...]
    seconds: float
    check: Check | None = None
    score: float | None = None
    as_it_was: float | None = None

    @property
    def gains(self) -> bool:
        """Whether validation likes it better than doing nothing; True where it cannot tell."""
        return self.score is None or self.as_it_was is None or self.score > self.as_it_was


def apply(
    run: Run,
    steps: Sequence[Step],
    concepts: Mapping[str, Concept] | None = None,
    pools: Pools | None = None,
) -> Preview:
    """The run with these fixes, one after the other, each strength chosen on validation.

    Args:
        concepts: by name, those that the steps mention; the first also sets the examination of
            steps that need none.
        pools: by name, the features that `evidence` steps take images from.

    Raises:
        RunError: something is missing; says what, and what to do.
    """
    started = time.perf_counter()
    if not steps:
        raise RunError("Choose at least one fix.")
    choosing = any(_open_ended(step) for step in steps)
    source = open_source(run, needs_held=choosing)
    found = {name: _presence(source, name, c, steps) for name, c in (concepts or {}).items()}
    for step in steps:
        if (name := step.options.get("concept")) and name not in found:
            raise RunError(f"There is no concept {name!r}: make it first, or choose another.")
    held, shows, notes = _examination(source, concepts or {}, found)
    material, chosen, trials = source.material, [], []
    for step in steps:
        material, step, tried = _choose(source, material, step, found, held, pools or {})
        chosen.append(step)
        trials.append(tried)
    weight, bias = source.scale.head_out(*material.folded())
    probs = scoring.probabilities(source.features, weight, bias)
    table = scoring.table(source.table, run.classes, probs)
    seen = _check(source, material, held, shows, found) if held else None
    seconds = time.perf_counter() - started
    if not choosing:
        notes = GIVEN if any(step.strength for step in steps) else ()
    after, before = (
        (objective.score(held, each.folded()) if held else None)
        for each in (material, source.material)
    )
    return Preview(
        run, tuple(chosen), tuple(trials), weight, bias, table, notes, seconds, seen, after, before
    )


def save(preview: Preview, name: str = "") -> str:
    """Publish a preview as a run of its own and give its id; the parent is left as it is."""
    run = preview.parent
    weights = weights_of(run)
    weights |= {"head.weight": preview.weight, "head.bias": preview.bias}
    titles = ", ".join(step.fix.title.lower() for step in preview.steps)
    name = name or f"{run.name[:120]}: {titles}"[:200]
    features = run.features()
    assert features is not None
    return writing.save_run(
        name,
        {**run.config, "name": name},
        seed=run.seed,
        dataset=run.dataset,
        fingerprint=run.fingerprint,
        classes=run.classes,
        table=preview.table,
        history=pd.DataFrame(columns=list(run.history().columns)),
        features=features,
        weights=weights,
        timings={"fix": preview.seconds},
        device="cpu",
        parent=run.id,
        extra={
            "steps": [step.to_dict() for step in preview.steps],
            "notes": list(preview.notes),
            **{name: run.meta[name] for name in READ if name in run.meta},
        },
    )


def _open_ended(step: Step) -> bool:
    return step.strength is None and bool(step.fix.strengths)


def _presence(source: Source, name: str, concept: Concept, steps: Sequence[Step]) -> Presence:
    """Who shows a concept, from the classes that the steps on it say it was picked in."""
    on_it = [step.options for step in steps if step.options.get("concept") == name]
    carriers = next((o["carriers"] for o in on_it if o.get("carriers")), ())
    material = source.material
    scores = concept.scores(source.features[material.rows])
    return presence(concept, scores, material.labels, material.n_classes, carriers)


def _check(
    source: Source,
    made: Material,
    held: objective.Held,
    shows: np.ndarray | None,
    found: Mapping[str, Presence],
) -> Check:
    heads = (source.material.folded(), made.folded())
    if shows is None:
        return check(held, *heads)
    name, who = next(iter(found.items()))
    return check(held, *heads, concept=name, shows=shows, carriers=who.carriers)


def _examination(
    source: Source, concepts: Mapping[str, Concept], found: Mapping[str, Presence]
) -> tuple[objective.Held | None, np.ndarray | None, tuple[str, ...]]:
    """The held-out images to choose strengths on, which show the concept, and what to say."""
    if not len(source.held):
        return None, None, ()
    z, labels = source.scale.standardise(source.features[source.held]), source.labels(source.held)
    head = (source.material.weight, source.material.bias)
    if not found:
        notes = [f"Strengths were chosen on {len(z):,} validation images, by class."]
        return objective.held_of(z, labels, head), None, tuple(notes)
    name, who = next(iter(found.items()))
    material = source.material
    move = move_of(material.z, material.labels, who, source.scale.floor)
    kept, n = kept_content(material.z, material.labels, who, move)
    shows = objective.shows_in(who, concepts[name].scores(source.features[source.held]), labels)
    held = objective.held_of(z, labels, head, shows, move, kept)
    notes = [f"Strengths were chosen on {len(z):,} validation images, by class and “{name}”."]
    if held.imagined:
        names = source.run.classes
        notes.append(
            f"Too few validation images of {_some([names[c] for c in held.imagined])} show "
            f"“{name}”, so imagined ones stand in: real images of these classes whose features "
            f"were moved as the concept moves those of {_some([names[c] for c in who.carriers])}. "
            f"They keep {kept:.0%} of their own content, an estimate from experience"
            + (f" and from {_counted(n)} of other classes with the concept." if n else ".")
        )
    return held, shows, tuple(notes)


def _some(names: Sequence[str], most: int = 3) -> str:
    """The names, or the first of many and how many more there are."""
    more = len(names) - most
    return ", ".join(names) if more < 2 else f"{', '.join(names[:most])} and {more} more classes"


def _counted(n: int) -> str:
    return f"{n:,} training image{'' if n == 1 else 's'}"


def _choose(
    source: Source,
    material: Material,
    step: Step,
    found: Mapping[str, Presence],
    held: objective.Held | None,
    pools: Pools,
) -> tuple[Material, Step, tuple[tuple[float, float], ...]]:
    """The step at the strength that validation likes best, and what it gave each."""
    strengths = step.fix.strengths if _open_ended(step) else (step.strength or 1.0,)
    who = found.get(step.options.get("concept", ""))
    results = step.fix.perform(Inputs(source, material, step.options, who, pools), strengths)
    scores = [objective.score(held, r.folded()) if held else 0.0 for r in results]
    best = int(np.argmax(scores))
    strength = strengths[best] if step.fix.strengths else None
    return results[best], replace(step, strength=strength), tuple(
        zip(strengths, scores, strict=True)
    )  # fmt: skip
