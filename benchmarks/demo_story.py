"""The demo's story in figures: does the explanation show the planted fences?

    python benchmarks/demo_story.py [--run ID] [--label deer] [--pred cat] [--draws 5]

Reads artifacts/ (or FENCEPOST_ARTIFACTS): the newest run on the demo, and the truth drawn with it.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from core import artifacts, causes, concepts, effects, queries, runs
from core.erasure import erase
from core.errors import ExplainError
from core.stats import auc

CUE = "fence"
PICKS = 10


def main() -> None:
    options = _options()
    run = runs.open_run(options.run) if options.run else _newest()
    label, pred = (run.classes.index(name) for name in (options.label, options.pred))
    images = truth_of(run)
    print(f"run {run.id}, test accuracy {run.metrics['test']['accuracy']:.1%}")
    _channels(run, images, label, pred)
    space = _prepared(run, images)
    best = _concepts(run, images, space, options.draws, pred)
    _effect(run, images, best, label, pred)
    _random(images, space)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", help="its id; by default the newest run on the demo")
    parser.add_argument("--label", default="deer")
    parser.add_argument("--pred", default="cat")
    parser.add_argument("--draws", type=int, default=5, help="sets of picks to try")
    return parser.parse_args()


def _newest() -> runs.Run:
    for run in runs.list_runs():
        if not run.damage and run.dataset == "demo" and run.features() is not None:
            return run
    raise ExplainError("No run on the demo: train one with `python train.py --dataset demo`.")


def truth_of(run: runs.Run) -> pd.DataFrame:
    """row, split, label, correct and `fence` of every image, in the order of the table."""
    truth = pd.read_parquet(artifacts.datasets_dir() / "demo" / "truth.parquet")
    table = queries.ask(run, 'SELECT row, split, "index", label, correct FROM run')
    table["drawn_as"] = table["split"].where(table["split"] != "val", "train")
    truth = truth.rename(columns={"split": "drawn_as"})[["drawn_as", "index", CUE]]
    return table.merge(truth, on=["drawn_as", "index"]).sort_values("row", ignore_index=True)


def _channels(run: runs.Run, images: pd.DataFrame, label: int, pred: int) -> None:
    found = causes.explain(run, label, pred)
    names = run.classes[label], run.classes[pred]
    print(f"\n{names[0]} read as {names[1]}: {len(found.rows)} errors in test, the gap in channels")
    for _, channel in found.channels.head(3).iterrows():
        strongest = causes.strongest_images(run, int(channel["channel"]), top=9)
        fences = int(images[CUE].to_numpy()[strongest["row"]].sum())
        print(
            f"  channel {channel['channel']:.0f}: share {channel['share']:.0%}, "
            f"d {channel['effect']:.1f}, AUC {channel['auc']:.2f}, q {channel['q']:.1e}, "
            f"{fences} of its 9 strongest images behind a fence"
        )


def _prepared(run: runs.Run, images: pd.DataFrame) -> concepts.Space:
    start = time.perf_counter()
    space = concepts.prepare_space(run.features(), images["label"].to_numpy())
    print(f"\nfeatures made ready in {time.perf_counter() - start:.2f} s")
    return space


def _concepts(
    run: runs.Run, images: pd.DataFrame, space: concepts.Space, draws: int, pred: int
) -> concepts.Concept:
    """Ten fenced and ten other pictures, picked four ways; the first kind's first is given back."""
    kept = []
    for split, carriers_only in (("train", True), ("train", False), ("test", False)):
        for others in (True, False):
            found = []
            for seed in range(draws):
                shows, without = _picks(images, split, pred if carriers_only else None, seed)
                start = time.perf_counter()
                concept = concepts.learn_in(
                    space, shows, without if others else None, name=CUE, seed=seed
                )
                seconds = time.perf_counter() - start
                found.append(_measure(run, images, concept, shows, without) | {"s": seconds})
                kept.append(concept)
            who = f"fenced {run.classes[pred]}s" if carriers_only else "fenced images"
            _print_draws(f"10 {who} of {split}{', 10 others' if others else ''}", found)
    return kept[0]


def _picks(
    images: pd.DataFrame, split: str, label: int | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of ten random fenced images and ten others; of one class where it is given."""
    rng = np.random.default_rng(seed)
    chosen = images["split"] == split
    if label is not None:
        chosen &= images["label"] == label
    return tuple(
        rng.choice(images.index[chosen & (images[CUE] == shown)], PICKS, replace=False)
        for shown in (True, False)
    )


def _measure(
    run: runs.Run,
    images: pd.DataFrame,
    concept: concepts.Concept,
    shows: np.ndarray,
    without: np.ndarray,
) -> dict[str, float]:
    """What the concept says of test images that were not picked."""
    held = (images["split"] == "test").to_numpy(copy=True)
    held[shows] = held[without] = False
    scores, fence = concept.scores(run.features()), images[CUE].to_numpy()
    shown = scores >= concept.threshold
    return {
        "auc": auc(scores[held & fence], scores[held & ~fence]),
        "p": concept.p_value,
        "found": float(shown[held & fence].mean()),
        "false": float(shown[held & ~fence].mean()),
    }


def _print_draws(title: str, found: list[dict[str, float]]) -> None:
    table = pd.DataFrame(found)
    mean = table.mean()
    print(
        f"  {title}: AUC on test {mean['auc']:.3f} ({table['auc'].min():.3f} to "
        f"{table['auc'].max():.3f} over {len(table)} draws), "
        f"{int((table['p'] < 0.05).sum())} pass as real, finds {mean['found']:.0%} of fences "
        f"and {mean['false']:.0%} of the rest, {mean['s']:.2f} s"
    )


def _effect(
    run: runs.Run, images: pd.DataFrame, concept: concepts.Concept, label: int, pred: int
) -> None:
    features, labels = run.features(), images["label"].to_numpy()
    train, test = (images["split"] == split for split in ("train", "test"))
    shown = concept.shown(features)
    rates = effects.error_rates(
        shown[test], labels[test], images["correct"].to_numpy()[test], run.classes
    )
    row = rates.set_index("label").loc[label]
    print(
        f"\n{run.classes[label]} with the concept: {row['rate']:.0%} errors of {row['n']}, "
        f"without {row['rate_without']:.0%} of {row['n_without']}, "
        f"odds ratio {row['odds_ratio']:.1f}, p {row['p']:.1e}"
    )
    eraser = erase(features[train], shown[train])
    errors = causes.explain(run, label, pred).rows
    erased = effects.without_concept(run.head(), features[errors], eraser, pred)
    print(
        f"P({run.classes[pred]}) of the errors {erased.before:.2f}, with it erased "
        f"{erased.after:.2f}; {erased.changed} of {erased.n} are then read differently"
    )


def _random(images: pd.DataFrame, space: concepts.Space) -> None:
    rng = np.random.default_rng(0)
    train = images.index[images["split"] == "train"].to_numpy()
    found = []
    for seed in range(10):
        rows = rng.choice(train, 2 * PICKS, replace=False)
        found.append(concepts.learn_in(space, rows[:PICKS], rows[PICKS:], name="random", seed=seed))
    print(f"\n{sum(c.real for c in found)} of 10 concepts from random picks pass as real")


if __name__ == "__main__":
    main()
