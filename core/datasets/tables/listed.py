"""The data set that a table lists: `csv:/path/labels.csv`, an image a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core import artifacts
from core.datasets import holding_out
from core.datasets.dataset import Dataset, Split
from core.datasets.tables import labels, metadata, named, places, reading, roles, splits
from core.datasets.tables.left_out import Rows
from core.datasets.tables.places import Places
from core.datasets.tables.reading import Table, texts
from core.datasets.tables.roles import Roles
from core.datasets.trees import names
from core.datasets.trees.folder import MAX_CLASSES, FileImages, check_names
from core.errors import DatasetError

SAID = ("images", "path", "label", "split", "encoding")
NO_PATH, NO_FILE = "without a path", "of which there is no file"
TWICE, DISPUTED = "again of an image that an earlier row has", "of one image with two labels"
VAL = "of val, as a part of train is held out to choose by"


def canonical(path: str) -> str:
    """The name with whole paths, so that it means the same from any folder."""
    file, said = named.parted(path, SAID)
    if said.get("images"):
        said["images"] = str(Path(said["images"]).expanduser().absolute())
    return named.joined(str(Path(file).expanduser().absolute()), said, SAID)


def columns(path: str) -> tuple[tuple[str, ...], Roles]:
    """The names of a table's columns, and what each is taken for where nobody says more.

    Raises:
        DatasetError: the table cannot be read.
    """
    file, said = named.parted(path, SAID)
    table = reading.open_table(Path(file).expanduser(), said.get("encoding", ""))
    return table.names, roles.guess(table)


def root(path: str) -> Path:
    """The folder that the images' paths are below: the one that is named, or the table's own."""
    file, said = named.parted(path, SAID)
    return Path(said.get("images") or Path(file).parent)


def sources(path: str) -> list[Path]:
    """Whatever is read: the table, and the images' folder."""
    return [Path(named.parted(path, SAID)[0]), root(path)]


def read(path: str) -> Dataset:
    """The data set in a table; folders of images are listed, no image is opened.

    Raises:
        DatasetError: the table cannot be read, its columns are not understood, no image is found,
            or its splits disagree.
    """
    file, said = named.parted(path, SAID)
    table = reading.open_table(Path(file), said.get("encoding", ""))
    return dataset(table, said, lambda where: f"csv:{_resolved(file, said, where)}")


def dataset(table: Table, said: Mapping[str, str], called: Callable[[Path], str]) -> Dataset:
    """As `read`, of a table that is open.

    Args:
        said: which of its columns is what, and in `images` the folder of the images.
        called: its name, by the folder that all of its images lie below.
    """
    found = _roles(table, said)
    rows = table.rows(table.names)
    left = Rows(rows.numbers, rows.ragged)
    spot = _places(table, rows.columns, found, said, left)
    classes, ids = labels.read(rows.columns, found, left)
    _refuse_doubles(spot.paths, ids, left)
    told = splits.read(table, rows.columns, found.split, bool(said.get("split")))
    found = found if told else replace(found, split="")
    chosen = _parts(told, spot.paths, ids, left)
    used = np.unique(ids[chosen["train"]])
    _check(table, classes, used, np.unique(ids[chosen["test"]]))
    further, unkept = metadata.kept(rows.columns.select(found.rest(table.names)))
    made = {
        name: _split(spot, np.searchsorted(used, ids[those]), those, rows.numbers)
        for name, those in chosen.items()
    }
    classes = tuple(classes[k] for k in used)
    notes = [
        _understood(found),
        *(told.notes if told else ()),
        *spot.notes,
        *unkept,
        *_alike(classes),
        *left.notes(),
    ]
    return Dataset(
        name=called(spot.root),
        classes=classes,
        train=made["train"],
        test=made["test"],
        fingerprint=_fingerprint(classes, made),
        notes=tuple(map(artifacts.printable, notes)),
        left_out=left.counts(),
        refused=left.lines(),
        metadata={name: further.take(pa.array(those)) for name, those in chosen.items()},
    )


def _roles(table: Table, said: Mapping[str, str]) -> Roles:
    """What the columns are for.

    Raises:
        DatasetError: none names images, or none their classes; says how to say which.
    """
    found = roles.guess(table, {role: said.get(role, "") for role in ("path", "label", "split")})
    has = f"{table.path} has the columns {roles.listed(table)}"
    if not found.path:
        raise DatasetError(f"{has}: say by --columns path=NAME which of them names the images.")
    if not found.label and not found.one_hot:
        raise DatasetError(f"{has}: say by --columns label=NAME which of them holds the labels.")
    return found


def _places(
    table: Table, columns: pa.Table, found: Roles, said: Mapping[str, str], left: Rows
) -> Places:
    """Where the images lie; rows without one are left out.

    Raises:
        DatasetError: there is none at all.
    """
    filled = pc.call_function("coalesce", [texts(columns[found.path]), pa.scalar("")])
    told = filled.to_pylist()
    images = Path(said["images"]) if said.get("images") else None
    if images and not images.is_dir():
        raise DatasetError(f"There is no folder {images}: was it moved, or is a disk not mounted?")
    spot = places.locate(told, table.path.parent, images)
    left.refuse(np.array([not value for value in told]), NO_PATH)
    for place, files in spot.unclear.items():
        left.refuse(np.array([place]), f"of which it is not clear which file it is, {files}")
    left.refuse(np.array([not path for path in spot.paths]), NO_FILE)
    if not left.kept.any():
        example = next((value for value in told if value), "")
        raise DatasetError(
            f"None of the {len(told):,} images that the column {found.path!r} of {table.path} "
            f"names, such as {example!r}, is below {images or table.path.parent}: say by --images "
            "where they lie."
        )
    check_names([str(spot.root)])  # the paths are as the table has them: text
    return spot


def _refuse_doubles(paths: Sequence[str], ids: np.ndarray, left: Rows) -> None:
    """Leave out rows of an image that is there before, and all of them where labels differ."""
    kept = np.flatnonzero(left.kept)
    image = pa.array([paths[k] for k in kept]).dictionary_encode().indices.to_numpy()
    _, first = np.unique(image, return_index=True)
    disputed = np.zeros(len(first), dtype=bool)
    disputed[image[ids[kept] != ids[kept][first][image]]] = True
    left.refuse(kept[disputed[image]], DISPUTED)
    left.refuse(np.delete(kept, first), TWICE)


def _parts(
    told: splits.Told | None, paths: Sequence[str], ids: np.ndarray, left: Rows
) -> dict[str, np.ndarray]:
    """Which rows are train, and which test; rows of neither are left out."""
    split = told.by_row if told else np.full(len(ids), "train")
    if told:
        for value, rows in told.others():
            left.refuse(rows, f"of the split {value!r}" if value else "of no split")
    held_out = next((name for name in ("test", "val") if (left.kept & (split == name)).any()), "")
    if not held_out:
        kept = np.flatnonzero(left.kept)
        test = holding_out.for_test(ids[kept], [paths[k] for k in kept])
        return {"train": kept[~test], "test": kept[test]}
    if held_out == "test":
        left.refuse(split == "val", VAL)
    train, test = (np.flatnonzero(left.kept & (split == name)) for name in ("train", held_out))
    return {"train": train, "test": test}


def _check(table: Table, classes: Sequence[str], train: np.ndarray, test: np.ndarray) -> None:
    """Raise DatasetError where these class ids of train and test cannot be learned."""
    if len(train) < 2:
        found = f"only one class, {classes[train[0]]!r}" if len(train) else "no images to train on"
        raise DatasetError(f"{table.path} has {found}: it needs two classes at least.")
    if len(train) > MAX_CLASSES:
        raise DatasetError(
            f"{table.path} has {len(train):,} classes: at most {MAX_CLASSES:,} are allowed."
        )
    if not len(test):
        raise DatasetError(
            f"{table.path} has no test images: it needs two images of a class at least, or rows "
            "whose split is test."
        )
    if unknown := sorted({*test.tolist()} - {*train.tolist()}):
        raise DatasetError(
            f"The class {classes[unknown[0]]!r} of {table.path} has test images but none in train."
        )


def _split(spot: Places, labels: np.ndarray, those: np.ndarray, numbers: np.ndarray) -> Split:
    paths = [spot.paths[k] for k in those]
    return Split(FileImages(spot.root, paths), labels.astype(np.int16), paths, numbers[those])


def _understood(found: Roles) -> str:
    """What the columns were taken for."""
    classes = (
        f"{len(found.one_hot)} columns, from {found.one_hot[0]!r} to {found.one_hot[-1]!r}, say"
        if found.one_hot
        else f"{found.label!r} says"
    )
    split = f", and {found.split!r} its split" if found.split else ""
    return f"The column {found.path!r} names each image, {classes} its class{split}."


def _alike(classes: Sequence[str]) -> Iterator[str]:
    for one, other in names.alike(classes):
        yield (
            f"The classes {one!r} and {other!r} are two, though their names differ only in "
            f"{names.difference(one, other)}."
        )


def _resolved(file: str, said: Mapping[str, str], where: Path) -> str:
    """The path with what was said, and the images' folder where it is not the table's own."""
    own = where == Path(file).parent
    return named.joined(file, {**said, "images": "" if own else str(where)}, SAID)


def _fingerprint(classes: Sequence[str], made: Mapping[str, Split]) -> str:
    digest = hashlib.sha256("\0".join(classes).encode())
    for split in made.values():
        digest.update("\0".join(split.paths).encode("utf-8", "replace"))
        digest.update(split.labels.tobytes())
    return digest.hexdigest()[:16]
