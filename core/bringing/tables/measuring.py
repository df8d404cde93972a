"""Brightness, contrast and sharpness of a brought run's images, measured when it is open already.

They lie beside the run, artifacts/measures/<run id>/: a part for some thousand rows, and once all
are there, a file of row and score each. Whoever was stopped goes on with the parts that lack.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from core import artifacts, queries, runs
from core.bringing.tables.publishing import IMPORTED
from core.datasets import picture
from core.errors import DatasetError, FencepostError
from core.queries.rankings import RANKINGS
from core.runs import Run
from core.runs import images as run_images
from core.runs.columns import Column
from core.runs.images import FileRunImages
from core.runs.table.schema import MEASURES

PART = 2000  # rows, that a stopped process loses at most
NEAR = 256  # pixels: what is measured is no larger
THREADS = 2
NICE = 10  # others come first
UNKNOWN = (np.nan, np.nan, np.nan)


def attach(run: Run) -> Run:
    """The run with the measures of its images, where they are known by now."""
    folder = _folder(run.id)
    if IMPORTED not in run.meta or not _is_whole(folder):
        return run
    return run.gaining(
        Column(name, RANKINGS[name].label, RANKINGS[name].help, file=partial(_file, folder, name))
        for name in MEASURES
    )


def progress(run: Run) -> tuple[int, int]:
    """How many of its images are measured, and how many there are."""
    n = sum(each["n"] for each in run.metrics.values())
    folder = _folder(run.id)
    if IMPORTED not in run.meta or _is_whole(folder):
        return n, n
    return min(n, PART * sum(1 for _ in folder.glob("part-*.parquet"))), n


def start(run: Run) -> None:
    """Measure what is not measured yet, in a process of its own that outlives this one."""
    if IMPORTED not in run.meta or _is_whole(_folder(run.id)):
        return
    child = subprocess.Popen(
        [sys.executable, "-m", "core.bringing.tables.measuring", run.id],
        cwd=artifacts.REPOSITORY,
        env=os.environ | {"FENCEPOST_ARTIFACTS": str(artifacts.root())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=child.wait, daemon=True).start()  # else it stays behind as a zombie


def measure(run: Run) -> bool:
    """Measure the images that are not measured yet; False where another process does so.

    Raises:
        FencepostError: its images cannot be opened.
    """
    folder = _folder(run.id)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            _measure(run, folder)
    except Timeout:
        return False
    return True


def _measure(run: Run, folder: Path) -> None:
    if _is_whole(folder):
        return
    source = run_images.open_images(run)
    assert isinstance(source, FileRunImages)  # a brought run's are
    n = sum(each["n"] for each in run.metrics.values())
    starts = range(0, n, PART)
    with ThreadPoolExecutor(THREADS) as pool:
        for start in starts:
            part = folder / f"part-{start:09d}.parquet"
            if part.is_file() or not run.folder.is_dir():
                continue
            found = queries.rows(run, range(start, min(start + PART, n)))
            pairs = zip(found["split"], found["index"].tolist(), strict=True)
            values = np.array([*pool.map(lambda pair: _one(source, *pair), pairs)], np.float32)
            _write(part, found["row"].to_numpy(np.int32), values, MEASURES)
    _join(folder, [folder / f"part-{start:09d}.parquet" for start in starts])


def _one(source: FileRunImages, split: str, index: int) -> tuple[float, float, float]:
    try:
        return picture.measure(source.image(split, index, near=NEAR))
    except DatasetError:  # it is missing or damaged: nothing is known of it
        return UNKNOWN


def _join(folder: Path, parts: Sequence[Path]) -> None:
    if not all(part.is_file() for part in parts):
        return  # the run was deleted meanwhile
    whole = pa.concat_tables([pq.read_table(part) for part in parts])
    for name in MEASURES:
        values = whole[name].to_numpy()
        _write(_file(folder, name), whole["row"].to_numpy(), values[:, None], ["score"])
    for part in parts:
        part.unlink(missing_ok=True)


def _write(path: Path, rows: np.ndarray, values: np.ndarray, names: Sequence[str]) -> None:
    columns = {name: pa.array(values[:, k], from_pandas=True) for k, name in enumerate(names)}
    with artifacts.replacing(path) as temporary:
        pq.write_table(pa.table({"row": pa.array(rows, pa.int32()), **columns}), temporary)


def _folder(run_id: str) -> Path:
    return artifacts.root() / "measures" / run_id


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _is_whole(folder: Path) -> bool:
    return all(_file(folder, name).is_file() for name in MEASURES)


def main(argv: Sequence[str]) -> int:
    """What `start` runs: the exit code."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        measure(runs.open_run(argv[0]))
    except (FencepostError, OSError) as error:
        print(f"fencepost: {artifacts.in_words(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
