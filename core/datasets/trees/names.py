"""Names of folders compared as people mean them: splits by any name, classes however spelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

SPLITS = {
    "train": "train", "training": "train", "trn": "train", "trainval": "train", "traindev": "train",
    "test": "test", "testing": "test", "tst": "test",
    "val": "val", "valid": "val", "validation": "val", "validate": "val", "validating": "val",
    "dev": "val", "eval": "val", "evaluation": "val",
}  # fmt: skip
# Words that say no more than that there are images.
FILLERS = frozenset({
    "set", "sets", "data", "dataset", "datasets", "split", "splits", "folder", "dir", "image",
    "images", "img", "imgs", "photo", "photos", "picture", "pictures", "sample", "samples",
})  # fmt: skip
UNLABELLED = frozenset({"", "unknown", "unlabeled", "unlabelled", "all"})


def words(name: str) -> tuple[str, ...]:
    """The words of a folder's name that say something: `Training_set 2` -> training."""
    low = unicodedata.normalize("NFC", name).casefold()
    parts = re.split(r"[\W\d_]+", low)
    return tuple(word for word in map(_bare, parts) if word and word not in FILLERS)


def _bare(word: str) -> str:
    """`trainset` -> train."""
    return next(
        (word.removesuffix(end) for end in FILLERS if word.removesuffix(end) in SPLITS), word
    )


def split_of(name: str) -> str:
    """train, test or val, where that is what a folder's name says; else nothing."""
    said = words(name)
    return SPLITS.get(said[0], "") if len(said) == 1 else ""


def splits_of(names: Iterable[str]) -> dict[str, str]:
    """Name -> split, of folders that lie side by side.

    `seg_train` beside `seg_test` are splits, too: what is left of both names is the same.
    """
    names = list(names)
    found = {name: split for name in names if (split := split_of(name))}
    by_rest: dict[tuple[str, ...], dict[str, str]] = {}
    for name in set(names) - set(found):
        said = words(name)
        splits = [SPLITS[word] for word in said if word in SPLITS]
        if len(splits) == 1:
            rest = tuple(word for word in said if word not in SPLITS)
            by_rest.setdefault(rest, {})[name] = splits[0]
    for group in by_rest.values():
        if "train" in group.values() and len(set(group.values())) > 1:
            found |= group
    return found


def says_nothing(name: str) -> bool:
    """Whether a folder's name cannot be that of a class: images, unknown, test."""
    said = words(name)
    return not said or set(said) <= UNLABELLED or bool(split_of(name))


def plain(name: str) -> str:
    """A name as it is compared with another: composed, without blanks around, in lower case."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def difference(one: str, other: str) -> str:
    """In what two names differ that are the same when compared plainly."""
    composed, theirs = (unicodedata.normalize("NFC", name) for name in (one, other))
    ways = {
        "how an accent is written (NFC, NFD)": (one == composed) != (other == theirs),
        "a blank at an end": composed.strip() != composed or theirs.strip() != theirs,
        "upper and lower case": composed.strip() != theirs.strip(),
    }
    return " and ".join(way for way, holds in ways.items() if holds) or "how they are written"


def alike(classes: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of classes whose names differ only so."""
    first: dict[str, str] = {}
    return [
        (first[key], name) for name in classes if first.setdefault(key := plain(name), name) != name
    ]


def matched(names: Iterable[str], classes: Sequence[str]) -> Mapping[str, str]:
    """Name -> the class it means: the one of that very name, else the only one alike."""
    by_plain: dict[str, list[str]] = {}
    for name in classes:
        by_plain.setdefault(plain(name), []).append(name)
    found = {}
    for name in names:
        meant = [name] if name in classes else by_plain.get(plain(name), [])
        if len(meant) == 1:
            found[name] = meant[0]
    return found
