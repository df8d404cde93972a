"""Figures of an explanation and of concepts on a run whose cue was planted, so its truth is known.

Used by demo_story.py and second_cue.py; planted_fixes.py goes on with the fixes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import concepts, explain, queries
from core.concepts.effects import error_rates, intervention
from core.concepts.learning import picking
from core.evaluation.statistics import auc
from core.runs import Run

PICKS = 10


@dataclass(frozen=True)
class Planted:
    """A run, and who shows the cue that makes images of class `label` look like `pred`.

    `images`: row, split, index, label, correct, shows; a row an image, as the table has them.
    """

    run: Run
    cue: str
    label: int
    pred: int
    images: pd.DataFrame

    def name(self, label: int) -> str:
        return self.run.classes[label]

    @property
    def shows(self) -> np.ndarray:
        return self.images["shows"].to_numpy()

    def rows(self, split: str) -> np.ndarray:
        return np.flatnonzero(self.images["split"] == split)


def planted(run: Run, cue: str, label: str, pred: str, truth: pd.DataFrame) -> Planted:
    """What was planted in a run's images.

    Args:
        truth: split (train or test), index and, under the cue's name, who shows it.
    """
    table = queries.ask(run, 'SELECT row, split, "index", label, correct FROM run')
    table["origin"] = table["split"].where(table["split"] != "val", "train")
    truth = truth[["split", "index", cue]].set_axis(["origin", "index", "shows"], axis=1)
    images = table.merge(truth, on=["origin", "index"]).sort_values("row", ignore_index=True)
    names = run.classes
    return Planted(run, cue, names.index(label), names.index(pred), images)


def tell(made: Planted, draws: int) -> None:
    """Print everything: channels, concepts from picks of four kinds, their effect, random picks."""
    print(f"run {made.run.id}, test accuracy {made.run.metrics['test']['accuracy']:.1%}")
    _channels(made)
    best = _concepts(made, draws)
    _effect(made, best)
    _random(made)


def _channels(made: Planted) -> None:
    found = explain.explain(made.run, made.label, made.pred)
    print(
        f"\n{made.name(made.label)} read as {made.name(made.pred)}: {len(found.rows)} errors in "
        "test, the gap in channels"
    )
    for title, channels in (("there", found.gained), ("missing", found.lost)):
        print(f"  what is {title}:")
        for _, channel in channels.head(3).iterrows():
            strongest = explain.strongest_images(made.run, int(channel["channel"]), top=9)
            seen = int(made.shows[strongest["row"]].sum())
            print(
                f"    channel {channel['channel']:.0f}: share {channel['share']:.0%}, "
                f"d {channel['effect']:.1f}, AUC {channel['auc']:.2f}, q {channel['q']:.1e}, "
                f"{seen} of its 9 strongest images show the {made.cue}"
            )


def _concepts(made: Planted, draws: int) -> concepts.Concept:
    """Ten pictures with the cue and ten without, picked six ways; the first one is given back."""
    kept = []
    print()
    for split, carriers_only in (("train", True), ("train", False), ("test", False)):
        start = time.perf_counter()
        ground = picking.ground(made.run, whole=split == "test")
        ready = time.perf_counter() - start
        for others in (True, False):
            found = []
            for seed in range(draws):
                shows, without = random_picks(made, split, carriers_only, seed)
                start = time.perf_counter()
                concept = picking.learn_on(
                    ground, shows, without if others else (), name=made.cue, seed=seed
                )
                seconds = ready + time.perf_counter() - start
                found.append(measured(made, concept) | {"s": seconds})
                kept.append(concept)
            who = made.name(made.pred) if carriers_only else "any class"
            _print_draws(f"10 of {split}, {who}{', 10 others' if others else ''}", found)
    return kept[0]


def random_picks(
    made: Planted, split: str, carriers_only: bool, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of ten random images with the cue and of ten without; of the carrier class if asked."""
    rng = np.random.default_rng(seed)
    chosen = (made.images["split"] == split).to_numpy()
    if carriers_only:
        chosen = chosen & (made.images["label"] == made.pred).to_numpy()
    return tuple(
        rng.choice(np.flatnonzero(chosen & (made.shows == shown)), PICKS, replace=False)
        for shown in (True, False)
    )


def measured(made: Planted, concept: concepts.Concept) -> dict[str, float]:
    """What the concept says of test images that were not picked."""
    held = (made.images["split"] == "test").to_numpy(copy=True)
    held[list(concept.origin["shows"])] = False
    held[list(concept.origin["without"] or [])] = False
    scores, shows = concept.scores(made.run.features()), made.shows
    found = scores >= concept.threshold
    return {
        "auc": auc(scores[held & shows], scores[held & ~shows]),
        "p": concept.p_value,
        "found": float(found[held & shows].mean()),
        "false": float(found[held & ~shows].mean()),
    }


def _print_draws(title: str, found: list[dict[str, float]]) -> None:
    table = pd.DataFrame(found)
    mean = table.mean()
    print(
        f"  {title}: AUC on test {mean['auc']:.3f} ({table['auc'].min():.3f} to "
        f"{table['auc'].max():.3f} over {len(table)} draws), "
        f"{int((table['p'] < 0.05).sum())} pass as real, finds {mean['found']:.0%} of those that "
        f"show it and {mean['false']:.0%} of the rest, {mean['s']:.2f} s"
    )


def _effect(made: Planted, concept: concepts.Concept) -> None:
    run, features, images = made.run, made.run.features(), made.images
    labels, correct = images["label"].to_numpy(), images["correct"].to_numpy()
    train, test = made.rows("train"), made.rows("test")
    shown = concept.shown(features)
    rates = error_rates.error_rates(shown[test], labels[test], correct[test], run.classes)
    row = rates.set_index("label").loc[made.label]
    print(
        f"\n{made.name(made.label)} with the concept: {row['rate']:.0%} errors of {row['n']}, "
        f"without {row['rate_without']:.0%} of {row['n_without']}, "
        f"odds ratio {row['odds_ratio']:.1f}, p {row['p']:.1e}"
    )
    erasers = intervention.erasers(features, train, shown, labels)
    rows = explain.explain(run, made.label, made.pred).rows
    plain = test[correct[test] & (labels[test] == made.pred) & ~shown[test]]
    errors, without = (
        intervention.without_concept(run.head(), features[chosen], erasers, made.pred)
        for chosen in (rows, plain)
    )
    print(
        f"P({made.name(made.pred)}) of the errors {errors.before:.2f}, with it erased "
        f"{errors.after:.2f}; of right images without it {without.before:.2f}, then "
        f"{without.after:.2f}; random images part them as far with "
        f"p = {intervention.chance(errors, without):.2f}"
    )


def _random(made: Planted) -> None:
    """Ten and ten random training images: what passes as a concept and is none."""
    rng = np.random.default_rng(0)
    train, ground = made.rows("train"), picking.ground(made.run)
    found = []
    for seed in range(10):
        rows = rng.choice(train, 2 * PICKS, replace=False)
        found.append(picking.learn_on(ground, rows[:PICKS], rows[PICKS:], name="random", seed=seed))
    print(f"\n{sum(c.real for c in found)} of 10 concepts from random picks pass as real")
