"""The fence's story on a network that Fencepost did not train: brought as ONNX, mended, taken home.

    python benchmarks/foreign_story.py [--epochs 8] [--keep FOLDER]

A ResNet-18 learns the demo's drawings in plain PyTorch and goes into an ONNX file; from there on
only that file is known. It is brought, the fence is found among its errors, a fix is saved and
exported, and onnxruntime alone runs both files on the test pictures. What was planted is known from
the plan that the pictures are drawn by. Needs onnx and onnxruntime (requirements-dev.txt).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch.nn import functional
from torchvision.models import resnet18

import fencepost as fp
from core import artifacts, datasets, queries, runs
from core.datasets.dataset import Dataset, Split
from core.datasets.demo import SEED, TEST, TRAIN
from core.datasets.scenes.planting import plan
from core.evaluation.intervals import wilson

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BATCH, RATE = 64, 2e-3


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = (options.keep or Path(thrown_away)).absolute()
        os.environ["FENCEPOST_ARTIFACTS"] = str(folder / "artifacts")
        datasets.prepare("demo")
        data = datasets.load_dataset("demo")
        theirs = folder / "foreign.onnx"
        if not theirs.exists():
            train(pictures(data.train), np.asarray(data.train.labels), theirs, options.epochs)
        ours = bring_and_mend(theirs, folder)
        compare_files(theirs, ours, data)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--keep", type=Path, help="a folder for all of it, kept if given")
    return parser.parse_args()


def pictures(split: Split) -> np.ndarray:
    """(N, 3, 96, 96) float32, as the network is shown them."""
    images = np.stack([np.asarray(split.images[n]) for n in range(len(split.images))])
    scaled = (images / 255 - MEAN) / STD
    return scaled.transpose(0, 3, 1, 2).astype(np.float32)


def train(images: np.ndarray, labels: np.ndarray, to: Path, epochs: int) -> None:
    """A loop as anybody writes it; nothing in it is Fencepost's."""
    torch.manual_seed(0)
    x, y = torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))
    network = resnet18(num_classes=int(y.max()) + 1)
    steps = epochs * (len(x) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    began = time.perf_counter()
    for _ in range(epochs):
        for batch in torch.randperm(len(x))[: len(x) // BATCH * BATCH].split(BATCH):
            shown = x[batch].flip(3) if torch.rand(()) < 0.5 else x[batch]
            loss = functional.cross_entropy(network(shown), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    print(f"trained outside: {epochs} epochs, {time.perf_counter() - began:.0f} s", flush=True)
    to.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), artifacts.replacing(to) as path:
        warnings.simplefilter("ignore")  # its exporter announces the next one
        torch.onnx.export(
            network.eval(), (x[:1],), str(path), dynamo=False, input_names=["image"],
            dynamic_axes={"image": {0: "n"}},
        )  # fmt: skip


def bring_and_mend(theirs: Path, folder: Path) -> Path:
    """The repaired network's file, from the four clicks by their names."""
    _fencepost("predict", str(theirs), "--data", "demo", "--name", "foreign")
    run = next(run for run in runs.list_runs() if run.name == "foreign")
    largest = fp.confusions(run)
    print(largest)
    why = fp.explain(run, "deer", "cat")
    picks = fp.suggest_picks(run, why)
    truth = fenced_rows(run)
    print(
        f"suggested as showing it: {np.isin(picks.shows, truth).sum()} of {len(picks.shows)} "
        f"behind a fence; as not: {np.isin(picks.without, truth).sum()} of {len(picks.without)}"
    )
    fence = fp.learn(run, picks.shows, picks.without, name="fence")
    print(fp.measure(run, fence))
    mended = fp.save_fix(run, fp.fix(run, "overlay", fence), name="foreign, mended")
    print(fp.compare(run, mended, concept=fence))
    to = folder / "mended"
    if not to.exists():
        _fencepost("export", mended.id, "--to", "onnx", "--output", str(to))
    return next(to.glob("*.onnx"))


def _fencepost(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "fencepost", *words], check=True)


def fenced_rows(run: runs.Run) -> np.ndarray:
    """Rows of the training images that stand behind a fence; val is a part of train."""
    planned = plan(SEED, TRAIN, TEST)
    indices = planned.loc[(planned["split"] == "train") & planned["fence"], "index"]
    table = queries.ask(run, "SELECT row, \"index\" FROM run WHERE split IN ('train', 'val')")
    return table.loc[table["index"].isin(indices), "row"].to_numpy()


def compare_files(theirs: Path, ours: Path, data: Dataset) -> None:
    """Both files, by onnxruntime alone, on all test pictures and on those behind a fence."""
    planned = plan(SEED, TRAIN, TEST)
    fence = planned.loc[planned["split"] == "test", "fence"].to_numpy()
    labels, deer = np.asarray(data.test.labels), data.classes.index("deer")
    images = pictures(data.test)
    groups = {
        "all": np.ones(len(labels), bool),
        "fenced deer": fence & (labels == deer),
        "fenced, of every class": fence,
        "without a fence": ~fence,
    }
    print(f"{'by onnxruntime alone, right':28}{'as it came':>26}{'mended':>26}")
    right = [answers(file, images) == labels for file in (theirs, ours)]
    for name, members in groups.items():
        print(f"{name:28}" + "".join(f"{_share(each[members]):>26}" for each in right))


def _share(right: np.ndarray) -> str:
    low, high = wilson(int(right.sum()), len(right))
    return f"{right.sum()} of {len(right)} ({low:.0%} to {high:.0%})"


def answers(file: Path, images: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    parts = [session.run(None, {name: images[n : n + 100]})[0] for n in range(0, len(images), 100)]
    return np.concatenate(parts).argmax(1)


if __name__ == "__main__":
    main()
