"""How fast `--mode head` is: features against the bare forward pass, and the fit of a head.

    python benchmarks/head.py features [--model resnet18] [--images 256] [--rounds 5]
    python benchmarks/head.py refit [--images 5000] [--rounds 5]
    python benchmarks/head.py fit --images 50000 --classes 1000

`features` times core.inference.extraction against the same network on images that lie normalised
on the device, in turn. `refit` times train.py's own path from the config to the published run where
features are cached and torch is loaded. `fit` times the fit alone and prints its peak of memory.
Features for `refit` and `fit` are made up: rectified clouds, 2,048 wide, one a class.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from core import datasets
from core.datasets.stl10 import IMAGE_BYTES
from core.inference import cache, extraction
from core.inference.decoding import Pixels
from core.models import device, transforms
from core.models.classifier import build_model
from core.models.preprocessing import notebook
from core.training import frozen, jobs, recipe
from core.training.config import TrainConfig
from core.training.head import fit_head

WIDTH = 2048
DIRECTIONS = 256
APART = 0.4  # of the spread within a class
HELD = 0.1


def main() -> None:
    options = _options()
    print(f"{torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}")
    options.run(options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak of memory {peak:.2f} GiB, load {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for run, images, rounds in ((_features, 256, 5), (_refit, 5000, 5), (_fit, 50_000, 1)):
        command = commands.add_parser(run.__name__[1:])
        command.set_defaults(run=run)
        command.add_argument("--images", type=int, default=images)
        command.add_argument("--rounds", type=int, default=rounds)
        command.add_argument("--classes", type=int, default=10)
        command.add_argument("--model", default="resnet18")
        command.add_argument("--size", type=int, default=224)
        command.add_argument("--device", default="auto")
    return parser.parse_args()


def _features(options: argparse.Namespace) -> None:
    where = device.choose(options.device)
    backbone = device.move(build_model(options.model, "none", 10, 0), where).backbone.eval()
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (options.images, 3, 96, 96), dtype=np.uint8)
    batch = torch.from_numpy(images[: extraction.BATCH]).to(where)
    ready = device.channels_last(transforms.eval_transform(batch, notebook(options.size)))
    steps = -(-options.images // extraction.BATCH)

    @torch.no_grad()
    def bare() -> None:
        for _ in range(steps):
            with device.autocast(where):
                backbone(ready)
        if where.type == "cuda":
            torch.cuda.synchronize()

    def ours() -> None:
        extraction.extract(backbone, images, notebook(options.size), where)

    bare()
    rounds = [(_seconds(bare), _seconds(ours)) for _ in range(options.rounds)]
    for what, which in (("on the clock", 0), ("processor time", 1)):
        ratios = [b[which] / o[which] for b, o in rounds]
        print(
            f"features / bare forward, {what}: {statistics.median(ratios):.3f} "
            f"({min(ratios):.3f} to {max(ratios):.3f})"
        )
    rate = options.images / statistics.median(o[0] for _, o in rounds)
    print(f"{options.model}, {options.size} px: {rate:.1f} images/s")


def _seconds(run: Callable[[], object]) -> tuple[float, float]:
    """On the clock, and of processor time."""
    started, used = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - started, time.process_time() - used


def _clouds(n: int, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2048) float16 features >= 0 and their labels, of classes that overlap.

    As with real features, most of what varies does so in few directions, shared by all classes:
    that is what makes a fit take its time.
    """
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(DIRECTIONS, WIDTH)).astype(np.float32)
    directions *= np.logspace(0, -1.5, DIRECTIONS, dtype=np.float32)[:, None]
    centres = rng.normal(size=(n_classes, DIRECTIONS)).astype(np.float32)
    labels = np.arange(n) % n_classes
    found = np.empty((n, WIDTH), dtype=np.float16)
    for begin in range(0, n, 4096):
        part = labels[begin : begin + 4096]
        place = centres[part] * APART + rng.normal(size=(len(part), DIRECTIONS)).astype(np.float32)
        noise = rng.normal(size=(len(part), WIDTH)).astype(np.float32) * 0.5
        found[begin : begin + 4096] = np.maximum(place @ directions + noise, 0)
    return found, labels


def _refit(options: argparse.Namespace) -> None:
    values, labels = _clouds(options.images, options.classes)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FENCEPOST_ARTIFACTS"] = folder
        config = _cached(Path(folder) / "stl10", values, labels)
        spent = [_seconds(lambda: _train(config)) for _ in range(options.rounds + 1)]
    clock, used = zip(*spent[1:], strict=True)  # the first one loads what a warm process has
    for what, found in (("on the clock", clock), ("processor time", used)):
        print(
            f"refit of {options.images:,} x {WIDTH:,} to a published run, {what}: "
            f"{statistics.median(found):.2f} s ({min(found):.2f} to {max(found):.2f})"
        )


def _cached(folder: Path, values: np.ndarray, labels: np.ndarray) -> TrainConfig:
    """The config of a data set of that many (black) images whose features are cached."""
    n_train = round(len(labels) * 0.8)
    folder.mkdir()
    (folder / "class_names.txt").write_text("\n".join(f"class{k}" for k in range(max(labels) + 1)))
    for split, part in (("train", labels[:n_train]), ("test", labels[n_train:])):
        with (folder / f"{split}_X.bin").open("wb") as file:
            file.truncate(len(part) * IMAGE_BYTES)
        (part + 1).astype(np.uint8).tofile(folder / f"{split}_y.bin")
    config = TrainConfig(
        dataset=f"stl10:{folder}", model="resnet50", weights="none", mode="head", device="cpu"
    )
    rows = np.arange(len(labels))
    images = pd.DataFrame(
        {
            "split": np.where(rows < n_train, "train", "test"),
            "index": np.where(rows < n_train, rows, rows - n_train).astype(np.int32),
            "path": "",
            "label": labels.astype(np.int16),
            **{name: np.float32(0.5) for name in ("brightness", "contrast", "sharpness")},
        }
    )
    found = Pixels(np.empty((0, 3, 1, 1), dtype=np.uint8), images, [], rows)
    dataset = datasets.load_dataset(config.dataset)
    cache.keep(frozen.cache_key(config, dataset, torch.device("cpu")), values, found)
    return config


def _train(config: TrainConfig) -> None:
    with jobs.record(config) as job:
        job.done(recipe.train(config, job))


def _fit(options: argparse.Namespace) -> None:
    values, labels = _clouds(options.images, options.classes)
    n_train = round(len(labels) * (1 - HELD))
    started, used = time.perf_counter(), time.process_time()

    def spent() -> str:
        clock, processor = time.perf_counter() - started, time.process_time() - used
        return f"{clock:.0f} s, {processor:.0f} s of processor time"

    def progress(done: int, total: int) -> None:
        print(f"{done} of {total} fits after {spent()}", flush=True)

    head = fit_head(
        values[:n_train],
        labels[:n_train],
        values[n_train:],
        labels[n_train:],
        options.classes,
        progress,
    )
    print(
        f"{options.images:,} x {WIDTH:,} x {options.classes:,} classes: "
        f"{spent()}, held-out accuracy {head.held_accuracy:.2%}"
    )


if __name__ == "__main__":
    main()
