"""Trees of image files, a folder a class: train/ with test/ or val/, or one tree to be split."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from core import artifacts
from core.datasets import bounds, holding_out
from core.datasets.dataset import Dataset, Split
from core.datasets.levels import Levels
from core.datasets.picture import SHARPER, open_upright, shorter_side
from core.datasets.trees import layout, listing, names
from core.datasets.trees import left_out as left_out_files
from core.datasets.trees.layout import Layout, Tree
from core.errors import DatasetError

MEASURED = 256  # pixels a side that an image's measures need
MAX_CLASSES = 32_767  # class ids are int16

Listed = list[tuple[str, str]]  # (class name, path below the data set's folder)


@dataclass(frozen=True)
class FileImages:
    """Image files by number.

    Attributes:
        least: the side in pixels that is enough of a JPEG, 0 for all of it.
        levels: what is white in pictures of more than 8 bits.
    """

    root: Path
    paths: Sequence[str]
    least: int = 0
    levels: Levels = field(default_factory=Levels)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Image.Image:
        return open_upright(self.source(index), self.least, self.levels)

    def files(self) -> list[str]:
        return [os.path.join(self.root, path) for path in self.paths]

    def source(self, index: int) -> Path:
        if problem := bounds.file_problem(self.root, self.paths[index]):
            raise OSError(problem)
        return self.root / self.paths[index]

    def raw(self, index: int) -> Path:
        return self.root / self.paths[index]

    def shorter_side(self, index: int) -> int:
        return shorter_side(self.source(index))

    def reduced_to(self, side: int) -> FileImages:
        return replace(self, least=max(SHARPER * side, MEASURED))

    def with_levels(self, levels: Levels) -> FileImages:
        return replace(self, levels=levels)


def read(root: Path) -> Dataset:
    """The data set in a folder; files are listed, not opened.

    Raises:
        DatasetError: the folder is missing, empty, has one class, can be read in two ways, or its
            splits disagree.
    """
    if not root.is_dir():
        raise DatasetError(f"There is no folder {root}: was it moved, or is a disk not mounted?")
    try:
        found = layout.read(root)
        seen = [listing.Seen() for _ in found.trees]
        listed = [_listed(root, *pair) for pair in zip(found.trees, seen, strict=True)]
        left_out = left_out_files.counted(seen, found.trees)
    except OSError as error:
        raise listing.unreadable(error) from None
    train, test = listed if len(listed) == 2 else _stratified(listed[0])
    check_names([str(root), *(path for _, path in [*train, *test])])
    classes = tuple(sorted({name for name, _ in train}))
    test, spelled = _spelled_as(classes, test)
    _check(root, classes, {name for name, _ in test}, left_out)
    digest = hashlib.sha256(
        "\0".join(path for _, path in [*train, *test]).encode("utf-8", "replace")
    )
    notes = [*found.notes, *_notes(root, found), *spelled]
    notes += left_out_files.notes(left_out, seen, found.trees, root)
    return Dataset(
        name=f"folder:{root}",
        classes=classes,
        train=_split(root, classes, train),
        test=_split(root, classes, test),
        fingerprint=digest.hexdigest()[:16],
        notes=tuple(map(artifacts.printable, notes)),
        left_out=artifacts.printable(left_out),
    )


def _listed(root: Path, tree: Tree, seen: listing.Seen) -> Listed:
    return [
        (folder.name, os.path.relpath(path, root))
        for folder in (*tree.classes, *tree.empty)
        for path in sorted(listing.image_files(folder, seen))
    ]


def _stratified(listed: Listed) -> tuple[Listed, Listed]:
    """Train and test, of images that nobody has split."""
    ids = {name: k for k, name in enumerate(dict.fromkeys(name for name, _ in listed))}
    labels = np.array([ids[name] for name, _ in listed], dtype=np.int64)
    test = holding_out.for_test(labels, [path for _, path in listed])
    train, held_out = (
        [pair for pair, t in zip(listed, test, strict=True) if t == each] for each in (False, True)
    )
    return train, held_out


def check_names(paths: Iterable[str]) -> None:
    """Raise DatasetError for the first that is not text: no table and no page could hold it."""
    for path in paths:
        try:
            path.encode()
        except UnicodeEncodeError:
            raise DatasetError(
                f"The name of {os.fsencode(path)!r} is not UTF-8 text: rename it."
            ) from None


def _spelled_as(classes: Sequence[str], test: Listed) -> tuple[Listed, list[str]]:
    """The test images under the names of train's classes, and notes on names spelled otherwise."""
    spelled = names.matched(dict.fromkeys(name for name, _ in test), classes)
    notes = [
        f"The test folder {name!r} is the class {meant!r}: the names differ only in "
        f"{names.difference(name, meant)}."
        for name, meant in spelled.items()
        if name != meant
    ]
    notes += [
        f"The classes {one!r} and {other!r} are two, though their names differ only in "
        f"{names.difference(one, other)}."
        for one, other in names.alike(classes)
    ]
    return [(spelled.get(name, name), path) for name, path in test], notes


def _notes(root: Path, found: Layout) -> list[str]:
    """Where the classes lie, if not where one looks first; and folders without an image."""
    base = found.train.path
    plain = base == root or (base.parent == root and bool(names.split_of(base.name)))
    read = [] if plain else [f"The classes are the folders in {base.relative_to(root)}/."]
    return read + [
        f"{folder.relative_to(root)}/ is left out: it holds no image that can be read."
        for tree in found.trees
        for folder in tree.empty
    ]


def _check(
    root: Path, classes: Sequence[str], tested: set[str], left_out: Mapping[str, int]
) -> None:
    wanted = f"it needs {root}/train/<class>/*.jpg and test/<class>/*.jpg, or {root}/<class>/*.jpg"
    if not classes:
        raise DatasetError(f"{root} holds no images{_instead(root, left_out)}: {wanted}.")
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
        raise DatasetError(_not_in_train(root, unknown[0], classes))


def _instead(root: Path, left_out: Mapping[str, int]) -> str:
    """What a folder without images in class folders holds, where it holds something."""
    if beside := listing.direct_images(root):
        return (
            f" in a folder for each class: {beside:,} image{' lies' if beside == 1 else 's lie'} "
            "beside, not in, such folders (a table of their labels can be given by "
            "csv:/path/labels.csv)"
        )
    found = left_out_files.in_words(left_out)
    return f" that can be read, but {found}" if found else ""


def _not_in_train(root: Path, name: str, classes: Sequence[str]) -> str:
    text = f"The class {name!r} of {root} has test images but none in train"
    if close := [known for known in classes if names.plain(known) == names.plain(name)]:
        text += f", where {' and '.join(map(repr, close))} are spelled like it: rename one of them"
    return f"{text}."


def _split(root: Path, classes: Sequence[str], listed: Listed) -> Split:
    ids = {name: k for k, name in enumerate(classes)}
    labels = np.array([ids[name] for name, _ in listed], dtype=np.int16)
    paths = [path for _, path in listed]
    return Split(FileImages(root, paths), labels, paths)
