"""Other images that may show a concept on a class that lacks it: the best first, one by one.

What was accepted and rejected is kept, by run, concept, class and source.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st

from core import fixes, queries
from core.concepts import Concept
from core.errors import DatasetError, FencepostError
from core.fixes.presence import presence
from core.metrics import wilson
from core.pools import Pool
from core.runs import Run
from core.scoring import probabilities
from dashboard import images, unsaved

REVIEWS = "_evidence"
AT_ONCE, MOST = 60, 1200  # candidates offered before more are asked for, and in all
LARGE, THUMB = 900, 144  # pixels of the longer side
FEWEST = 3  # errors with the concept, below which a class is not called harmed


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
        kept = unsaved.kept(subject.run_id, _kept_as(subject))
        verdicts = [(int(row), None if k is None else int(k)) for row, k in kept["verdicts"]]
        return Review(tuple(verdicts), int(kept["reach"]))
    except (KeyError, TypeError, ValueError):
        return Review()


def _kept_as(subject: Subject) -> str:
    named = repr((subject.concept, subject.label, subject.key))
    return f"evidence-{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def _set(subject: Subject, found: Review) -> None:
    st.session_state[REVIEWS] = st.session_state.get(REVIEWS, {}) | {subject: found}
    written = {"verdicts": found.verdicts, "reach": found.reach}
    unsaved.keep(subject.run_id, _kept_as(subject), written)


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


def ranked(run: Run, pool: Pool, concept: Concept, label: int) -> pd.DataFrame:
    """row, score, prob (of the class), pred and its confidence: best candidates first."""
    return _ranked(run, str(run.folder), pool.key, pool, concept.key, concept, label)


@st.cache_data(max_entries=16, show_spinner="Ranking the images")
def _ranked(
    _run: Run, folder: str, key: str, _pool: Pool, concept_key: str, _concept: Concept, label: int
) -> pd.DataFrame:
    head, features = _run.head(), _pool.features
    scores = _concept.scores(features)
    carriers = carriers_of(_run, _concept)
    rows = fixes.candidates(features, scores, head, label, carriers=carriers, top=MOST)
    p = probabilities(features[rows], *head)
    pred = p.argmax(axis=1)
    return pd.DataFrame(
        {
            "row": rows,
            "score": scores[rows],
            "prob": p[:, label],
            "pred": pred,
            "confidence": p[np.arange(len(p)), pred],
        }
    )


def carriers_of(run: Run, concept: Concept) -> list[int]:
    """The classes that the concept was picked in, or that train shows it in."""
    if found := fixes.with_concept(run, "transplant", concept).options.get("carriers"):
        return list(found)
    table = queries.ask(run, "SELECT row, label FROM run WHERE split = 'train' ORDER BY row")
    features = run.features()
    assert features is not None
    scores = concept.scores(features[table["row"].to_numpy()])
    labels = table["label"].to_numpy().astype(int)
    try:
        return list(presence(concept, scores, labels, len(run.classes)).carriers)
    except FencepostError:
        return []


def most_harmed(run: Run, values: np.ndarray, concept: Concept, split: str) -> int | None:
    """The class with the largest error rate among images that show the concept.

    By the lower end of its interval: one error of one image is no rate.
    """
    table = queries.ask(run, "SELECT row, label, correct FROM run WHERE split = ?", [split])
    shown = table[values[table["row"].to_numpy()] >= concept.threshold]
    counts = shown.groupby("label")["correct"].agg(["size", "sum"])
    errors = counts["size"] - counts["sum"]
    lows = {
        int(label): wilson(int(errors[label]), int(counts["size"][label]))[0]
        for label in counts.index
        if errors[label] >= FEWEST
    }
    return max(lows, key=lambda label: lows[label]) if lows else None


@st.cache_data(max_entries=600, show_spinner=False)
def picture(_pool: Pool, key: str, row: int, side: int) -> str | None:
    """An image of the pool as a data URL; None where it is gone.

    A file of Streamlit's would be gone with the next key, before a slow browser has asked for it.
    """
    try:
        data, kind = images.reduced(_pool.image(row), side)
    except DatasetError:
        return None
    return f"data:{kind};base64,{b64encode(data).decode()}"
