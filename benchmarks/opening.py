"""How soon is a data set of a million images open, and with how much memory, of each kind?

    python benchmarks/opening.py --rows 1000000

Images of a table are empty files, those of shards and arrays pictures of 8 pixels: none is decoded
to open a data set. Each kind is opened in a process of its own; they are kept below artifacts/ (or
FENCEPOST_ARTIFACTS) and made once.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from core import artifacts
from core.datasets import load_dataset

FOLDERS, CLASSES, SIDE = 100, 37, 8
AT_RANDOM = 200  # images that are opened after it


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--open", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.open:
        measure(given.open)
        return
    root = artifacts.root() / "benchmarks" / f"opening-{given.rows}"
    for name in made(root, given.rows):
        subprocess.run([sys.executable, __file__, f"--open={name}"], check=True)


def measure(name: str) -> None:
    """Open a data set, then some of its images, and print what it took."""
    before, clock, work = _memory(), time.perf_counter(), time.process_time()
    found = load_dataset(name)
    clock, work = time.perf_counter() - clock, time.process_time() - work
    n = len(found.train) + len(found.test)
    print(f"{name.partition(':')[0]} {Path(name).name}: {n:,} images, {clock:.1f} s clock, "
          f"{work:.1f} s processors, {_memory():,.0f} MB ({before:,.0f} before)")  # fmt: skip
    if found.train.paths:
        return
    spent = []
    for k in np.random.default_rng(0).integers(0, len(found.train), AT_RANDOM):
        began = time.process_time()
        found.image("train", int(k))
        spent.append(1000 * (time.process_time() - began))
    print(f"  one at random: {np.median(spent):.1f} ms, p95 {np.percentile(spent, 95):.1f} ms")


def made(root: Path, rows: int) -> list[str]:
    """The data sets, by name."""
    names = [f"csv:{root}/labels.{end}" for end in ("csv", "parquet", "jsonl")]
    names += [f"hf:{root}/shards", f"npz:{root}/arrays.npz"]
    if not (root / "complete").exists():
        table = _images(root, rows)
        table.to_csv(root / "labels.csv", index=False)
        table.to_parquet(root / "labels.parquet")
        table.to_json(root / "labels.jsonl", orient="records", lines=True)
        _shards(root / "shards", rows)
        _arrays(root / "arrays.npz", rows)
        (root / "complete").touch()
    return names


def _images(root: Path, rows: int) -> pd.DataFrame:
    for folder in range(FOLDERS):
        (root / f"img/{folder:02}").mkdir(parents=True, exist_ok=True)
    numbers = np.arange(rows)
    paths = [f"img/{k % FOLDERS:02}/{k // FOLDERS:06}.jpg" for k in numbers]
    for path in paths:
        (root / path).touch()
    labels = [f"class {k % CLASSES:02}" for k in numbers]
    split = np.where(numbers % 5 == 0, "test", "train")
    return pd.DataFrame({"filename": paths, "label": labels, "split": split, "iso": numbers % 4000})


def _shards(folder: Path, rows: int) -> None:
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    per = -(-rows // 10)
    for shard in range(10):
        images = [{"bytes": _png(rng), "path": None} for _ in range(min(per, rows - shard * per))]
        kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        table = {"image": pa.array(images, kind), "label": np.arange(len(images)) % CLASSES}
        split = "train" if shard < 8 else "test"
        pq.write_table(pa.table(table), folder / f"{split}-{shard:05}.parquet", row_group_size=1000)


def _png(rng: np.random.Generator) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (SIDE, SIDE), dtype=np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def _arrays(path: Path, rows: int) -> None:
    rng, train = np.random.default_rng(0), rows * 4 // 5
    images = rng.integers(0, 256, (rows, SIDE, SIDE, 3), dtype=np.uint8)
    labels = np.arange(rows) % CLASSES
    np.savez(path, x_train=images[:train], y_train=labels[:train], x_test=images[train:],
             y_test=labels[train:])  # fmt: skip


def _memory() -> float:
    """The most that this process has had, in MB; resource would count its parent's, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
