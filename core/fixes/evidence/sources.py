"""Which images a pool is made of: listed, not opened."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from core import queries
from core.datasets import Split, bounds, download, files, kind_of
from core.datasets import canonical as canonical_dataset
from core.datasets.stl10 import BinaryImages
from core.datasets.trees.folder import FileImages, check_names
from core.datasets.trees.listing import image_files
from core.errors import DatasetError
from core.runs import Run

MOST = 20_000  # images that are looked at
LISTED = 1_000_000  # files of a folder, beyond which it is no folder that anybody meant
UNLABELLED = "stl10:unlabelled"


@dataclass(frozen=True)
class Listed:
    """The images of a source that may be looked at.

    Attributes:
        location: the folder, or the file that holds them all.
        split: the images; its paths are below the folder, or numbers in the file.
        total: how many the source has; own: how many of them are files of the run.
    """

    name: str
    location: Path
    split: Split
    total: int
    own: int
    fingerprint: str


class Numbered:
    """Some images of a large file, by the text of their numbers."""

    def __init__(self, images: BinaryImages, numbers: Sequence[str]) -> None:
        self.images, self.numbers = images, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> Image.Image:
        return self.images[int(self.numbers[index])]


def canonical(source: str) -> str:
    """`stl10:unlabelled`, or `folder:` and an absolute path; a bare path is a folder's.

    Raises:
        DatasetError: it is empty.
    """
    source = source.strip()
    if source == UNLABELLED:
        return source
    path = source.removeprefix("folder:").strip()
    if not path or "\0" in path:
        raise DatasetError("Name a folder of images, such as /data/more.")
    return canonical_dataset(f"folder:{path}")


def unlabelled_file(run: Run) -> Path:
    """Where STL-10's unlabelled images lie, if they do: beside the run's own, or downloaded."""
    kind, _, path = run.dataset.partition(":")
    own = f"{kind}:unlabelled" == UNLABELLED and path and not bounds.folder_problem(Path(path))
    return download.unlabelled(path if own else "")


def listed(run: Run, source: str, most: int = MOST) -> Listed:
    """The images of a source, at most so many, drawn at random where it has more.

    Raises:
        DatasetError: there is no such source, or nothing is in it but the run's own images.
    """
    name = canonical(source)
    if name == UNLABELLED:
        return _unlabelled(unlabelled_file(run), most)
    return _folder(run, name, Path(name.removeprefix("folder:")), most)


def _unlabelled(file: Path, most: int) -> Listed:
    if not file.is_file():
        raise DatasetError(
            f"STL-10's unlabelled images are not on this machine: {file} is missing. They come "
            "with the STL-10 download (train.py --dataset stl10), or put the official "
            "unlabeled_X.bin there."
        )
    images = BinaryImages(file)
    numbers = [str(n) for n in _drawn(len(images), most)]
    state = file.stat()
    fingerprint = files.digest([UNLABELLED, f"{state.st_size}-{state.st_mtime_ns}", *numbers])
    return Listed(UNLABELLED, file, _split(Numbered(images, numbers), numbers),
                  len(images), 0, fingerprint)  # fmt: skip


def _folder(run: Run, name: str, root: Path, most: int) -> Listed:
    if problem := bounds.folder_problem(root):
        raise DatasetError(problem)
    if not os.path.isdir(root):  # Path.is_dir raises where the name is too long to be one
        raise DatasetError(f"There is no folder {root}: was it moved, or is a disk not mounted?")
    found = sorted(islice(image_files(root), LISTED + 1))
    if len(found) > LISTED:
        raise DatasetError(f"{root} holds more than {LISTED:,} images: name a folder inside it.")
    if not found:
        raise DatasetError(f"{root} holds no images that can be read: name another folder.")
    own = _own_files(run, root)
    others = [path for path in found if os.path.realpath(path) not in own]
    if not others:
        raise DatasetError(
            f"All {len(found):,} images in {root} are the run's own: name another folder."
        )
    taken = [others[k] for k in _drawn(len(others), most)]
    check_names([str(root), *taken])
    paths = [os.path.relpath(path, root) for path in taken]
    split = _split(FileImages(root, paths), paths)
    fingerprint = files.digest([name, *(f"{path}\0{files.state(path)}" for path in taken)])
    return Listed(name, root, split, len(found), len(found) - len(others), fingerprint)


def _split(images: FileImages | Numbered, paths: Sequence[str]) -> Split:
    return Split(images, np.zeros(len(paths), dtype=np.int16), paths)


def _drawn(n: int, most: int) -> np.ndarray:
    """Numbers below n, ascending; the same ones every time."""
    return np.sort(np.random.default_rng(0).permutation(n)[:most])


def _own_files(run: Run, root: Path) -> set[str]:
    """The real paths of the run's image files, where any can lie in this folder."""
    kind = kind_of(run.dataset)
    if kind is None or kind.root is None:
        return set()
    mine, there = kind.root(run.dataset.partition(":")[2]).resolve(), root.resolve()
    if not (mine.is_relative_to(there) or there.is_relative_to(mine)):
        return set()
    return {os.path.realpath(mine / p) for p in queries.ask(run, "SELECT path FROM run")["path"]}
