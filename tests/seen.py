"""A run of a small network on the drawn data set, and a folder of more drawn pictures."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from core import concepts, runs
from core.concepts import store
from core.datasets import Dataset
from core.inference import decoding, extraction, scoring
from core.models.classifier import build_model
from core.models.preprocessing import notebook
from core.runs import writing
from core.training import task
from core.training.config import TrainConfig
from tests import drawn

SIZE = 64
MORE = 12


def save(dataset: Dataset, run_id: str = "seen") -> runs.Run:
    """The network has learned nothing; its features, probabilities and measures are its own."""
    network = build_model("small", "none", len(dataset.classes), seed=3).eval()
    decoded = decoding.decode(dataset, notebook(SIZE), workers=0)
    found = extraction.extract(
        network.backbone, decoded.values, notebook(SIZE), torch.device("cpu")
    )
    # A fresh head says almost nothing: make it say something.
    weight = network.head.weight.detach().numpy() * 40
    bias = network.head.bias.detach().numpy()
    images = task.hold_out(decoded.images, 0.4, 0, dataset.classes)
    state = {k: v.numpy() for k, v in network.state_dict().items()}
    saved = writing.save_run(
        "Seen",
        TrainConfig(dataset=dataset.name, model="small", size=SIZE).to_dict(),
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        classes=dataset.classes,
        table=scoring.table(images, dataset.classes, scoring.probabilities(found, weight, bias)),
        history=drawn.history(),
        features=found,
        weights=state | {"head.weight": weight, "head.bias": bias},
        timings={"train": 1.5},
        device="cpu",
        run_id=run_id,
    )
    return runs.open_run(saved)


def with_concept(run: runs.Run, name: str = "tint") -> runs.Run:
    """The run with a concept on it, made of the channel that varies most."""
    features = run.features()
    channel = int(np.asarray(features, dtype=np.float32).var(axis=0).argmax())
    store.save(run, concepts.of_channel(features, channel, name=name))
    return run


def more(folder: Path, n: int = MORE) -> Path:
    """`n` pictures that the run has not seen, below two folders."""
    for i in range(n):
        path = folder / ("a", "b")[i % 2] / f"{i:03d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (drawn.SIDE, drawn.SIDE), (70 + 10 * i, 90, 250 - 9 * i)).save(path)
    return folder


def odd_ones(folder: Path) -> None:
    """A grey picture, one with transparency, and a file that is none."""
    Image.new("L", (60, 40), 90).save(folder / "grey.png")
    Image.new("RGBA", (40, 60), (10, 200, 30, 128)).save(folder / "clear.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more than a beginning")


def copy_of_train(run: runs.Run, folder: Path) -> None:
    """A training image of the run under another name."""
    root = Path(run.dataset.removeprefix("folder:"))
    shutil.copy(root / "train" / "deer" / "002.png", folder / "stranger.png")
