"""The fixes that a person puts together for a run, and what they would make of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import artifacts, fixes
from core.concepts import store
from core.concepts.stored import Stored
from core.datasets import ProgressCallback
from core.errors import FencepostError, RunError
from core.fixes import METHODS, Preview, Step, evidence
from core.models import lazy_torch
from core.runs import Run
from dashboard.server.background import Work
from dashboard.session import actions, concept_draft
from dashboard.session.in_progress import InProgress, LeftOver

STACK = "stack"
PATIENCE = 1.0  # seconds that a page waits before it shows a bar
GROUP = "_fix_group"  # what a person knows who was led here, see `core.fixes.Method`


@dataclass(frozen=True)
class Stack:
    """Steps in order; `touched` once a person has changed what was offered."""

    run_id: str
    steps: tuple[Step, ...] = ()
    touched: bool = False


def current(run: Run) -> Stack:
    """The stack in work; for a concept just saved and nothing else yet, the usual fixes."""
    held = WORK.current(run.id)
    if held and (held.steps or held.touched):
        return held
    work = concept_draft.current(run)
    if work and work.kept and work.kept in {each.name for each in usable(run)}:
        concept = store.load(run, work.kept).concept
        return Stack(run.id, fixes.usual(run, concept, network=not lazy_torch.missing()))
    return Stack(run.id)


def first_method(among: Sequence[str]) -> str:
    """The fix that is offered first: the first one that this install can do."""
    able = (n for n in among if not (METHODS[n].runs_network and lazy_torch.missing()))
    return next(able, among[0])


def usable(run: Run) -> list[Stored]:
    """The concepts of the data set that fit this run."""
    return [stored for stored in store.list_concepts(run) if not stored.unfit(run)]


def with_concept(run: Run, method: str, name: str) -> Step:
    """A step with a concept, and the class that it was mostly picked in."""
    return fixes.with_concept(run, method, store.load(run, name).concept)


def _plain(step: Step) -> dict[str, Any]:
    return {"method": step.method, "options": step.options, "strength": step.strength}


def _step(plain: dict[str, Any]) -> Step:
    return Step(plain["method"], dict(plain["options"]), plain["strength"])


def _to_json(stack: Stack) -> dict[str, Any]:
    return {"steps": [_plain(step) for step in stack.steps]}


def _from_json(run_id: str, found: dict[str, Any]) -> Stack | None:
    try:
        steps = tuple(_step(plain) for plain in found["steps"])
    except FencepostError:
        return None
    return Stack(run_id, steps, True) if steps else None


WORK: InProgress[Stack] = InProgress(STACK, _to_json, _from_json)


def put(run: Run, steps: tuple[Step, ...]) -> None:
    """These steps instead of those in work, from a callback."""
    WORK.put(Stack(run.id, steps, True))


def left_over(run: Run) -> list[LeftOver[Stack]]:
    """The stacks that can be gone on with, the last first."""
    return WORK.left_over(run.id)


def take_up(left: LeftOver[Stack]) -> None:
    """Go on with what was left over, from a callback."""
    WORK.take_up(left)


def add(run: Run, step: Step) -> None:
    """From a callback."""
    st.session_state.pop(GROUP, None)
    put(run, (*current(run).steps, step))


def put_evidence(run: Run, step: Step) -> None:
    """Add images, in place of those that were added from the same pool as the same class before."""

    def same(other: Step) -> bool:
        keys = ("pool", "key")
        return (
            other.method == step.method
            and all(other.options.get(k) == step.options.get(k) for k in keys)
            and set(other.options["labels"]) == set(step.options["labels"])
        )

    kept = [other for other in current(run).steps if not same(other)]
    put(run, (*kept, step))


def remove(run: Run, number: int) -> None:
    """Take the step of this number, from 0, out; from a callback."""
    steps = current(run).steps
    put(run, steps[:number] + steps[number + 1 :])


def change_made(parent_id: str, steps: tuple[Step, ...]) -> None:
    """The steps of a fix on its parent again, to change them, from a callback."""
    WORK.begin(Stack(parent_id))
    WORK.put(Stack(parent_id, steps, True))
    actions.open_run(parent_id, go="fix")


def steps_of(run: Run) -> tuple[Step, ...]:
    """The steps that made a run, as its folder tells them; none where it is no fix."""
    found = []
    for kept in run.steps:
        options = {k: v for k, v in kept.items() if k not in ("method", "strength")}
        found.append(Step(kept["method"], options, kept.get("strength")))
    return tuple(found)


@st.cache_resource(max_entries=8, show_spinner=False)
def _making(_run: Run, folder: str, steps: str, concepts: tuple, root: str) -> Work:
    """The one making of it: every tab that asks meanwhile waits for it, and so does who returns."""
    asked, work = [_step(plain) for plain in json.loads(steps)], Work()

    def make(progress: ProgressCallback) -> Preview:
        found = {name: store.load(_run, name).concept for name in _concepts_of(asked)}
        pools = evidence.of_steps(_run, asked)
        return fixes.apply(_run, asked, found, pools, progress=progress, stage=work.enter)

    return work.start(make)


def making(run: Run, steps: tuple[Step, ...]) -> Work:
    """What the steps make of the run, or how far that is; what failed is tried again next time.

    Raises:
        FencepostError: a concept is gone; says which.
    """
    key = _key(run, steps)
    work = _making(run, *key)
    if work.wait(PATIENCE) and work.error:
        _making.clear(run, *key)
    return work


def _key(run: Run, steps: tuple[Step, ...]) -> tuple[str, str, tuple, str]:
    found = [store.load(run, name).concept for name in _concepts_of(steps)]
    known = tuple((concept.key, concept.threshold) for concept in found)
    plain = json.dumps([_plain(step) for step in steps], sort_keys=True)
    return str(run.folder), plain, known, str(artifacts.root())


def again(run: Run, steps: tuple[Step, ...]) -> None:
    """Go on with what was stopped, from a callback: what the network has seen is kept."""
    _making.clear(run, *_key(run, steps))


def preview(run: Run, steps: tuple[Step, ...]) -> Preview:
    """What the steps make of the run, waited for; nothing is written.

    Raises:
        FencepostError: something is missing; says what, and what to do.
    """
    work = making(run, steps)
    while not work.wait(60):
        pass
    if not isinstance(work.result, Preview):
        raise RunError(work.error or "It was stopped: continue it first.")
    return work.result


def _concepts_of(steps: Sequence[Step]) -> list[str]:
    """The concepts that the steps name, in their order: the first is examined on validation."""
    named = (step.options.get("concept") for step in steps)
    return list(dict.fromkeys(name for name in named if name))


def save(run: Run, steps: tuple[Step, ...], name_key: str, go: str) -> None:
    """Publish the preview as a run of its own and open it on a page, from a callback."""
    made: list[str] = []

    def publish() -> None:
        made.append(fixes.save(preview(run, steps), st.session_state.get(name_key, "").strip()))

    if actions.attempt("save", run, publish):
        WORK.drop()
        concept_draft.discard()
        actions.open_run(made[0], go=go)
