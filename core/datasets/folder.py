"""Trees of image files, a folder a class: train/ with test/ or val/, or one tree to be split."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from core import artifacts
from core.datasets import bounds
from core.datasets.dataset import Dataset, Split
from core.datasets.picture import SHARPER, open_upright
from core.errors import DatasetError

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
HELD_OUT = ("test", "val", "valid", "validation")
TEST_FRACTION = 0.2
MEASURED = 256  # pixels a side that an image's measures need
MAX_CLASSES = 32_767  # class ids are int16

Listed = list[tuple[str, str]]  # (class name, path below the data set's folder)


class FileImages:
    """Image files by number; `least` is the side in pixels that is enough of a JPEG, 0 for all."""

    def __init__(self, root: Path, paths: Sequence[str], least: int = 0) -> None:
        self.root, self.paths, self.least = root, paths, least

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Image.Image:
        if problem := bounds.file_problem(self.root, self.paths[index]):
            raise OSError(problem)
        return open_upright(self.root / self.paths[index], self.least)

    def files(self) -> list[str]:
        return [os.path.join(self.root, path) for path in self.paths]

    def reduced_to(self, side: int) -> FileImages:
        return FileImages(self.root, self.paths, max(SHARPER * side, MEASURED))


def read(root: Path) -> Dataset:
    """The data set in a folder; files are listed, not opened.

    Raises:
        DatasetError: the folder is missing, empty, has one class, or its splits disagree.
    """
    try:
        if not root.is_dir():
            raise DatasetError(
                f"There is no folder {root}: was it moved, or is a disk not mounted?"
            )
        trees = _trees(root)
        listed = [_listed(root, tree) for tree in trees]
        notes = _notes(root, trees, listed)
    except OSError as error:
        raise _unreadable(error) from None
    train, test = listed if len(listed) == 2 else _stratified(listed[0])
    check_names([str(root), *(path for _, path in [*train, *test])])
    classes = tuple(sorted({name for name, _ in train}))
    _check(root, classes, {name for name, _ in test})
    digest = hashlib.sha256(
        "\0".join(path for _, path in [*train, *test]).encode("utf-8", "replace")
    )
    return Dataset(
        name=f"folder:{root}",
        classes=classes,
        train=_split(root, classes, train),
        test=_split(root, classes, test),
        fingerprint=digest.hexdigest()[:16],
        notes=notes,
    )


def _trees(root: Path) -> list[Path]:
    """train and the folder that serves as test; or the one tree that is to be split."""
    if not _classes(root / "train"):  # none, or a class of that name
        return [root]
    held_out = next((root / name for name in HELD_OUT if _classes(root / name)), None)
    return [root / "train", held_out] if held_out else [root / "train"]


def _classes(tree: Path) -> list[Path]:
    """The folders of a tree that may hold a class each."""
    return sorted(p for p in tree.iterdir() if _is_class(p, tree)) if tree.is_dir() else []


def _listed(root: Path, tree: Path) -> Listed:
    return [
        (folder.name, os.path.relpath(path, root))
        for folder in _classes(tree)
        for path in sorted(image_files(folder))
    ]


def _notes(root: Path, trees: list[Path], listed: list[Listed]) -> tuple[str, ...]:
    """What of the folder is not used."""
    beside = [] if trees == [root] else [root / name for name in HELD_OUT]
    unused = [
        f"{tree.name}/ is not used: "
        + (
            "a part of train is held out to choose by. Move its images into train to learn from "
            "them."
            if _classes(tree)
            else "it has no folder for each class."
        )
        for tree in beside
        if tree.is_dir() and tree not in trees
    ]
    empty = [
        f"{folder.relative_to(root)}/ is left out: it holds no JPEG, PNG or WebP image."
        for tree, found in zip(trees, listed, strict=True)
        for folder in _classes(tree)
        if folder.name not in {name for name, _ in found}
    ]
    return tuple(map(artifacts.printable, (*unused, *empty)))


def _is_class(folder: Path, tree: Path) -> bool:
    """Whether a class's images lie there: a link may lead elsewhere, but not back up the tree."""
    if folder.name.startswith(".") or not folder.is_dir():
        return False
    return not tree.resolve().is_relative_to(folder.resolve())


def image_files(folder: Path) -> Iterator[str]:
    """The paths of every image file of a tree, in the order of the disk.

    Raises:
        DatasetError: a folder in it cannot be read.

    Hidden files and folders are left out, as they hold copies (.ipynb_checkpoints), and so are
    folders inside that are links, as they may lead in a circle.
    """
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield os.path.join(parent, name)


def _refuse(error: OSError) -> None:
    raise _unreadable(error) from None


def _unreadable(error: OSError) -> DatasetError:
    return DatasetError(
        f"{error.filename} cannot be read ({error.strerror}): check its name and permissions."
    )


def _stratified(listed: Listed) -> tuple[Listed, Listed]:
    """A fifth of each class for test, chosen by a hash of its path: the same on every machine."""
    by_class: dict[str, list[str]] = {}
    for name, path in listed:
        by_class.setdefault(name, []).append(path)
    train, test = [], []
    for name, paths in by_class.items():
        shuffled = sorted(
            paths, key=lambda p: hashlib.sha256(p.encode("utf-8", "replace")).digest()
        )
        n_test = max(1, round(TEST_FRACTION * len(paths))) if len(paths) > 1 else 0
        test += [(name, path) for path in sorted(shuffled[:n_test])]
        train += [(name, path) for path in sorted(shuffled[n_test:])]
    return train, test


def check_names(paths: Iterable[str]) -> None:
    """Raise DatasetError for the first that is not text: no table and no page could hold it."""
    for path in paths:
        try:
            path.encode()
        except UnicodeEncodeError:
            raise DatasetError(
                f"The name of {os.fsencode(path)!r} is not UTF-8 text: rename it."
            ) from None


def _check(root: Path, classes: Sequence[str], tested: set[str]) -> None:
    wanted = f"it needs {root}/train/<class>/*.jpg and test/<class>/*.jpg, or {root}/<class>/*.jpg"
    if not classes:
        raise DatasetError(f"{root} holds no JPEG, PNG or WebP images: {wanted}.")
    if len(classes) == 1:
        raise DatasetError(
            f"{root} has only one class, {classes[0]!r}: {wanted}, with two classes at least."
        )
    if len(classes) > MAX_CLASSES:
        raise DatasetError(
            f"{root} has {len(classes):,} classes: at most {MAX_CLASSES:,} are allowed."
        )
    if not tested:
        raise DatasetError(
            f"{root} has no test images: {wanted}, with two images of each class at least."
        )
    if unknown := sorted(tested - set(classes)):
        raise DatasetError(f"The class {unknown[0]!r} of {root} has test images but none in train.")


def _split(root: Path, classes: Sequence[str], listed: Listed) -> Split:
    ids = {name: k for k, name in enumerate(classes)}
    labels = np.array([ids[name] for name, _ in listed], dtype=np.int16)
    paths = [path for _, path in listed]
    return Split(FileImages(root, paths), labels, paths)
