"""Fences drawn over real photographs: how much of the harm does each fix undo?

    python benchmarks/photos_fences.py PHOTOS WEIGHTS

PHOTOS is a tree train/<class>/*, test/<class>/* with a class `cat`; WEIGHTS a ResNet-18 state dict.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from core import concepts, device, fixes, inference, predictions, runs, saving, scoring
from core.config import TrainConfig
from core.datasets import load_dataset
from core.head import Head, fit_head
from core.model import build_model
from core.pixels import hold_out, square

FINE = 4  # fences are drawn this many times larger, then reduced: thin lines with soft edges
CUE, CLASS = "fence", "cat"
PICKS = 20
SHARES = (0.45, 0.01)  # of the training images of CLASS and of the others that stand behind it


def fenced(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture behind a thin mesh, bars or chain-link of its own."""
    kind = ("mesh", "bars", "chain")[rng.integers(3)]
    side = picture.width * FINE
    mask = Image.new("L", (side * 2, side * 2))
    pen = ImageDraw.Draw(mask)
    gap = rng.uniform(0.11, 0.17) * side
    width = round(rng.uniform(0.011, 0.017) * side)
    for at in np.arange(rng.uniform(0, gap), 2 * side, gap):
        pen.line([(at, 0), (at, 2 * side)], fill=255, width=width)
        if kind != "bars":
            pen.line([(0, at), (2 * side, at)], fill=255, width=width)
    tilt = rng.uniform(-5, 5) + (45 if kind == "chain" else 0)
    mask = mask.rotate(tilt, Image.Resampling.BILINEAR)
    mask = mask.crop((side // 2, side // 2, side // 2 + side, side // 2 + side))
    mask = mask.resize(picture.size, Image.Resampling.BOX)
    steel = tuple(int(v) for v in rng.integers(60, 220) + rng.integers(-12, 13, size=3))
    result = picture.copy()
    result.paste(steel, mask=mask)
    return result


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FENCEPOST_ARTIFACTS"] = folder
        seen = _cached(options)
        rows = [row for seed in range(options.seeds) for row in _one_seed(seen, seed)]
    table = pd.DataFrame(rows)
    print(f"ResNet-18 at {options.size} px, at most {options.per_class} training images a class,")
    print(f"{options.seeds} draws of the fences, the validation split and the twenty picks; mean %")
    print(table.groupby("fix", sort=False).mean().drop(columns="seed").round(1).to_string())
    gaps = table.pivot_table(index="fix", columns="seed", values="gap", sort=False)
    print("gap recovered over all fenced images, by draw, %")
    print(gaps.round(1).to_string())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path, help="train/<class>/*, test/<class>/*")
    parser.add_argument("weights", type=Path, help="a ResNet-18 state dict")
    parser.add_argument("--per-class", type=int, default=350, help="training images a class")
    parser.add_argument("--size", type=int, default=128, help="side that the network sees")
    parser.add_argument("--seeds", type=int, default=4, help="how many draws to average")
    parser.add_argument("--cache", type=Path, help="an .npz file to keep the features in")
    return parser.parse_args()


def _cached(options: argparse.Namespace) -> dict[str, np.ndarray]:
    if options.cache and options.cache.exists():
        return dict(np.load(options.cache))
    found = _features(options)
    if options.cache:
        np.savez(options.cache, **found)
    return found


def _features(options: argparse.Namespace) -> dict[str, np.ndarray]:
    """train_plain, train_fence, test_plain, test_fence (N, D); train_y, test_y (N,); classes."""
    dataset = load_dataset(f"folder:{options.photos}")
    where = device.choose("auto")
    model = build_model("resnet18", str(options.weights), len(dataset.classes), 0)
    device.place(model, where)
    found = {"classes": np.array(dataset.classes)}
    for number, name in enumerate(("train", "test")):
        split = dataset.split(name)
        most = options.per_class if name == "train" else len(split)
        rows = _some_of_each(split.labels, most)
        plain = [split.images[int(i)] for i in rows]
        behind = [
            fenced(p, np.random.default_rng([7, number, int(i)]))
            for p, i in zip(plain, rows, strict=True)
        ]
        found[f"{name}_y"] = split.labels[rows].astype(int)
        for how, pictures in (("plain", plain), ("fence", behind)):
            pixels = np.stack([square(p, 64) for p in pictures])
            found[f"{name}_{how}"] = inference.extract(model.backbone, pixels, options.size, where)
    return found


def _some_of_each(labels: np.ndarray, most: int) -> np.ndarray:
    draws = [
        np.random.default_rng([0, int(c)]).permutation(np.flatnonzero(labels == c))[:most]
        for c in np.unique(labels)
    ]
    return np.concatenate(draws)


@dataclass(frozen=True)
class Trained:
    """A run on the photographs and what was planted: its test split holds every image twice."""

    run: runs.Run
    table: pd.DataFrame
    planted: np.ndarray  # (N,) bool, the row is behind a fence
    carrier: int


def _trained(seen: dict[str, np.ndarray], seed: int) -> Trained:
    """A head fitted where nearly half of the cats and hardly anyone else is behind a fence."""
    labels, classes = seen["train_y"], tuple(map(str, seen["classes"]))
    carrier = classes.index(CLASS)
    fence = _plant(labels, carrier, np.random.default_rng([seed, 1]))
    x = np.where(fence[:, None], seen["train_fence"], seen["train_plain"])
    images = pd.DataFrame({"split": "train", "label": labels})
    split = hold_out(images, 0.1, seed)["split"].to_numpy()
    train, val = split == "train", split == "val"
    head = fit_head(x[train], labels[train], x[val], labels[val], len(classes))
    n = len(seen["test_y"])
    features = np.concatenate([x, seen["test_plain"], seen["test_fence"]])
    planted = np.repeat([False, True], [len(x) + n, n])
    planted[: len(x)] = fence
    table = _table(classes, np.append(split, ["test"] * 2 * n), seen, features, head)
    run_id = saving.save_run(
        TrainConfig(dataset="photos", model="resnet18", mode="head", seed=seed),
        dataset="photos",
        fingerprint=str(seed),
        classes=classes,
        table=table,
        history=pd.DataFrame(),
        features=features,
        weights={"head.weight": np.ascontiguousarray(head.weight), "head.bias": head.bias},
        timings={},
        device="cpu",
        extra={"selected": {"split": "val", "strength": head.strength}},
    )
    return Trained(runs.open_run(run_id), table, planted, carrier)


def _plant(labels: np.ndarray, carrier: int, rng: np.random.Generator) -> np.ndarray:
    fence = np.zeros(len(labels), dtype=bool)
    for rows, share in zip((labels == carrier, labels != carrier), SHARES, strict=True):
        rows = rng.permutation(np.flatnonzero(rows))
        fence[rows[: round(share * len(rows))]] = True
    return fence


def _table(
    classes: tuple[str, ...],
    split: np.ndarray,
    seen: dict[str, np.ndarray],
    features: np.ndarray,
    head: Head,
) -> pd.DataFrame:
    nothing = np.zeros(len(features), dtype=np.float32)
    return predictions.build(
        classes,
        split=split,
        index=np.arange(len(features)),
        path=[""] * len(features),
        label=np.concatenate([seen["train_y"], seen["test_y"], seen["test_y"]]),
        probabilities=scoring.probabilities(features, head.weight, head.bias),
        brightness=nothing,
        contrast=nothing,
        sharpness=nothing,
    )


def _learned(made: Trained, seed: int) -> concepts.Concept:
    """The concept from picks in one class of train, half of them with it and half without."""
    train = np.flatnonzero(made.table["split"] == "train")
    labels, fence = made.table["label"].to_numpy()[train].astype(int), made.planted[train]
    rng = np.random.default_rng([seed, 2])
    mine = labels == made.carrier
    shows, without = (
        rng.permutation(np.flatnonzero(mine & (fence == is_so)))[: PICKS // 2]
        for is_so in (True, False)
    )
    features = np.asarray(made.run.features()[train])
    return concepts.learn(features, shows, without, labels, name=CUE, seed=seed)


def _ceiling(seen: dict[str, np.ndarray], made: Trained) -> pd.DataFrame:
    """Refitted with every training image added as it truly looks behind a fence."""
    rows = np.flatnonzero(made.table["split"] == "train")
    labels = seen["train_y"][rows].tolist()
    step = fixes.Step("evidence", {"pool": "true", "rows": rows.tolist(), "labels": labels})
    return fixes.apply(made.run, [step], pools={"true": seen["train_fence"]}).table


def _figures(made: Trained, table: pd.DataFrame) -> dict[str, float]:
    """Percentages on the plain test images and on their fenced copies."""
    test, is_carrier = table["split"] == "test", table["label"] == made.carrier
    fence = made.planted & test
    read_as = table["pred"] == made.carrier
    fenced_right = table["correct"][fence].groupby(table["label"][fence]).mean()
    return {
        "overall": 100 * table["correct"][test & ~fence].mean(),
        "fenced": 100 * table["correct"][fence].mean(),
        "worst": 100 * fenced_right.min(),
        "as_cat": 100 * read_as[fence & ~is_carrier].mean(),
        "fenced_cats": 100 * read_as[fence & is_carrier].mean(),
        "plain_cats": 100 * read_as[test & ~fence & is_carrier].mean(),
    }


def _one_seed(seen: dict[str, np.ndarray], seed: int) -> Iterator[dict]:
    """A row for the model before, for the ceiling and for each fix."""
    made = _trained(seen, seed)
    before, ceiling = _figures(made, made.table), _figures(made, _ceiling(seen, made))
    yield {"fix": "before", "seed": seed, **before, "gap": 0.0, "strength": None, "seconds": 0.0}
    yield {"fix": "ceiling", "seed": seed, **ceiling, "gap": 100.0, "seconds": 0.0}
    concept = _learned(made, seed)
    for name, steps in _stacks(made.carrier).items():
        preview = fixes.apply(made.run, steps, {CUE: concept})
        found = _figures(made, preview.table)
        gap = (found["fenced"] - before["fenced"]) / (ceiling["fenced"] - before["fenced"])
        yield {
            "fix": name,
            "seed": seed,
            **found,
            "gap": 100 * gap,
            "strength": next((s.strength for s in preview.steps if s.method == "transplant"), None),
            "seconds": preview.seconds,
        }


def _stacks(carrier: int) -> dict[str, list[fixes.Step]]:
    """What is tried, by name."""
    with_cue = {"concept": CUE, "carriers": [carrier]}
    step = {name: fixes.Step(name, with_cue) for name in ("rebalance", "erase", "transplant")}
    step["mistakes"] = fixes.Step("mistakes")
    stacks = {name: [one] for name, one in step.items()}
    for first, then in (
        ("transplant", "rebalance"),
        ("transplant", "mistakes"),
        ("transplant", "erase"),
        ("erase", "transplant"),
    ):
        stacks[f"{first}, {then}"] = [step[first], step[then]]
    for kept in (0.3, 0.4, 0.5, 0.7):
        stacks[f"transplant at {kept}"] = [fixes.Step("transplant", with_cue, kept)]
    return stacks


if __name__ == "__main__":
    main()
