"""Folders that can be read in two ways: refused with both, and with how to say which is meant."""

from __future__ import annotations

from pathlib import Path

from core.datasets.trees import listing, names
from core.datasets.trees.folders import Folders, listed, plain_names
from core.errors import DatasetError

SAYS = "classes.txt"  # beside the folders: the names of those that are classes, a line each


def said(root: Path) -> set[str]:
    """The names that a person wrote down as those of classes, as they are compared."""
    try:
        text = (root / SAYS).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return set()
    return {names.plain(line) for line in text.splitlines() if line.strip()}


def refuse_several(split: str, folders: list[Path]) -> None:
    """Raise DatasetError where more than one folder may be a split."""
    if len(folders) > 1:
        raise DatasetError(
            f"{folders[0].parent} can be read in {len(folders)} ways: each of {listed(folders)} "
            f"may be {split}. Leave one there under this name, and move or rename the others."
        )


def refuse_beside(here: Folders, train: Path, classes: set[str]) -> None:
    """Raise DatasetError where folders of images lie beside train, and none is called test."""
    if not here.others:
        return
    for folder in here.others:
        if plain_names(here.inside(folder).full) & classes:
            other = f"{folder.name}/ as the images to test on"
            remedy = f"Rename {folder.name}/ to test/"
            break
    else:
        other = f"{train.name}/ as a class beside {listed(here.others)}"
        remedy = _name_them(here.path)
    raise _two_ways(
        here.path,
        f"{train.name}/ as the images to train on, without {listed(here.others)}",
        other,
        f"{remedy}, or give folder:{train} to split that folder alone.",
    )


def refuse_hidden_splits(here: Folders) -> None:
    """Raise DatasetError where folders called like splits would be trained on as classes."""
    train, held_out = here.of("train"), [*here.of("test"), *here.of("val")]
    if held_out and not here.others and not train:
        raise DatasetError(
            f"{here.path} has {listed(held_out)} and no train/: give folder:{held_out[0]} to "
            "split that folder alone, or call one of them train."
        )
    if held_out:
        nested = here.with_folders([*train, *held_out])
        lack = "" if nested else ", which lack a folder for each class"
        raise _two_ways(
            here.path,
            f"{listed([*train, *held_out])} as splits{lack}",
            f"{listed([*train, *held_out, *here.others])} as the classes",
            f"{_name_them(here.path)}, or move {held_out[0].name}/ elsewhere.",
        )
    for folder in here.with_folders(here.full):
        _refuse_data_set(here, folder)


def _refuse_data_set(here: Folders, folder: Path) -> None:
    """Raise DatasetError where one of several folders holds splits."""
    inner = here.inside(folder)
    splits = [*inner.of("train"), *inner.of("test"), *inner.of("val")]
    if inner.of("train") and (len(splits) > 1 or inner.with_folders(splits)):
        raise _two_ways(
            here.path,
            f"{folder.name}/ as a class",
            f"{folder.name}/ as a data set with {listed(splits)}",
            f"{_name_them(here.path)}, or give folder:{folder}.",
        )


def refuse_same_folders(here: Folders) -> None:
    """Raise DatasetError where "classes" all hold the same folders: those may be the classes."""
    inner = [plain_names(here.inside(folder).full) for folder in here.full]
    shared = set.intersection(*inner) if len(inner) > 1 else set()
    if len(shared) < 2 or any(map(listing.direct_images, here.full)):
        return
    first = here.inside(here.full[0]).full
    same = [folder for folder in first if names.plain(folder.name) in shared]
    raise _two_ways(
        here.path,
        f"{listed(here.full)} as the classes",
        f"{listed(same)}, which each of them holds, as the classes",
        f"{_name_them(here.path)}, or put the images of each of the second into one folder.",
    )


def _name_them(path: Path) -> str:
    return f"Name the folders that are classes in {path / SAYS}, one a line"


def _two_ways(path: Path, one: str, other: str, remedy: str) -> DatasetError:
    return DatasetError(f"{path} can be read in two ways: {one}, or {other}. {remedy}")
