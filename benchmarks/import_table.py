"""How long does it take from a table of predictions to a run, and how much memory?

    python benchmarks/import_table.py --rows 8000 100000 1000000

Writes tables of ten classes, with 96-pixel images beside them: hard links to 1,000 files. Each is
imported by a process of its own; the first page's questions are asked in it, too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

CLASSES = [f"class {k}" for k in range(10)]
FILES, FOLDER = 1000, 10_000  # different pictures; images of a folder
IMPORT = """
import resource, sys, time
began = time.perf_counter()
from fencepost import tables
from core import queries
from core.bringing.tables import measuring
from core.queries.selection import Selection
measuring.start = lambda run: None
made = tables.from_table(sys.argv[1], images=sys.argv[2])
wrote = time.perf_counter() - began
queries.confusion(made.run, "test")
page = queries.ranked(made.run, Selection(correct=False), "loss", descending=True, limit=60)
used = resource.getrusage(resource.RUSAGE_SELF)
print(wrote, time.perf_counter() - began - wrote, used.ru_utime + used.ru_stime, used.ru_maxrss)
if len(sys.argv) > 3:
    began = time.perf_counter()
    measuring.measure(made.run)
    print(time.perf_counter() - began)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[8000, 100_000, 1_000_000])
    parser.add_argument("--kinds", nargs="+", default=["csv", "parquet"])
    parser.add_argument("--measure", action="store_true", help="also brightness and the others")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        images = Path(folder) / "images"
        pictures(images, max(options.rows))
        for n in options.rows:
            for kind in options.kinds:
                print(f"{n:>9,} x 10, {kind:<8}", report(Path(folder), images, n, kind, options))


def pictures(folder: Path, n: int) -> None:
    rng, made = np.random.default_rng(0), []
    for k in range(n):
        path = folder / name(k)
        path.parent.mkdir(parents=True, exist_ok=True)
        if k < FILES:
            Image.fromarray(rng.integers(0, 256, (96, 96, 3), np.uint8)).save(path)
            made.append(path)
        else:
            os.link(made[k % FILES], path)


def name(k: int) -> str:
    return f"{k // FOLDER:03d}/{k:07d}.jpg"


def write(place: Path, n: int, kind: str) -> Path:
    rng = np.random.default_rng(n)
    p = rng.dirichlet(np.full(10, 0.3), n)
    best = p.argmax(axis=1)
    label = np.where(rng.random(n) < 0.9, best, rng.integers(0, 10, n))
    table = pd.DataFrame({"path": map(name, range(n)), "label": np.array(CLASSES)[label]})
    for k, called in enumerate(CLASSES):
        table[f"p_{called}"] = p[:, k].astype(np.float32)
    file = place / f"table-{n}.{kind}"
    table.to_csv(file, index=False) if kind == "csv" else table.to_parquet(file)
    return file


def report(place: Path, images: Path, n: int, kind: str, options: argparse.Namespace) -> str:
    file = write(place, n, kind)
    command = [sys.executable, "-c", IMPORT, str(file), str(images)]
    environment = os.environ | {"FENCEPOST_ARTIFACTS": str(place / f"artifacts-{n}-{kind}")}
    done = subprocess.run(
        [*command, *(["measure"] if options.measure else [])],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    first, *rest = done.stdout.splitlines()
    wrote, page, cpu, memory = map(float, first.split())
    told = (
        f"{file.stat().st_size / 1e6:7.1f} MB: run after {wrote:6.1f} s, first page's questions "
        f"{page:5.2f} s, processors {cpu:6.1f} s, {memory / 1e6:4.2f} GB"
    )
    return told + "".join(f", measured in {float(line):.0f} s" for line in rest)


if __name__ == "__main__":
    main()
