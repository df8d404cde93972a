"""A concept as one more column of a run's table: its score, to rank, filter and export by."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from core import artifacts
from core.concepts import store
from core.errors import ConceptError
from core.runs import Run


def names(run: Run) -> list[str]:
    """The concepts that fit the run, by name: each is a column `concept:<name>`."""
    if run.features() is None:
        return []
    return [stored.name for stored in store.list_concepts(run) if not stored.unfit(run)]


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
