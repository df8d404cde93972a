"""What was accepted and rejected of other images, by run, concept, class and source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.session import unsaved

REVIEWS = "_evidence"
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
    """Verdicts so far, in the order they were given: (row of the pool, accepted as this class).

    The class is None where the image was rejected.
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


def _set(subject: Subject, found: Review) -> None:
    """In the session as it is; in the file, which sessions share, only what has changed."""
    before, now = dict(review(subject).verdicts), dict(found.verdicts)
    st.session_state[REVIEWS] = st.session_state.get(REVIEWS, {}) | {subject: found}
    new = {row: label for row, label in now.items() if row not in before}

    def merged(kept: dict[str, Any]) -> dict[str, Any]:
        try:
            others = dict(_verdicts(kept))
        except (KeyError, TypeError, ValueError):
            others = before  # nothing was written yet, or can no longer be read
        kept_on = {row: label for row, label in others.items() if row in now or row not in before}
        return {"verdicts": list((kept_on | new).items()), "reach": found.reach}

    unsaved.change(subject.run_id, _kept_as(subject), merged)


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
