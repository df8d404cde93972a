"""A run of any size, to measure with: invented features and predictions, drawn pictures.

    python benchmarks/make_table.py --rows 1000000 --classes 10
    python benchmarks/make_table.py --rows 100000 --classes 1000

Written part by part in bounded memory and published through the run store, below artifacts/ (or
FENCEPOST_ARTIFACTS). Features lie around a centre a class; the head reads them, so probabilities,
neighbours and fixes agree. A share of each class looks like one other class and is mostly taken
for it; the rest of the errors is scattered. A thousand drawn scenes are stored, every image is a
link to one of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from core import artifacts
from core.datasets import Dataset, demo, load_dataset
from core.inference.scoring import probabilities
from core.runs import writing
from core.runs.table import predictions
from core.training.config import TrainConfig

CELLS = 20_000_000  # probabilities in memory at a time: 80 MB, and a few copies of them
SCENES = 100  # a class of the demo
LOOKALIKES = 0.06  # share of a class that lies between it and another one


@dataclass(frozen=True)
class World:
    """Where the classes lie: (K, D) centres, the head that reads them, and who looks like whom."""

    centres: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    partner: np.ndarray


def main() -> None:
    options = _options()
    names = class_names(options.classes)
    name = f"bench-{options.rows}x{options.classes}"
    root = artifacts.root() / "benchmarks" / name
    if not root.exists():
        link_images(root, names, {"train": options.rows // 10, "test": options.rows}, options.side)
    dataset = load_dataset(f"folder:{root}")
    print(f"{len(dataset.test):,} test and {len(dataset.train):,} train images in {root}")
    shutil.rmtree(artifacts.runs_dir() / name, ignore_errors=True)
    print("run", write_run(dataset, name, options.features))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=8000, help="test images; train has a tenth")
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--features", type=int, default=512, help="channels")
    parser.add_argument("--side", type=int, default=96, help="pixels of a picture")
    return parser.parse_args()


def class_names(classes: int) -> list[str]:
    if classes <= len(demo.CLASSES):
        return list(demo.CLASSES[:classes])
    return [f"{demo.CLASSES[k % 10]} {k // 10:03d}" for k in range(classes)]


def link_images(root: Path, names: list[str], sizes: dict[str, int], side: int) -> None:
    """Folders of links to drawn scenes; each class has equally many, the first ones one more."""
    scenes = draw_scenes(root.with_name("scenes"), side)
    hidden = root.with_name(f".{root.name}.writing")
    shutil.rmtree(hidden, ignore_errors=True)
    for split, rows in sizes.items():
        for k, name in enumerate(names):
            folder = hidden / split / name
            folder.mkdir(parents=True)
            drawn = scenes[demo.CLASSES[k % 10]]
            for i in range(rows // len(names) + (k < rows % len(names))):
                os.link(drawn[i % len(drawn)], folder / f"{i:07d}.jpg")
    hidden.rename(root)


def draw_scenes(folder: Path, side: int) -> dict[str, list[Path]]:
    """Class of the demo -> its first scenes as JPEG files of this side."""
    drawn = load_dataset("demo").train
    found = {}
    for k, name in enumerate(demo.CLASSES):
        of_class = np.flatnonzero(drawn.labels == k)[:SCENES]
        found[name] = [folder / f"{side}-{index}.jpg" for index in of_class]
        for index, path in zip(of_class, found[name], strict=True):
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                picture = drawn.images[int(index)].resize((side, side), Image.Resampling.BICUBIC)
                picture.save(path, quality=92)
    return found


def write_run(dataset: Dataset, name: str, n_features: int) -> str:
    """Every image of the data set predicted, train first, and the run published."""
    rng = np.random.default_rng(0)
    world = imagine(len(dataset.classes), n_features, rng)
    total = len(dataset.train) + len(dataset.test)
    artifacts.runs_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=artifacts.runs_dir(), prefix=".bench-") as folder:
        parts, stored = Path(folder) / "parts", Path(folder) / "features.npy"
        features = np.lib.format.open_memmap(stored, "w+", np.float16, (total, n_features))
        first = 0
        for number, images in enumerate(chunks(dataset)):
            label = images["label"].to_numpy()
            found = draw_features(world, label, rng).astype(np.float16)
            features[first : first + len(found)] = found
            probs = probabilities(found, world.weight, world.bias)
            columns = {column: images[column].to_numpy() for column in images}
            table = predictions.build(
                dataset.classes, probabilities=probs, first_row=first, **columns,
                **{c: rng.random(len(images)) for c in ("brightness", "contrast", "sharpness")},
            )  # fmt: skip
            predictions.write_part(table, parts, number)
            first += len(found)
            print(f"  {first:,} of {total:,} rows", flush=True)
        features.flush()
        return publish(dataset, name, world, parts, stored)


def imagine(classes: int, n_features: int, rng: np.random.Generator) -> World:
    """Centres at equal distances on average; the head of a classifier that knows them."""
    apart = 25 + 8 * np.log(classes / 10)  # squared: leaves about a tenth of errors
    centres = rng.standard_normal((classes, n_features)) * np.sqrt(apart / 2 / n_features)
    partner = np.array([rng.choice(np.delete(np.arange(classes), k)) for k in range(classes)])
    bias = -(centres**2).sum(axis=1) / 2
    return World(centres.astype(np.float32), centres, bias, partner)


def chunks(dataset: Dataset) -> Iterator[pd.DataFrame]:
    """split, index, path and label of the images, a part at a time; a tenth of train is val."""
    step = max(1, min(100_000, CELLS // len(dataset.classes)))
    for name in ("train", "test"):
        split = dataset.split(name)
        for start in range(0, len(split), step):
            index = np.arange(start, min(start + step, len(split)))
            held = (index % 10 == 0) if name == "train" else np.zeros(len(index), dtype=bool)
            yield pd.DataFrame(
                {
                    "split": np.where(held, "val", name),
                    "index": index,
                    "path": split.paths[start : start + step],
                    "label": split.labels[start : start + step],
                }
            )


def draw_features(world: World, label: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(N, D) float32 around the centres; lookalikes lie on the way to their class's partner."""
    noise = rng.standard_normal((len(label), world.centres.shape[1]), dtype=np.float32)
    way = np.where(rng.random(len(label)) < LOOKALIKES, rng.uniform(0.4, 0.9, len(label)), 0)
    way = way.astype(np.float32)[:, None]
    return noise + (1 - way) * world.centres[label] + way * world.centres[world.partner[label]]


def publish(dataset: Dataset, name: str, world: World, parts: Path, features: Path) -> str:
    return writing.save_run(
        name,
        TrainConfig(dataset=dataset.name, name=name, mode="head").to_dict(),
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        classes=dataset.classes,
        table=parts,
        history=pd.DataFrame({"step": [1], "epoch": [1], "split": ["val"]}),
        features=features,
        weights={"head.weight": world.weight.astype(np.float32),
                 "head.bias": world.bias.astype(np.float32)},
        timings={},
        device="none: invented",
        run_id=name,
    )  # fmt: skip


if __name__ == "__main__":
    main()
