"""A concept as one more column of a run: its score, to rank, filter and export by."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from core import artifacts
from core.concepts import store
from core.errors import ConceptError
from core.runs import Run
from core.runs.columns import Column

CONCEPT = "concept:"  # and its name: how strongly an image shows it


def attach(run: Run) -> Run:
    """The run with a column `concept:<name>` for every concept that fits it now.

    A run that was opened knows no concepts: whoever ranks, filters or exports by one attaches
    them first.
    """
    return run.gaining(map(partial(column, run), names(run)))


def names(run: Run) -> list[str]:
    """The concepts that fit the run, by name."""
    if run.features() is None:
        return []
    return [stored.name for stored in store.list_concepts(run) if not stored.unfit(run)]


def column(run: Run, name: str) -> Column:
    """The column of one concept; its scores are those that it has when they are asked for."""
    words = f"how strongly the features show {name}"
    return Column(
        f"{CONCEPT}{name}", f"Concept {name}", words, file=partial(scores_file, run, name)
    )


def scores_file(run: Run, name: str) -> Path:
    """A Parquet file of row and score, made when first asked for; another one once it changes.

    Raises:
        ConceptError: there is no such concept, or it does not fit the run.
    """
    stored = store.load(run, name)
    if reason := stored.unfit(run):
        raise ConceptError(reason)
    concept = stored.concept
    path = artifacts.root() / "concepts" / "scores" / f"{run.id}-{concept.key}.parquet"
    if not path.is_file():
        features = run.features()
        assert features is not None  # it fits
        scores = concept.scores(features).astype(np.float32)
        table = pd.DataFrame({"row": np.arange(len(scores), dtype=np.int32), "score": scores})
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        artifacts.write_bytes(path, buffer.getvalue())
    return path


def scores(run: Run, name: str) -> np.ndarray:
    """(N,) float32 of every image of the run."""
    return pd.read_parquet(scores_file(run, name), columns=["score"])["score"].to_numpy()
