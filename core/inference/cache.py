"""The feature cache: each image through a frozen backbone once, for every head that follows."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from core import artifacts
from core.datasets import ProgressCallback
from core.runs import features

if TYPE_CHECKING:  # it loads torch, which whoever only reads the cache does without
    from core.inference.decoding import Pixels

# Features and where they come from: the extractor fills `out` from row `start` on.
Extract = Callable[..., np.ndarray]
GIGABYTES = 20  # FENCEPOST_FEATURES_GB sets another limit
GIVEN_UP_AFTER = 3 * 24 * 3600  # seconds after which nobody goes on with what was begun
FLUSH_EVERY = 1024  # rows that a kill may cost


@dataclass(frozen=True)
class Features:
    """(N, D) float16, memory-mapped; row i belongs to row i of `images` (see `decoding`).

    `read`: how the images were read, for whoever must read one again.
    """

    values: np.ndarray
    images: pd.DataFrame
    unreadable: list[str]
    read: Mapping[str, Any] = field(default_factory=dict)


def key(**parts: object) -> str:
    """A name for what features depend on: data set, backbone, weights, size, versions."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:20]


def load(name: str) -> Features | None:
    """The features under this key, or None where there are none, or no whole ones."""
    folder = artifacts.features_dir() / name
    try:
        images = pd.read_parquet(folder / "images.parquet")
        info = artifacts.read_json(folder / "info.json")
        unreadable, read = info["unreadable"], info.get("read", {})
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None
    values = features.mapped(folder / "features.npy")
    whole = values is not None and len(values) == len(images)
    with suppress(OSError):  # it counts as used; a disk that is read-only keeps no times
        os.utime(folder)
    return Features(values, images, unreadable, read) if whole else None


def compute(
    name: str,
    pixels: Pixels,
    n_features: int,
    extract: Extract,
    progress: ProgressCallback | None = None,
) -> Features:
    """Fill the cache under this key; a second call goes on where a killed one stopped.

    Raises:
        FencepostError: the disk is too full.
    """
    hidden = artifacts.features_dir() / f".{name}.writing"
    shape = (len(pixels.values), n_features)
    artifacts.require_space(hidden.parent, shape[0] * shape[1] * 2, "The feature cache")
    hidden.mkdir(parents=True, exist_ok=True)
    values, start = _started(hidden, shape)
    kept = done = start

    def keep_rows() -> None:
        nonlocal kept
        values.flush()
        artifacts.write_json(hidden / "started.json", {"shape": shape, "rows": done})
        kept = done

    def on_rows(rows: int) -> None:
        nonlocal done
        done = rows
        if done - kept >= FLUSH_EVERY:
            keep_rows()

    try:
        extract(pixels.values, out=values, start=start, progress=progress, on_rows=on_rows)
    except BaseException:
        with suppress(OSError):  # what ended it counts, and is perhaps a full disk
            keep_rows()
        raise
    values.flush()
    (hidden / "started.json").unlink(missing_ok=True)
    return _finish(name, hidden, pixels)


def keep(name: str, values: np.ndarray, pixels: Pixels) -> Features:
    """Put the features that several processes have computed into the cache under this key."""
    hidden = artifacts.features_dir() / f".{name}.writing"
    artifacts.require_space(hidden.parent, values.nbytes, "The feature cache")
    hidden.mkdir(parents=True, exist_ok=True)
    try:
        with artifacts.as_os_errors():
            np.save(hidden / "features.npy", values)
        return _finish(name, hidden, pixels)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise


def _finish(name: str, hidden: Path, pixels: Pixels) -> Features:
    pixels.images.to_parquet(hidden / "images.parquet", index=False)
    artifacts.write_json(
        hidden / "info.json", {"unreadable": pixels.unreadable, "read": pixels.kept()}
    )
    forget(name)
    artifacts.publish(hidden, hidden.with_name(name))
    found = load(name)
    assert found is not None
    sweep()
    return found


def sweep() -> None:
    """Remove what was begun and given up, and the longest unused where the limit is passed.

    The newest stays, however large it is.
    """
    found = sorted(_kept())
    total, now = sum(size for _, size, _ in found), time.time()
    for used, size, folder in found[:-1]:
        begun = folder.name.endswith(".writing")
        if now - used > GIVEN_UP_AFTER if begun else total > limit():
            shutil.rmtree(folder, ignore_errors=True)
            total -= size


def limit() -> float:
    """Bytes that may be kept."""
    gigabytes = os.environ.get("FENCEPOST_FEATURES_GB", "")
    return 1e9 * (float(gigabytes) if gigabytes.replace(".", "", 1).isdecimal() else GIGABYTES)


def _kept() -> Iterator[tuple[float, int, Path]]:
    """(last used, bytes, folder) of all features, finished or not."""
    for folder in artifacts.features_dir().glob("*/"):
        with suppress(OSError):  # another process swept it
            files = [path.stat() for path in folder.iterdir()]
            begun = files if folder.name.endswith(".writing") else []
            used = max(each.st_mtime for each in (folder.stat(), *begun))
            yield used, sum(each.st_size for each in files), folder


def forget(name: str) -> None:
    """Remove what is cached under this key."""
    shutil.rmtree(artifacts.features_dir() / name, ignore_errors=True)


def _started(hidden: Path, shape: tuple[int, int]) -> tuple[np.memmap, int]:
    """The array to fill, and how many of its rows an earlier, killed call filled."""
    path = hidden / "features.npy"
    try:
        earlier = artifacts.read_json(hidden / "started.json")
        values = np.lib.format.open_memmap(path, mode="r+")
        if values.shape == shape and earlier["shape"] == list(shape):
            return values, int(earlier["rows"])
    except (OSError, ValueError, KeyError):
        pass
    values = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
    if hasattr(os, "posix_fallocate"):  # a full disk is an error now, and would be a crash later
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return values, 0
