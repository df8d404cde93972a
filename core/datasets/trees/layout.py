"""How a folder of images is laid out: which of its folders are splits, and which are classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.datasets.trees import ambiguity, listing, names
from core.datasets.trees.folders import Folders, plain_names

DEEPEST = 3  # folders that hold nothing but one other


@dataclass(frozen=True)
class Tree:
    """A folder with a folder for each class: `classes` hold images, `empty` do not."""

    path: Path
    classes: tuple[Path, ...]
    empty: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Layout:
    """One tree that is to be split, or train and the tree that serves as test.

    Attributes:
        notes: what of the folder is not used, and why.
    """

    train: Tree
    test: Tree | None = None
    notes: tuple[str, ...] = ()

    @property
    def trees(self) -> list[Tree]:
        return [self.train, *([self.test] if self.test else [])]


def read(root: Path) -> Layout:
    """The layout of a folder.

    Raises:
        DatasetError: it can be read in two ways, or in none.
    """
    here, said = Folders(root), ambiguity.said(root)
    for _ in range(DEEPEST):
        if not (step := _step(here, said)):
            break
        here = here.inside(step)
    if classes := _named(here, said):
        unused = [folder for folder in here.full if folder not in classes]
        why = f"is not used: {ambiguity.SAYS} does not name it."
        return Layout(
            Tree(here.path, tuple(classes)), notes=tuple(f"{p.name}/ {why}" for p in unused)
        )
    if trains := here.with_folders(here.of("train")):
        return _splits(here, trains, said)
    ambiguity.refuse_hidden_splits(here)
    ambiguity.refuse_same_folders(here)
    return Layout(_whole(here))


def _whole(here: Folders) -> Tree:
    return Tree(here.path, tuple(here.full), tuple(here.empty))


def _named(here: Folders, said: set[str]) -> list[Path]:
    """The folders that a person wrote down as classes, where these are at least two."""
    said = said | ambiguity.said(here.path)
    found = [folder for folder in here.full if names.plain(folder.name) in said]
    return found if len(found) > 1 else []


def _step(here: Folders, said: set[str]) -> Path | None:
    """The only folder, where it is no class but holds what matters."""
    if len(here.full) != 1 or _named(here, said) or here.splits:
        return None
    [only] = here.full
    return only if here.inside(only).full and not listing.direct_images(only) else None


def _splits(here: Folders, trains: list[Path], said: set[str]) -> Layout:
    """The layout where train has a folder for each class."""
    ambiguity.refuse_several("train", here.of("train"))
    train = _tree(here.inside(trains[0]), said, set())
    known = plain_names([*train.classes])
    held_out = [_with_classes(here, here.of(split), known) for split in ("test", "val")]
    chosen = held_out[0] or held_out[1]
    ambiguity.refuse_several("test" if held_out[0] else "val", chosen)
    test = _tree(here.inside(chosen[0]), said, known) if chosen else None
    if test is None:
        ambiguity.refuse_beside(here, trains[0], known)
    return Layout(train, test, tuple(_unused(here, [trains[0], *chosen], known)))


def _tree(inner: Folders, said: set[str], known: set[str]) -> Tree:
    """The classes of a split, one step down where a folder in it holds them all.

    Args:
        known: the classes of train, as they are compared, where this is another split.
    """
    only = inner.full[0] if len(inner.full) == 1 else None
    if only and names.plain(only.name) not in known and len(inner.inside(only).full) > 1:
        return _tree(inner.inside(only), said, known)
    if classes := _named(inner, said):
        return Tree(inner.path, tuple(classes))
    ambiguity.refuse_same_folders(inner)
    return _whole(inner)


def _with_classes(here: Folders, folders: list[Path], known: set[str]) -> list[Path]:
    """Those that have a folder for each class, not one for images that nobody has labelled."""
    return [p for p in here.with_folders(folders) if not _is_unlabelled(here.inside(p), known)]


def _is_unlabelled(inner: Folders, known: set[str]) -> bool:
    if len(inner.full) != 1:
        return False
    [only] = inner.full
    new = names.plain(only.name) not in known
    return new and names.says_nothing(only.name) and not inner.inside(only).full


def _unused(here: Folders, used: list[Path], known: set[str]) -> list[str]:
    """A note on each folder beside the splits in use that holds images or is called like one."""
    left = [folder for folder in here.full if folder not in used]
    left += [folder for folder in here.empty if names.split_of(folder.name)]
    return [_note(folder, plain_names(here.inside(folder).full) & known) for folder in left]


def _note(folder: Path, classes: set[str]) -> str:
    why = (
        "a part of train is held out to choose by. Move its images into train to learn from them."
        if classes
        else "it has no folder for each class."
    )
    return f"{folder.name}/ is not used: {why}"
