"""Data sets by name: `demo`, `stl10`, `stl10:/path` and `folder:/path`.

dataset    what a data set is: two splits of labelled images
folder     trees of image files
picture    one image file as everything else takes it: upright, RGB, square, measured
files      files by size and time of change: was one replaced?
stl10      the official binary layout; download fetches it
demo       the drawn data set; its drawings are in scenes
"""

from __future__ import annotations

from pathlib import Path

from core import artifacts
from core.datasets import demo, download, folder, stl10
from core.datasets.dataset import Dataset, ProgressCallback, Split
from core.errors import DatasetError

__all__ = [
    "Dataset",
    "ProgressCallback",
    "Split",
    "canonical",
    "is_ready",
    "load_dataset",
    "prepare",
]


def canonical(name: str) -> str:
    """The name with an absolute path, so that it means the same from any folder.

    Raises:
        DatasetError: no such kind of data set, or a path that cannot be one.
    """
    kind, colon, path = name.partition(":")
    if kind == "folder" and not path:
        raise DatasetError("folder: needs a path, such as folder:/data/flowers.")
    if colon and path and kind in ("folder", "stl10"):
        try:
            return f"{kind}:{Path(path).expanduser().absolute()}"
        except RuntimeError:  # ~name, where nobody has that name
            raise DatasetError(f"There is no folder {path}: check the name after ~.") from None
    if name not in ("demo", "stl10"):
        raise DatasetError(
            f"There is no data set {name!r}: give demo, stl10, stl10:/path or folder:/path."
        )
    return name


def load_dataset(name: str) -> Dataset:
    """Open a data set that is on this machine; nothing is stored or downloaded.

    Raises:
        DatasetError: it is not here, or damaged; the message says what to do.
    """
    kind, _, path = canonical(name).partition(":")
    if kind == "folder":
        return folder.read(Path(path))
    if kind == "demo":
        return demo.read(artifacts.datasets_dir() / "demo")
    if path:
        return stl10.read(Path(path), f"stl10:{path}")
    return stl10.read(download.stl10_folder(), "stl10")


def is_ready(name: str) -> bool:
    """Whether nothing of it is to be stored first; `demo` can be opened before it is."""
    return name != "demo" or demo.is_stored(artifacts.datasets_dir() / "demo")


def prepare(name: str, progress: ProgressCallback | None = None) -> None:
    """Draw `demo`, or download `stl10`, where it is not on this machine yet.

    Raises:
        DatasetError: the download broke off; the next try goes on where it stopped.
        FencepostError: the disk is too full.
    """
    if name == "demo":
        demo.render(artifacts.datasets_dir() / "demo", progress=progress)
    elif name == "stl10":
        download.stl10(progress)
