"""The data set in a folder of Hugging Face's: `hf:/path`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from core import artifacts
from core.datasets import files, holding_out
from core.datasets.dataset import Dataset, Split
from core.datasets.hub import features, imagefolder, layout
from core.datasets.hub.features import Features
from core.datasets.hub.images import ShardImages
from core.datasets.hub.shards import LARGE, Shard, shard
from core.datasets.tables import labels, metadata
from core.datasets.tables.left_out import Rows
from core.datasets.tables.roles import Roles
from core.datasets.trees.folder import MAX_CLASSES, check_names
from core.errors import DatasetError

UNLABELLED = ("-1", "-1.0")  # of test images, where a competition keeps their labels
VAL = "of val, as a part of train is held out to choose by"


def read(root: Path, name: str, said: Mapping[str, str]) -> Dataset:
    """The data set in a folder of shards, or of images with a metadata.csv; or in one shard.

    Raises:
        DatasetError: it is missing or damaged, its columns are not understood, or its splits
            disagree.
    """
    check_names([str(root)])
    if not os.path.exists(root):
        raise DatasetError(f"There is no folder {root}: was it moved, or is a disk not mounted?")
    try:
        found = layout.shard_files(root)
    except OSError as error:
        raise DatasetError(f"{root} cannot be read ({error.strerror}): check it.") from None
    if not found or (root.is_dir() and imagefolder.tables(root)):
        return imagefolder.read(root, name, said)
    parts = layout.by_split(root, found)
    shards = tuple(shard(path) for path in found)
    above = [place for place in found[0].parents if place.is_relative_to(root)]
    known = features.read(shards[0].schema, above, said)
    for each in shards:
        if not {known.image, known.label} <= {*each.schema.names}:
            raise DatasetError(f"{each.path} lacks the column {known.image!r} or {known.label!r}.")
    return _made(name, shards, parts, known)


def _made(
    name: str, shards: Sequence[Shard], parts: Mapping[str, Sequence[Path]], known: Features
) -> Dataset:
    rest = [column for column in known.rest if all(column in each.schema.names for each in shards)]
    table = pa.concat_tables(
        [each.columns([known.label, *rest]) for each in shards], promote_options="permissive"
    )
    left = Rows(np.arange(1, table.num_rows + 1))
    told, ids = labels.encoded(table[known.label])
    left.refuse(
        np.isin(ids, [k for k, text in enumerate(told) if text in ("", *UNLABELLED)]),
        labels.NO_LABEL,
    )
    classes, ids = labels.read(table, Roles(label=known.label), left)
    chosen = _parts(shards, parts, ids, left)
    used = np.unique(ids[chosen["train"]])
    named = [_called(classes[k], known.names) for k in used]
    _check(
        name, [_called(text, known.names) for text in classes], used, np.unique(ids[chosen["test"]])
    )
    further, unkept = metadata.kept(table.select(rest))
    made = {
        split: Split(
            ShardImages(tuple(shards), known.image, rows),
            np.searchsorted(used, ids[rows]).astype(np.int16),
        )
        for split, rows in chosen.items()
    }
    notes = [*_slow(shards), *unkept, *left.notes()]
    return Dataset(
        name=name,
        classes=tuple(named),
        train=made["train"],
        test=made["test"],
        fingerprint=_fingerprint(shards, named, made),
        notes=tuple(map(artifacts.printable, notes)),
        left_out=left.counts(),
        refused=left.lines(),
        metadata={split: further.take(pa.array(rows)) for split, rows in chosen.items()},
    )


def _called(text: str, names: Sequence[str]) -> str:
    """The name of a class, by its id where names are known."""
    return names[int(text)] if text.isdecimal() and int(text) < len(names) else text


def _parts(
    shards: Sequence[Shard], parts: Mapping[str, Sequence[Path]], ids: np.ndarray, left: Rows
) -> dict[str, np.ndarray]:
    """Which rows are train, and which test."""
    of = {path: split for split, paths in parts.items() for path in paths}
    told = np.array([of[each.path] for each in shards], dtype="U5")
    split = np.repeat(told, [len(each) for each in shards])
    if not (left.kept & (split == "train")).any():
        split[left.kept & (split == "")] = "train"
    held_out = next((n for n in ("test", "val") if (left.kept & (split == n)).any()), "")
    if not held_out:
        kept = np.flatnonzero(left.kept & (split == "train"))
        test = holding_out.for_test(ids[kept], [str(row) for row in kept])
        return {"train": kept[~test], "test": kept[test]}
    if held_out == "test":
        left.refuse(split == "val", VAL)
    left.refuse(split == "", "of no split")
    train, test = (np.flatnonzero(left.kept & (split == n)) for n in ("train", held_out))
    return {"train": train, "test": test}


def _check(name: str, classes: Sequence[str], train: np.ndarray, test: np.ndarray) -> None:
    """Raise DatasetError where these class ids of train and test cannot be learned."""
    if len(train) < 2:
        raise DatasetError(f"{name} needs two classes at least, with labelled images in train.")
    if len(train) > MAX_CLASSES:
        raise DatasetError(
            f"{name} has {len(train):,} classes: at most {MAX_CLASSES:,} are allowed."
        )
    if len({classes[k] for k in train}) < len(train):
        raise DatasetError(f"{name} gives two classes one name.")
    if not len(test):
        raise DatasetError(f"{name} has no labelled test images: it needs two of a class at least.")
    if unknown := sorted({*test.tolist()} - {*train.tolist()}):
        raise DatasetError(
            f"The class {classes[unknown[0]]!r} of {name} has test images but none in train."
        )


def _slow(shards: Sequence[Shard]) -> list[str]:
    largest = max(each.largest for each in shards)
    if largest <= LARGE:
        return []
    return [
        f"Row groups have up to {largest / 1e6:,.0f} MB, and one must be read for any image in it: "
        "images open sooner where the shards are written anew with row_group_size=100."
    ]


def _fingerprint(shards: Sequence[Shard], classes: Sequence[str], made: Mapping[str, Split]) -> str:
    parts = [
        *classes,
        *(f"{each.path.name} {len(each)} {os.path.getsize(each.path)}" for each in shards),
    ]
    digest = hashlib.sha256(files.digest(parts).encode())
    for split in made.values():
        digest.update(split.labels.tobytes())
    return digest.hexdigest()[:16]
