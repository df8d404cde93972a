"""The images behind any data set, for a run to show: its own files, or copies stored here."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from core import artifacts
from core.datasets import picture
from core.datasets.picture import measure, open_upright
from core.errors import DatasetError
from core.models.preprocessing import Preprocessing

THREADS = 4
AT_ONCE = 256  # images in memory
UNKNOWN = (float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class Pictures:
    """Where a run's images lie.

    Attributes:
        root: the folder that all lie below.
        paths: split -> a path below it for each image, in order.
        fingerprint: what tells these images from others.
        measures: split -> (N, 3) brightness, contrast, sharpness.
    """

    root: Path
    paths: Mapping[str, Sequence[str]]
    fingerprint: str
    measures: Mapping[str, np.ndarray]


def files_of(dataset: Any) -> list[str] | None:
    """The file of each item, of torchvision's ImageFolder and its like, or of a subset of one."""
    if (indices := getattr(dataset, "indices", None)) is not None:
        whole = files_of(getattr(dataset, "dataset", None))
        return None if whole is None else [whole[int(k)] for k in indices]
    listed = getattr(dataset, "samples", None) or getattr(dataset, "imgs", None)
    if not isinstance(listed, list) or len(listed) != _length(dataset):
        return None
    paths = [item[0] if isinstance(item, tuple | list) and item else item for item in listed]
    if not all(isinstance(path, str | os.PathLike) for path in paths):
        return None
    return [os.path.abspath(path) for path in paths]


def _length(dataset: Any) -> int:
    return len(dataset) if hasattr(dataset, "__len__") else -1


def of_files(files: Mapping[str, Sequence[str]]) -> Pictures:
    """Images that are files already, below the folder that all of them share."""
    every = [path for paths in files.values() for path in paths]
    root = Path(os.path.commonpath([os.path.dirname(path) for path in every]))
    paths = {name: [os.path.relpath(p, root) for p in found] for name, found in files.items()}
    digest = hashlib.sha256("\0".join(f"{n}/{p}" for n in paths for p in paths[n]).encode())
    with ThreadPoolExecutor(THREADS) as pool:
        measures = {n: np.array([*pool.map(_measured, found)]) for n, found in files.items()}
    return Pictures(root, paths, digest.hexdigest()[:16], measures)


def _measured(path: str) -> tuple[float, float, float]:
    try:
        return measure(open_upright(Path(path), 512))
    except OSError:
        return UNKNOWN


def stored(images: Mapping[str, Iterable[Any]]) -> Pictures:
    """Copies of images that are in no files, in a folder of the artifacts; the same ones once.

    Raises:
        DatasetError: one is no picture.
    """
    artifacts.datasets_dir().mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=".pictures-", dir=artifacts.datasets_dir()))
    try:
        paths, measures, digest = {}, {}, hashlib.sha256()
        for name, found in images.items():
            (hidden / name).mkdir()
            kept = [*_kept(hidden / name, found)]
            paths[name] = [f"{name}/{k:06d}.png" for k in range(len(kept))]
            measures[name] = np.array([seen for _, seen in kept])
            for line, _ in kept:
                digest.update(name.encode() + line)
        root = artifacts.datasets_dir() / f"pictures-{digest.hexdigest()[:16]}"
        if not root.exists():
            artifacts.publish(hidden, root)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return Pictures(root, paths, digest.hexdigest()[:16], measures)


def _kept(folder: Path, images: Iterable[Any]) -> Iterator[tuple[bytes, tuple[float, ...]]]:
    """Each image written; its digest and its measures."""

    def keep(numbered: tuple[int, Image.Image]) -> tuple[bytes, tuple[float, ...]]:
        number, image = numbered
        image.save(folder / f"{number:06d}.png", compress_level=1)
        return hashlib.sha256(image.tobytes()).digest(), measure(image)

    numbered = enumerate(map(as_picture, images))
    with ThreadPoolExecutor(THREADS) as pool:
        while some := [*islice(numbered, AT_ONCE)]:
            yield from pool.map(keep, some)


def as_picture(item: Any) -> Image.Image:
    """A picture as RGB: Pillow's own, or an array (H, W, 3), (3, H, W) or (H, W), 0..255 or 0..1.

    Raises:
        DatasetError: it is something else.
    """
    item = item[0] if isinstance(item, tuple | list) else item
    if isinstance(item, Image.Image):
        return item.convert("RGB")
    values = np.asarray(item.cpu() if torch.is_tensor(item) else item)
    if values.ndim == 3 and values.shape[0] in (1, 3) and values.shape[-1] not in (1, 3):
        values = values.transpose(1, 2, 0)
    if values.ndim == 3 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3) or values.dtype.kind not in "uif":
        raise DatasetError(f"An image is {type(item).__name__} {values.shape}: no picture.")
    if values.dtype.kind == "f":
        values = np.nan_to_num(values)  # before the largest is asked for, which would be none
        values = (values * 255 if values.max(initial=0) <= 1 else values).round()
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).convert("RGB")


def stretched(dataset: Any, seen: torch.Tensor) -> Iterator[np.ndarray]:
    """The network's own inputs as pictures: the range of the first ones becomes 0..1."""
    low, high = (float(seen.float().quantile(q)) if seen.numel() < 1e7 else float(edge)
                 for q, edge in ((0.001, seen.min()), (0.999, seen.max())))  # fmt: skip
    for k in range(len(dataset)):
        values = np.asarray(dataset[k][0], dtype=np.float32)
        yield np.clip((values - low) / max(high - low, 1e-6), 0, 1)


def shown(path: Path, view: Preprocessing) -> np.ndarray:
    """(3, size, size) uint8: an image as a network is shown it."""
    return picture.shown(open_upright(path), view, view.size)
