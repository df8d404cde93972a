"""The fixes that a person puts together for a run, and what they would make of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import fixes
from core.concepts import store
from core.concepts.stored import Stored
from core.errors import FencepostError
from core.fixes import Preview, Step, evidence
from core.runs import Run
from dashboard.session import actions, concept_draft, unsaved

STACK = "stack"
USUAL = "overlay"  # the fix that is offered first for a concept


@dataclass(frozen=True)
class Stack:
    """Steps in order; `touched` once a person has changed what was offered."""

    run_id: str
    steps: tuple[Step, ...] = ()
    touched: bool = False


def current(run: Run) -> Stack:
    """The stack in work; for a concept just saved and nothing else yet, the usual fix."""
    held = st.session_state.get(STACK)
    if held and held.run_id == run.id and (held.steps or held.touched):
        return held
    work = concept_draft.current(run)
    if work and work.kept and work.kept in {each.name for each in usable(run)}:
        return Stack(run.id, (with_concept(run, USUAL, work.kept),))
    return Stack(run.id)


def usable(run: Run) -> list[Stored]:
    """The concepts of the data set that fit this run."""
    return [stored for stored in store.list_concepts(run) if not stored.unfit(run)]


def with_concept(run: Run, method: str, name: str) -> Step:
    """A step with a concept, and the class that it was mostly picked in."""
    return fixes.with_concept(run, method, store.load(run, name).concept)


def _put(run_id: str, steps: tuple[Step, ...]) -> None:
    """Put these steps in work, and write them down until they are saved."""
    st.session_state[STACK] = Stack(run_id, steps, True)
    unsaved.keep(run_id, STACK, {"steps": [_plain(step) for step in steps]})


def left_over(run: Run) -> tuple[Step, ...]:
    """The steps that were in work before a reload; none where they cannot be read."""
    try:
        return tuple(_step(plain) for plain in unsaved.kept(run.id, STACK)["steps"])
    except (KeyError, TypeError, FencepostError):
        return ()


def _plain(step: Step) -> dict[str, Any]:
    return {"method": step.method, "options": step.options, "strength": step.strength}


def _step(plain: dict[str, Any]) -> Step:
    return Step(plain["method"], dict(plain["options"]), plain["strength"])


def add(run: Run, step: Step) -> None:
    """From a callback."""
    _put(run.id, (*current(run).steps, step))


def put_evidence(run: Run, step: Step) -> None:
    """Add images, in place of those that were added from the same pool as the same class before."""

    def same(other: Step) -> bool:
        keys = ("pool", "key")
        return (
            other.method == "evidence"
            and all(other.options.get(k) == step.options.get(k) for k in keys)
            and set(other.options["labels"]) == set(step.options["labels"])
        )

    kept = [other for other in current(run).steps if not same(other)]
    _put(run.id, (*kept, step))


def remove(run: Run, number: int) -> None:
    """Take the step of this number, from 0, out; from a callback."""
    steps = current(run).steps
    _put(run.id, steps[:number] + steps[number + 1 :])


def take_up(parent_id: str, steps: tuple[Step, ...]) -> None:
    """The steps of a fix on its parent again, to change them, from a callback."""
    _put(parent_id, steps)
    actions.open_run(parent_id, go="fix")


def steps_of(run: Run) -> tuple[Step, ...]:
    """The steps that made a run, as its folder tells them; none where it is no fix."""
    found = []
    for kept in run.steps:
        options = {k: v for k, v in kept.items() if k not in ("method", "strength")}
        found.append(Step(kept["method"], options, kept.get("strength")))
    return tuple(found)


@st.cache_resource(max_entries=8, show_spinner="Refitting the head")
def _preview(_run: Run, folder: str, steps: str, concepts: tuple) -> Preview:
    asked = [_step(plain) for plain in json.loads(steps)]
    found = {name: store.load(_run, name).concept for name in _concepts_of(asked)}
    return fixes.apply(_run, asked, found, evidence.of_steps(_run, asked))


def preview(run: Run, steps: tuple[Step, ...]) -> Preview:
    """What the steps make of the run; nothing is written.

    Raises:
        FencepostError: something is missing; says what, and what to do.
    """
    plain = [_plain(step) for step in steps]
    found = [store.load(run, name).concept for name in _concepts_of(steps)]
    known = tuple((concept.key, concept.threshold) for concept in found)
    return _preview(run, str(run.folder), json.dumps(plain, sort_keys=True), known)


def _concepts_of(steps: Sequence[Step]) -> list[str]:
    """The concepts that the steps name, in their order: the first is examined on validation."""
    named = (step.options.get("concept") for step in steps)
    return list(dict.fromkeys(name for name in named if name))


def save(run: Run, steps: tuple[Step, ...], name_key: str, go: str) -> None:
    """Publish the preview as a run of its own and open it on a page, from a callback."""
    made: list[str] = []

    def publish() -> None:
        made.append(fixes.save(preview(run, steps), st.session_state.get(name_key, "").strip()))

    if actions.attempt(publish):
        st.session_state.pop(STACK, None)
        unsaved.forget(run.id, STACK)
        concept_draft.discard()
        actions.open_run(made[0], go=go)


def problem_of(run: Run, steps: tuple[Step, ...]) -> tuple[Preview | None, str]:
    """The preview, or why there is none."""
    try:
        return preview(run, steps), ""
    except (FencepostError, OSError) as error:
        return None, str(error)


def words(run: Run, step: Step) -> str:
    """A step in words: what it works on, and how strongly."""
    options, parts = step.options, []
    if options.get("concept"):
        parts.append(f"concept {options['concept']}")
    if options.get("carriers"):
        parts.append("carried by " + ", ".join(run.classes[c] for c in options["carriers"]))
    if options.get("channels"):
        parts.append("channels " + ", ".join(map(str, options["channels"])))
    if options.get("drop"):
        parts.append(f"{len(options['drop'])} images dropped")
    if options.get("relabel"):
        parts.append(f"{len(options['relabel'])} images relabelled")
    if step.method == "evidence":
        counts = Counter(run.classes[k] for k in options.get("labels", ()))
        of = " and ".join(
            f"{n} {'image' if n == 1 else 'images'} of {name}" for name, n in counts.items()
        )
        parts.append(f"{of} from {options.get('pool')}")
    if step.strength is not None:
        parts.append(f"strength {step.strength:g}")
    return ", ".join(parts)
