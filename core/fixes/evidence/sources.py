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
from core.datasets import Dataset, Split, bounds, download, files, kind_of, kinds, load_dataset
from core.datasets import canonical as canonical_dataset
from core.datasets.dataset import Images
from core.datasets.stl10 import BinaryImages
from core.datasets.trees.folder import FileImages, check_names
from core.datasets.trees.listing import image_files
from core.errors import DatasetError
from core.runs import Run

MOST = 20_000  # images that are looked at
LISTED = 1_000_000  # files of a folder, beyond which it is no folder that anybody meant
UNLABELLED = "stl10:unlabelled"
SPLITS = ("train", "test")


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


class InDataset:
    """Some images of a data set, by texts such as `train/7`."""

    def __init__(self, dataset: Dataset, places: Sequence[str]) -> None:
        self.dataset, self.places = dataset, places

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, index: int) -> Image.Image:
        split, _, number = self.places[index].partition("/")
        return self.dataset.split(split).images[int(number)]


def canonical(source: str) -> str:
    """`stl10:unlabelled`, or a kind of a person's own data and an absolute path.

    A bare path is that of a folder, or of a file whose end tells its kind.

    Raises:
        DatasetError: it is empty.
    """
    source = source.strip()
    if source == UNLABELLED:
        return source
    kind = kind_of(source) if ":" in source else None
    name = source if kind and kind.own else f"{kinds.of_file(source)}:{source}"
    if not name.partition(":")[2].strip() or "\0" in name:
        raise DatasetError("Name a folder of images, such as /data/more.")
    return canonical_dataset(name.replace(": ", ":"))


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
    if name.startswith("folder:"):
        return _folder(run, name, Path(name.removeprefix("folder:")), most)
    return _dataset(run, name, most)


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
    return _of_files(run, name, root, found, most)


def _of_files(run: Run, name: str, root: Path, found: Sequence[str], most: int) -> Listed:
    """Those of these files that are not the run's own."""
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


def _dataset(run: Run, name: str, most: int) -> Listed:
    """Images of a data set, whatever it says that they are."""
    found = load_dataset(name)
    images = found.train.images
    if isinstance(images, FileImages):
        paths = sorted(map(str, found.files()))
        return _of_files(run, found.name, images.root, paths, most)
    if found.fingerprint == run.fingerprint:
        raise DatasetError(f"All images of {name} are the run's own: name another source.")
    places = [f"{split}/{k}" for split in SPLITS for k in range(len(found.split(split)))]
    taken = [places[k] for k in _drawn(len(places), most)]
    split = _split(InDataset(found, taken), taken)
    fingerprint = files.digest([name, found.fingerprint, *taken])
    return Listed(name, Path(found.files()[0]), split, len(places), 0, fingerprint)


def _split(images: Images, paths: Sequence[str]) -> Split:
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
