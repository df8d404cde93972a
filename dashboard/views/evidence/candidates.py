"""Other images that may show a concept on a class that lacks it: the best first, one by one."""

from __future__ import annotations

from base64 import b64encode

import numpy as np
import pandas as pd
import streamlit as st

from core import fixes, queries
from core.concepts import Concept
from core.concepts.presence import picked_in, presence, shown_in
from core.errors import DatasetError, FencepostError
from core.evaluation.intervals import wilson
from core.fixes.evidence import Pool
from core.inference.scoring import probabilities
from core.runs import Run
from dashboard.server import images

LARGE, THUMB = 900, 144  # pixels of the longer side
MOST = 1200  # candidates offered in all
FEWEST = 3  # errors with the concept, below which a class is not called harmed


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
    if (label := picked_in(run, concept)) is not None:
        return [label]
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
    shown = table[shown_in(run, concept, values)[table["row"].to_numpy()]]
    counts = shown.groupby("label")["correct"].agg(["size", "sum"])
    errors = counts["size"] - counts["sum"]
    lows = {
        int(label): wilson(int(errors[label]), int(counts["size"][label]))[0]
        for label in counts.index
        if errors[label] >= FEWEST
    }
    return max(lows, key=lambda label: lows[label]) if lows else None


@st.cache_data(max_entries=600, show_spinner=False)
def thumbnail(_pool: Pool, key: str, row: int, side: int) -> str | None:
    """An image of the pool as a data URL; None where it is gone.

    A file of Streamlit's would be gone with the next key, before a slow browser has asked for it.
    """
    try:
        data, kind = images.reduced(_pool.image(row), side)
    except DatasetError:
        return None
    return f"data:{kind};base64,{b64encode(data).decode()}"
