"""The concept that a person is making or correcting: its picks, kept for the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import streamlit as st

from core import queries
from core.concepts import Concept, store
from core.concepts.held_out import HeldOut
from core.concepts.stored import Stored
from core.errors import ConceptError
from core.runs import Run
from dashboard.server.background import Work
from dashboard.session import actions, concept_learning, navigation
from dashboard.session.draft import BY_ERRORS, Draft, from_json
from dashboard.session.in_progress import InProgress, LeftOver

DRAFT = "draft"
HANDED = "concept_picks"  # what the Concepts page starts from


def current(run: Run) -> Draft | None:
    """The draft for this run: what Explain handed over, else the one in work."""
    if handed := st.session_state.pop(HANDED, None):
        WORK.begin(Draft(run.id))
        WORK.put(_from_handed(run, handed))
    return WORK.current(run.id)


def _from_handed(run: Run, handed: dict[str, Any]) -> Draft:
    name, named = _free_name(run, str(handed.get("name", ""))), handed.get("named", True)
    return Draft(
        run.id,
        name=name if named else "",
        working="" if named else name,
        shows=tuple(int(row) for row in handed.get("shows", ())),
        without=tuple(int(row) for row in handed.get("without", ())),
        channel=handed.get("channel"),
        origin=str(handed.get("from", "")),
        ranked=str(handed.get("ranked", BY_ERRORS)),
        held_out=HeldOut.from_json(handed.get("held_out")),
    )


def _free_name(run: Run, name: str) -> str:
    """The name, with a number where a stored concept has it: to save must not replace that."""
    taken = {stored.name for stored in store.list_concepts(run)}
    names = [name, *(f"{name} {k}" for k in range(2, len(taken) + 2))]
    return next(free for free in names if free not in taken)


WORK: InProgress[Draft] = InProgress(DRAFT, asdict, from_json)


def left_over(run: Run) -> list[LeftOver[Draft]]:
    """The drafts that can be gone on with, the last first."""
    return WORK.left_over(run.id)


def take_up(left: LeftOver[Draft]) -> None:
    """Go on with what was left over, from a callback."""
    WORK.take_up(left)


def start(run: Run) -> None:
    """An empty draft, from a callback."""
    WORK.begin(Draft(run.id))


def discard() -> None:
    """Leave what is in work, from a callback."""
    WORK.drop()


def open_stored(run: Run, stored: Stored) -> Draft:
    """A stored concept as a draft, to look at and to correct; learned again where it does not fit.

    Its threshold holds for scores on the features that it was learned on only.
    """
    channel = stored.concept.origin.get("channel")
    rows = _rows_of(run, stored) if channel is None else ((), ())
    fits = not stored.unfit(run)
    draft = Draft(
        run.id,
        stored.name,
        *rows,
        channel,
        kept=stored.name,
        base=stored.version,
        threshold=stored.concept.threshold if fits else None,
        held_out=stored.concept.held_out if fits else None,
    )
    WORK.begin(draft)  # nothing to write down: it is stored
    return draft


def _rows_of(run: Run, stored: Stored) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The rows that its picks have in this run; those that it lacks are left out."""
    table = queries.ask(run, 'SELECT row, split, "index" FROM run')
    split = table["split"].where(table["split"] != "val", "train")
    rows = dict(zip(zip(split, table["index"], strict=True), table["row"], strict=True))
    found = [(rows.get(pick[:2]), pick[2]) for pick in stored.picks]
    shows = tuple(int(row) for row, shown in found if shown and row is not None)
    return shows, tuple(int(row) for row, shown in found if not shown and row is not None)


def put(run: Run, rows: Sequence[int], shows: bool) -> None:
    """Add rows to one list and take them out of the other, from a callback."""
    draft = current(run) or Draft(run.id)
    new = tuple(dict.fromkeys(int(row) for row in rows))
    same, other = (draft.shows, draft.without) if shows else (draft.without, draft.shows)
    same = tuple(dict.fromkeys([*same, *new]))
    other = tuple(row for row in other if row not in new)
    both = (same, other) if shows else (other, same)
    picks = {"shows": both[0], "without": both[1], "channel": None}
    WORK.put(replace(draft, **picks, threshold=None, corrected=True))


def keep_only(run: Run, rows: Sequence[int], shows: bool) -> None:
    """The list without what was ticked off, from a callback."""
    draft = current(run)
    if draft:
        kept = tuple(int(row) for row in rows)
        change = {"shows": kept} if shows else {"without": kept}
        WORK.put(replace(draft, **change, threshold=None, corrected=True))


def learning(run: Run, draft: Draft) -> Work:
    """The draft's picks being learned from; what is short is finished when this returns."""
    return concept_learning.learning(run, *_given(draft))


def again(run: Run, draft: Draft) -> None:
    """Learn what was stopped, from a callback."""
    concept_learning.again(run, *_given(draft))


def _given(draft: Draft) -> concept_learning.Given:
    return draft.shows, draft.without, draft.channel, draft.held_out


def learned(run: Run, draft: Draft) -> Concept:
    """The concept that the draft's picks make, under its name; waited for.

    Raises:
        ConceptError: too few picks, or the run kept no features.
    """
    work = learning(run, draft)
    while not work.wait(60):
        pass
    if not isinstance(concept := work.result, Concept):
        raise ConceptError(work.error or "It was stopped: continue it first.")
    name = draft.called or "a new concept"
    threshold = concept.threshold if draft.threshold is None else draft.threshold
    return replace(concept, name=name, threshold=threshold)


def move_threshold(run: Run, value: float) -> None:
    """From a callback."""
    if draft := current(run):
        WORK.put(replace(draft, threshold=float(value)))


def call(run: Run, name: str) -> None:
    """Give the draft a name, from a callback."""
    if draft := current(run):
        WORK.put(replace(draft, name=name))


def save(run: Run, drawn: Draft, seen: str = "", then: str | None = None) -> None:
    """Keep the concept, from a callback; `then` names the page to go to with it.

    `seen` is the version that the page showed under the name of what it had `drawn`.
    """
    draft = current(run) or drawn

    def keep() -> None:
        over = seen if draft.called == drawn.called else ""
        kept = store.save(run, learned(run, draft), over)
        _bin_old_name(run, draft, kept)
        WORK.saved(replace(draft, name=kept.name, kept=kept.name, base=kept.version))

    if actions.attempt("save", run, keep) and then:
        navigation.open_page(then)


def _bin_old_name(run: Run, draft: Draft, kept: Stored) -> None:
    """It was given another name; what somebody else has made of the old one stays."""
    old = store.find(run, draft.kept) if draft.kept and draft.kept != kept.name else None
    if old and old.version == draft.base:
        store.delete(run, old.name, draft.base)


@st.cache_data(max_entries=16, show_spinner=False)
def _scores(_run: Run, folder: str, key: str, _concept: Concept) -> np.ndarray:
    features = _run.features()
    assert features is not None  # it was learned from them
    return _concept.scores(features)


def scores(run: Run, concept: Concept) -> np.ndarray:
    """(N,) of every image of the run."""
    return _scores(run, str(run.folder), concept.key, concept)


def make_concept(picks: dict[str, Any]) -> None:
    """Go on with these picks on the Concepts page, from a callback."""
    st.session_state[HANDED] = picks
    navigation.open_page("concepts")
