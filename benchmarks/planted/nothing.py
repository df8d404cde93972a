"""How often a cause is claimed where there is none: right images called errors by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import kstest

from core import explain, queries
from core.concepts.held_out import HeldOut
from core.concepts.learning import picking
from core.errors import FencepostError
from core.runs import Run

ERRORS, FEWEST = 12, 25  # images called errors; right images that a class must have
LEVEL = 0.05


@dataclass(frozen=True)
class Claimed:
    """Of `n` draws, the share with p below LEVEL, and how far all p are from uniform (their p)."""

    n: int
    share: float
    uniform: float

    def __str__(self) -> str:
        return f"{self.share:.1%} of {self.n} (KS p {self.uniform:.2f})"


def claimed(run: Run, draws: int) -> tuple[Claimed, Claimed]:
    """What errors share, and a concept of the picks that they suggest."""
    table = queries.ask(run, "SELECT row, label FROM run WHERE split = 'test' AND correct")
    rng, ground = np.random.default_rng(5), picking.ground(run)
    by_class = table.groupby("label")["row"].agg(list)
    by_class = by_class[by_class.map(len) > FEWEST]
    found = [_p(run, ground, by_class, rng) for _ in range(draws)]
    return _claimed([p for p, _ in found]), _claimed([p for _, p in found if not np.isnan(p)])


def _p(run, ground, by_class, rng) -> tuple[float, float]:
    label = int(rng.choice(by_class.index))
    rows = np.sort(rng.choice(by_class[label], ERRORS, replace=False))
    pred = int(rng.choice([k for k in range(len(run.classes)) if k != label]))
    found = explain.explain(run, label, pred, rows=rows)
    parts, features = explain.halves(found), run.features()
    held_out = HeldOut.of(parts.suggests.rows, parts.tests.errors, parts.tests.right)
    shared = explain.scores(run, found, parts.suggests, np.arange(len(features)))
    try:
        picks = explain.suggest_picks(run, found)
    except FencepostError:
        return held_out.test(shared)[1], float("nan")
    concept = picking.learn_on(ground, picks.shows, picks.without, name="nothing")
    return held_out.test(shared)[1], picking.tested(run, concept, held_out).p_value


def _claimed(p: list[float]) -> Claimed:
    if not p:
        return Claimed(0, float("nan"), float("nan"))
    return Claimed(len(p), float((np.array(p) < LEVEL).mean()), float(kstest(p, "uniform").pvalue))
