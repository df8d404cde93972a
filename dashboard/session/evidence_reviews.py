"""What was accepted and rejected of other images, by run, concept, class and source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.session import actions, unsaved

REVIEWS = "_evidence"
ALONE = "_evidence_alone"  # subjects of which the file lacks what this session holds
AT_ONCE = 60  # candidates offered before more are asked for


@dataclass(frozen=True)
class Subject:
    """What is looked for, and where: a concept that looks like a class, in a pool."""

    run_id: str
    concept: str
    label: int
    key: str


@dataclass(frozen=True)
class Review:
    """Verdicts so far, those of others first: (row of the pool, accepted as this class).

    The class is None where the image was rejected; the last one is what `take_back` takes.
    """

    verdicts: tuple[tuple[int, int | None], ...] = ()
    reach: int = AT_ONCE

    @property
    def accepted(self) -> list[tuple[int, int]]:
        return [(row, label) for row, label in self.verdicts if label is not None]


def review(subject: Subject) -> Review:
    """The verdicts so far, also those from before a reload."""
    held = st.session_state.setdefault(REVIEWS, {})
    if subject not in held:
        held[subject] = _left_over(subject)
    return held[subject]


def _left_over(subject: Subject) -> Review:
    try:
        kept = unsaved.shared(subject.run_id, _kept_as(subject))
        return Review(_verdicts(kept), int(kept["reach"]))
    except (KeyError, TypeError, ValueError):
        return Review()


def _kept_as(subject: Subject) -> str:
    named = repr((subject.concept, subject.label, subject.key))
    return f"evidence-{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def _verdicts(kept: dict[str, Any]) -> tuple[tuple[int, int | None], ...]:
    return tuple((int(row), None if k is None else int(k)) for row, k in kept["verdicts"])


def _hold(subject: Subject, found: Review) -> None:
    st.session_state[REVIEWS] = st.session_state.get(REVIEWS, {}) | {subject: found}


def read_others(subject: Subject) -> None:
    """Take up what others judged, and took back, since this session last looked."""
    if subject in st.session_state.get(ALONE, set()):
        return
    kept = unsaved.shared(subject.run_id, _kept_as(subject))
    try:
        _hold(subject, _joined(review(subject), dict(_verdicts(kept))))
    except (KeyError, TypeError, ValueError):
        return  # nothing was written yet, or can no longer be read


def _joined(mine: Review, whole: dict[int, int | None]) -> Review:
    """The whole of the verdicts, with mine as the last, in my order."""
    own = [row for row, _ in mine.verdicts if row in whole]
    rows = [*(row for row in whole if row not in set(own)), *own]
    return replace(mine, verdicts=tuple((row, whole[row]) for row in rows))


def _set(subject: Subject, found: Review) -> None:
    """In the file, which sessions share, only what has changed: the first verdict on a row counts.

    The session then holds what all have said; its own alone where it may write nothing.
    """
    alone: set[Subject] = st.session_state.setdefault(ALONE, set())
    before, now = dict(review(subject).verdicts), dict(found.verdicts)
    if subject in alone:
        before = {}
    new = {row: label for row, label in now.items() if row not in before}

    def merged(kept: dict[str, Any]) -> dict[str, Any]:
        try:
            others = dict(_verdicts(kept))
        except (KeyError, TypeError, ValueError):
            others = before  # nothing was written yet, or can no longer be read
        kept_on = {row: label for row, label in others.items() if row in now or row not in before}
        whole = kept_on | {row: label for row, label in new.items() if row not in kept_on}
        _hold(subject, _joined(found, whole))
        for row in (row for row, label in new.items() if whole[row] != label):
            st.session_state[actions.PROBLEM] = _otherwise(whole[row], new[row])
        return {"verdicts": list(whole.items()), "reach": found.reach}

    if unsaved.change(subject.run_id, _kept_as(subject), merged):
        alone.discard(subject)
    else:
        _hold(subject, found)
        alone.add(subject)


def _otherwise(theirs: int | None, mine: int | None) -> str:
    """Both verdicts on an image that two judged at once."""
    said = "rejected" if theirs is None else "accepted as this or another class"
    own = "rejected" if mine is None else "accepted"
    return (
        f"Somebody else has just {said} the image that you {own}: theirs counts. Undo takes it "
        "back, to judge it again."
    )


def judge(subject: Subject, row: int, label: int | None) -> None:
    """Accept as a class, or reject; from a callback.

    A key pressed twice before the next image came counts once.
    """
    held = review(subject)
    if row not in {known for known, _ in held.verdicts}:
        _set(subject, replace(held, verdicts=(*held.verdicts, (row, label))))


def take_back(subject: Subject) -> None:
    """Undo the last verdict, from a callback."""
    held = review(subject)
    _set(subject, replace(held, verdicts=held.verdicts[:-1]))


def further(subject: Subject) -> None:
    """Offer more of the ranking, from a callback."""
    held = review(subject)
    _set(subject, replace(held, reach=held.reach + AT_ONCE))
