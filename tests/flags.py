"""A tiny data set of real files, and what a training of it leaves: for whole trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from core import runs
from core.runs.table import predictions

TINY = ["--model=small", "--weights=none", "--size=32", "--epochs=2", "--lr=0.05", "--workers=0"]


def write(root: Path) -> str:
    """Flags of one colour a class: 12 train and 4 test images each; one train file is damaged."""
    rng = np.random.default_rng(0)
    for split, n in (("train", 12), ("test", 4)):
        for name, channel in (("blue", 2), ("red", 0)):
            folder = root / split / name
            folder.mkdir(parents=True)
            for k in range(n):
                values = rng.integers(0, 100, (36, 36, 3), dtype=np.uint8)
                values[..., channel] += 150
                Image.fromarray(values).save(folder / f"{k:02}.png")
    (root / "train/red/03.png").write_bytes(b"damaged")
    return f"--dataset=folder:{root}"


def only_run() -> runs.Run:
    [run] = runs.list_runs()
    return run


def table(run: runs.Run) -> pd.DataFrame:
    return predictions.read(run.table_path, run.classes)
