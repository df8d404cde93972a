"""What Explain, a concept of suggested picks, and the fix offered first make of a planted run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from planted_story import Planted

from core import concepts, explain, fixes
from core.concepts import Concept
from core.concepts.held_out import HeldOut
from core.errors import FencepostError
from core.evaluation.statistics import auc
from core.inference import extraction
from core.inference.network import open_classifier
from core.runs import Run
from core.runs.images import view_of
from core.runs.table import predictions

DRAWS = 2000
FIRST = 9  # images that Explain shows first
NOT_FEWER = 4.0  # points between the run and the ceiling, from which a gap is one


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval over draws of the test images."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1f} ({self.low:.1f} to {self.high:.1f})"


def told_of(made: Planted, ceiling: np.ndarray) -> dict[str, Any]:
    """One row of the table.

    Args:
        ceiling: (N,) bool, right of the run's images with the cue truly on all of train.
    """
    test = made.rows("test")
    before = predictions.read(made.run.table_path, made.run.classes)["correct"].to_numpy()
    row: dict[str, Any] = {"n": len(test)}
    shows = made.shows[test]
    row["gap"] = 100 * float((ceiling[test].astype(int) - before[test])[shows].mean())
    row["plain at ceiling"] = 100 * float((before[test].astype(int) - ceiling[test])[~shows].mean())
    try:
        concept = _seen(made, row)
        after, row["fix"], row["recommended"], row["seconds"] = _fixed(made, concept)
    except FencepostError as error:
        return row | {"fix": str(error)[:60], "recommended": False}
    lost = (before[test].astype(int) - after[test])[~shows]
    row["closed"] = _closed(before[test][shows], after[test][shows], ceiling[test][shows])
    row["gained"] = _mean((after[test].astype(int) - before[test])[shows])
    row["lost"] = _mean(lost)
    return row


def _seen(made: Planted, row: dict[str, Any]) -> Concept:
    """The concept of the suggested picks; what is to be said of it and of Explain goes into row."""
    run, found = made.run, explain.explain(made.run, made.label, made.pred)
    row["errors"] = len(found.rows)
    row["first 9"] = int(made.shows[explain.strongest_of_class(run, found)[:FIRST]].sum())
    picks = explain.suggest_picks(run, found)
    held_out = HeldOut.of(picks.chose, picks.tests.errors, picks.tests.right)
    concept = concepts.learn_from(run, picks.shows, picks.without, name=made.cue, held_out=held_out)
    test, scores = made.rows("test"), concept.scores(run.features())
    row["AUC"] = auc(scores[test][made.shows[test]], scores[test][~made.shows[test]])
    row["p"] = concept.p_value
    return concept


def _fixed(made: Planted, concept: Concept) -> tuple[np.ndarray, str, bool, float]:
    """Who is right after the fix that is offered first; its steps; whether it is recommended."""
    started = time.perf_counter()
    preview = fixes.apply(made.run, fixes.usual(made.run, concept), {concept.name: concept})
    words = ", ".join(f"{step.method} {step.strength or 0:g}" for step in preview.steps)
    seconds = time.perf_counter() - started
    return preview.table["correct"].to_numpy(), words, preview.gains, seconds


def features_of(run: Run, pictures: np.ndarray) -> np.ndarray:
    """(N, D): what the run's network sees of pictures (N, S, S, 3) uint8."""
    shown = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
    where = torch.device("cpu")
    return extraction.extract(open_classifier(run).backbone, shown, view_of(run), where)


def ceiling_of(run: Run, pool: np.ndarray) -> np.ndarray:
    """(N,) bool: who is right once the head saw every training image with the cue, too.

    Args:
        pool: (n, D) features of the training images as they truly look with the cue.
    """
    table = predictions.read(run.table_path, run.classes)
    labels = table.loc[table["split"] == "train", "label"].tolist()
    options = {"pool": "true", "rows": list(range(len(labels))), "labels": labels}
    made = fixes.apply(run, [fixes.Step("evidence", options)], pools={"true": pool}).table
    return made["correct"].to_numpy()


def _closed(before: np.ndarray, after: np.ndarray, ceiling: np.ndarray) -> Estimate | None:
    """The share of the gap, in per cent; None where there is hardly a gap."""
    a, b, c = (v.astype(float) for v in (after, before, ceiling))
    if 100 * (c - b).mean() < NOT_FEWER:
        return None
    draws = np.random.default_rng(0).integers(len(a), size=(DRAWS, len(a)))
    gaps = np.maximum((c - b)[draws].mean(axis=1), 1e-9)
    low, high = np.quantile((a - b)[draws].mean(axis=1) / gaps, [0.025, 0.975])
    return Estimate(*(100 * float(v) for v in ((a - b).mean() / (c - b).mean(), low, high)))


def _mean(differences: np.ndarray) -> Estimate:
    """In points, of differences of 1, 0 and -1."""
    draws = np.random.default_rng(0).integers(len(differences), size=(DRAWS, len(differences)))
    low, high = np.quantile(differences[draws].mean(axis=1), [0.025, 0.975])
    return Estimate(*(100 * float(v) for v in (differences.mean(), low, high)))


def in_short(rows: Mapping[str, dict[str, Any]]) -> list[str]:
    """What is asked of all sets together, a line each."""
    table = pd.DataFrame(rows).T
    lines = [
        f"cue in 6 of the first {FIRST}: {(table['first 9'] >= 6).sum()} of {len(table)} sets",
        f"AUC at least 0.95: {(table['AUC'] >= 0.95).sum()}; p < 0.05: {(table['p'] < 0.05).sum()}",
    ]
    wide = [row for row in rows.values() if row["gap"] >= NOT_FEWER]
    closed = [max(0.0, row["closed"].value) if row.get("closed") else 0.0 for row in wide]
    if closed:
        lines.append(
            f"gap of at least {NOT_FEWER:g} points in {len(wide)}: closed by {np.mean(closed):.0f} "
            f"% on average, by 60 % or more in {sum(c >= 60 for c in closed)}; recommended in "
            f"{sum(row['recommended'] for row in wide)}"
        )
    lost = [row["lost"].value for row in rows.values() if row.get("lost")]
    lines.append(
        f"plain accuracy lost: {np.mean(lost):.2f} points on average, {max(lost):.2f} most"
    )
    none = [row for row in rows.values() if row["gap"] < NOT_FEWER]
    lines.append(f"no gap in {len(none)}: recommended in {sum(r['recommended'] for r in none)}")
    return lines
