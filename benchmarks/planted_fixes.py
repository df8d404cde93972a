"""Every fix on a run whose cue was planted, against the best that could be: the same for all sets.

Used by demo_fix.py and second_cue.py.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import torch
from PIL import Image
from planted_story import Planted, measured, random_picks

from core import concepts, explain, fixes, runs
from core.concepts.held_out import HeldOut
from core.datasets.picture import square
from core.evaluation.comparison import compare, per_class_and_concept
from core.inference import extraction
from core.inference.network import open_classifier
from core.runs.images import view_of
from core.runs.table import predictions

FEWEST = 5  # test images of a class with or without the cue, below which it is not called worst
MUTED = (3, 10)


def compete(made: Planted, pictures: np.ndarray, draws: int) -> None:
    """Print the table of every fix, for suggested picks and for random ones.

    Args:
        pictures: (N, H, W, 3) uint8, every training image of the run as it truly looks with the
            cue, in the order of its rows.
    """
    table = predictions.read(made.run.table_path, made.run.classes)
    before = _figures(made, table)
    ceiling = _figures(made, _ceiling(made, pictures))
    ends = {"before": before, "ceiling": ceiling}
    print(f"\n{made.run.id}: % right on test; {_counts(made)}")
    print(pd.DataFrame(ends).T.round(1).to_string())
    for title, some in (
        ("picks suggested by the explanation", [_suggested(made)]),
        (f"{draws} draws of random picks", [_drawn(made, seed) for seed in range(draws)]),
    ):
        _print(made, title, some, before, ceiling)


def _counts(made: Planted) -> str:
    """How many test images each column is of."""
    test = made.images.iloc[made.rows("test")]
    shown = test[test["shows"]]
    each = {
        f"{made.cue} {made.name(c)}": int((shown["label"] == c).sum())
        for c in (made.label, made.pred)
    }
    counts = {"overall": len(test), f"without {made.cue}": len(test) - len(shown)}
    counts |= {f"all with {made.cue}": len(shown)} | each
    return ", ".join(f"{name} n = {n:,}" for name, n in counts.items())


def _figures(made: Planted, table: pd.DataFrame) -> dict[str, float]:
    """Percentages right on test: the columns of every table that is printed."""
    test = made.rows("test")
    right = table["correct"].to_numpy()[test]
    label, shows = made.images["label"].to_numpy()[test], made.shows[test]
    groups = pd.DataFrame({"label": label, "shows": shows, "right": right})
    each = groups.groupby(["label", "shows"])["right"].agg(["mean", "size"])
    return {
        "overall": 100 * right.mean(),
        f"without {made.cue}": 100 * right[~shows].mean(),
        f"all with {made.cue}": 100 * right[shows].mean(),
        f"{made.cue} {made.name(made.label)}": 100 * right[shows & (label == made.label)].mean(),
        f"{made.cue} {made.name(made.pred)}": 100 * right[shows & (label == made.pred)].mean(),
        "worst group": 100 * each.loc[each["size"] >= FEWEST, "mean"].min(),
    }


def _ceiling(made: Planted, pictures: np.ndarray) -> pd.DataFrame:
    """The head refitted with every training image added as it truly looks with the cue."""
    run, rows = made.run, made.rows("train")
    size = int(run.config["size"])
    side = min(size, pictures.shape[1])
    seen = np.stack([square(Image.fromarray(p), side) for p in pictures])
    backbone, view = open_classifier(run).backbone, view_of(run)
    pool = extraction.extract(backbone, seen, view, torch.device("cpu"))
    labels = made.images["label"].to_numpy()[rows].tolist()
    options = {"pool": "true", "rows": list(range(len(rows))), "labels": labels}
    return fixes.apply(run, [fixes.Step("evidence", options)], pools={"true": pool}).table


def _suggested(made: Planted) -> concepts.Concept:
    picks = explain.suggest_picks(made.run, explain.explain(made.run, made.label, made.pred))
    true = [int(made.shows[part].sum()) for part in (picks.shows, picks.without)]
    print(
        f"\nsuggested: {true[0]} of {len(picks.shows)} that should show the {made.cue} do, and "
        f"{true[1]} of {len(picks.without)} that should not"
    )
    held_out = HeldOut.of(picks.chose, picks.tests.errors, picks.tests.right)
    return concepts.learn_from(
        made.run, picks.shows, picks.without, name=made.cue, held_out=held_out
    )


def _drawn(made: Planted, seed: int) -> concepts.Concept:
    picks = random_picks(made, "train", True, seed)
    return concepts.learn_from(made.run, *picks, name=made.cue, seed=seed)


def _print(
    made: Planted,
    title: str,
    some: Sequence[concepts.Concept],
    before: dict[str, float],
    ceiling: dict[str, float],
) -> None:
    """The mean over the concepts, and the range of the gap where there are several."""
    told = pd.DataFrame([measured(made, concept) for concept in some]).mean()
    print(
        f"\n{title}: concept AUC {told['auc']:.3f}, finds {told['found']:.0%} of those that show "
        f"it and {told['false']:.0%} of the rest"
    )
    found = [row for concept in some for row in _each_fix(made, concept)]
    table = pd.DataFrame(found)
    key = f"all with {made.cue}"
    for name, column in (("gap, %", key), ("gap of worst, %", "worst group")):
        room = ceiling[column] - before[column]
        table[name] = 100 * (table[column] - before[column]) / room
    table["cost"] = before["overall"] - table["overall"]
    groups = table.groupby("fix", sort=False)
    means = groups.mean()
    if len(some) > 1:
        means["gap from"], means["gap to"] = groups["gap, %"].min(), groups["gap, %"].max()
    print(means.round(1).to_string())


def _each_fix(made: Planted, concept: concepts.Concept) -> Iterator[dict]:
    for name, steps in _stacks(made).items():
        started, busy = time.perf_counter(), time.process_time()
        preview = fixes.apply(made.run, steps, {made.cue: concept})
        fixed = runs.open_run(fixes.save(preview))
        comparison = compare(made.run, fixed)
        comparison.overall()
        per_class_and_concept(
            comparison, concept.shown(made.run.features()[comparison.rows["row"]]), made.cue
        )
        took = {
            "seconds": time.perf_counter() - started,
            "CPU s": time.process_time() - busy,
        }
        shutil.rmtree(fixed.folder)
        yield {"fix": name, **_figures(made, preview.table), **took}


def _stacks(made: Planted) -> dict[str, list[fixes.Step]]:
    """What is tried, by name."""
    with_cue = {"concept": made.cue, "carriers": [made.pred]}
    needing = ("transplant", "overlay", "erase", "rebalance")
    step = {name: fixes.Step(name, with_cue) for name in needing}
    stacks = {name: [one] for name, one in step.items()}
    stacks["overlay, transplant"] = [step["overlay"], step["transplant"]]
    stacks["mistakes"] = [fixes.Step("mistakes")]
    gained = explain.explain(made.run, made.label, made.pred).gained["channel"]
    for count in MUTED:
        channels = [int(c) for c in gained.head(count)]
        stacks[f"mute {count} channels"] = [fixes.Step("mute", {"channels": channels})]
    return stacks
