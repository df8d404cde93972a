"""Data sets by name, such as `demo`, `stl10`, `folder:/path` and `csv:/path/labels.csv`.

dataset    what a data set is: two splits of labelled images
bounds     which folders may hold data, and which of their files may be read
kind       what others must know of a kind to use it
kinds      every kind in one dict: how it is opened and prepared
trees      trees of image files
tables     tables of images
arrays     images in the arrays of a file
hub        Hugging Face's layouts
examination what one holds, before anybody trains on it
holding_out which of them serve as test where nobody said so
levels     what a level of grey means in pictures of more than 8 bits
picture    one image file as everything else takes it: upright, RGB, square, measured
renumbered its labels in the order of a network's classes
files      files by size and time of change: was one replaced?
stl10      the official binary layout; download fetches it
demo       the drawn data set; its drawings are in scenes
"""

from __future__ import annotations

from core.datasets import bounds
from core.datasets.dataset import Dataset, ProgressCallback, Split
from core.datasets.kind import Kind
from core.datasets.kinds import KINDS, kind_of, parted
from core.errors import DatasetError

__all__ = [
    "KINDS",
    "Dataset",
    "Kind",
    "ProgressCallback",
    "Split",
    "canonical",
    "is_ready",
    "kind_of",
    "load_dataset",
    "parted",
    "prepare",
    "problem",
]


def canonical(name: str) -> str:
    """The name with an absolute path, so that it means the same from any folder.

    Raises:
        DatasetError: no such kind of data set, or a path that cannot be one.
    """
    kind, path = parted(name)
    return f"{name.partition(':')[0]}:{kind.canonical(path)}" if path else name


def _opening(name: str) -> tuple[Kind, str]:
    """The kind of a data set and its path, once that is one that may be read."""
    kind, path = parted(canonical(name))
    for place in kind.sources(path) if path else []:
        if problem := bounds.folder_problem(place):
            raise DatasetError(problem)
    return kind, path


def load_dataset(name: str) -> Dataset:
    """Open a data set that is on this machine; nothing is stored or downloaded.

    Raises:
        DatasetError: it is not here, damaged, or out of bounds; the message says what to do.
    """
    kind, path = _opening(name)
    return kind.open(path)


def is_ready(name: str) -> bool:
    """Whether nothing of it is to be stored first; `demo` can be opened before it is."""
    kind, path = _opening(name)
    return kind.is_ready(path)


def prepare(name: str, progress: ProgressCallback | None = None) -> None:
    """Draw `demo`, or download `stl10`, where it is not on this machine yet.

    Raises:
        DatasetError: the download broke off; the next try goes on where it stopped.
        FencepostError: the disk is too full.
    """
    kind, path = _opening(name)
    kind.prepare(path, progress)


def problem(name: str) -> str:
    """Why a data set is not at hand and cannot be made so; "" where it is or can.

    Raises:
        FencepostError: the disk is too full to store it.
    """
    try:
        kind, path = _opening(name)
        if not kind.is_ready(path):
            return kind.obstacle(path)
        load_dataset(name)
    except DatasetError as error:
        return str(error)
    return ""
