"""A concept as it is kept: with the run and the pictures that it came from, as one JSON object."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import artifacts
from core.concepts.concept import Concept
from core.errors import ConceptError
from core.runs import Run
from core.runs.features import remedy

SCHEMA_VERSION = 1
SAMPLED = 64  # rows that stand for a whole array of features


@dataclass(frozen=True)
class Stored:
    """A concept and where it came from.

    `features`: a digest of the features it was learned on; `picks`: its images as (split, index,
    shows it), with validation images under train's numbering, so that another run can learn it.
    """

    concept: Concept
    run_id: str
    run_name: str
    fingerprint: str
    features: str
    picks: tuple[tuple[str, int, bool], ...] = ()

    @property
    def name(self) -> str:
        return self.concept.name

    @property
    def version(self) -> str:
        """What tells it from whatever else was or will be kept under its name."""
        return hashlib.sha256(json.dumps(to_json(self)).encode()).hexdigest()[:20]

    def unfit(self, run: Run) -> str:
        """Why it cannot be used on this run; empty where it can."""
        if run.fingerprint != self.fingerprint:
            return (
                f"Concept {self.name} was made on another version of the data set than run "
                f"{run.name}: its images may have changed; pick again."
            )
        if features_digest(run) != self.features:
            remedy = "learn it again from its picks" if self.picks else "make it again on this run"
            return (
                f"Concept {self.name} was learned on the features of run {self.run_name}, "
                f"and those of run {run.name} differ: {remedy}."
            )
        return ""


def features_digest(run: Run) -> str:
    """Which feature space a run has: runs that share a backbone and its cache share it.

    Raises:
        ConceptError: the run kept no features.
    """
    values = run.features()
    if values is None:
        raise ConceptError(
            f"Run {run.name} kept no features, so no concept fits it: {remedy(run)}."
        )
    some = np.linspace(0, max(len(values) - 1, 0), SAMPLED).astype(int) if len(values) else []
    taken = np.ascontiguousarray(values[some], dtype=np.float16).tobytes()
    return hashlib.sha256(repr(values.shape).encode() + taken).hexdigest()[:20]


def to_json(stored: Stored) -> dict[str, Any]:
    """The JSON object; what is not a number is null."""
    concept = stored.concept
    number = {key: getattr(concept, key) for key in ("offset", "threshold", "auc", "p_value")}
    return {
        "schema_version": SCHEMA_VERSION,
        "name": concept.name,
        "run": {"id": stored.run_id, "name": stored.run_name, "features": stored.features},
        "fingerprint": stored.fingerprint,
        **{key: float(v) if math.isfinite(v) else None for key, v in number.items()},
        "n_shows": concept.n_shows,
        "n_without": concept.n_without,
        "origin": dict(concept.origin),
        "picks": [list(pick) for pick in stored.picks],
        "direction": base64.b64encode(concept.direction.astype("<f4").tobytes()).decode(),
    }


def read(path: Path) -> Stored:
    """The concept in a file.

    Raises:
        ConceptError: it is damaged, or written by another version; says which.
    """
    try:
        kept = artifacts.read_json(path)
        if kept["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"it has schema version {kept['schema_version']!r}")
        return _stored(kept)
    except (KeyError, TypeError, ValueError) as error:
        raise ConceptError(
            f"{path.name} is not a concept that this Fencepost can read ({error}): delete {path}."
        ) from None


def _stored(kept: dict[str, Any]) -> Stored:
    def number(key: str) -> float:
        return float("nan") if kept[key] is None else float(kept[key])

    direction = np.frombuffer(base64.b64decode(kept["direction"], validate=True), dtype="<f4")
    concept = Concept(
        name=str(kept["name"]),
        direction=direction.astype(np.float32),
        offset=number("offset"),
        threshold=number("threshold"),
        auc=number("auc"),
        p_value=number("p_value"),
        n_shows=int(kept["n_shows"]),
        n_without=int(kept["n_without"]),
        origin=dict(kept["origin"]),
    )
    run = kept["run"]
    return Stored(
        concept,
        str(run["id"]),
        str(run["name"]),
        str(kept["fingerprint"]),
        str(run["features"]),
        tuple((str(split), int(index), bool(shows)) for split, index, shows in kept["picks"]),
    )
