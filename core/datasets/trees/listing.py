"""Which files of a folder are images, which are not, and what a NAS or a system left there."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from core.datasets import bounds
from core.errors import DatasetError

JPEG = (".jpg", ".jpeg", ".jfif", ".jpe", ".jif", ".jfi", ".mpo")
# Those that may hold more than 8 bits a channel; see core.datasets.levels.
DEEP = (".png", ".apng", ".tif", ".tiff", ".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c",
        ".pgm", ".ppm", ".pnm", ".pfm")  # fmt: skip
OTHERS = (".webp", ".bmp", ".dib", ".gif", ".avif", ".avifs", ".pbm", ".tga", ".pcx", ".sgi",
          ".qoi")  # fmt: skip
HEIF = (".heic", ".heif", ".hif")  # only where pillow-heif is installed
SUFFIXES = (*JPEG, *DEEP, *OTHERS)

# What no person put there: folders and files, by their names in lower case.
LEFT_FOLDERS = frozenset({
    "@eadir", "#recycle", "@recycle", "#snapshot", "@recently-snapshot", "@sharebin", "@tmp",
    "$recycle.bin", "recycler", "system volume information", "found.000", "lost+found",
    "__macosx", "__pycache__", "_vti_cnf", "network trash folder", "temporary items",
    "thumbnails", "_thumbnails",
})  # fmt: skip
LEFT_BESIDE = frozenset({"thumbs", "_thumbs", "thumb", "_thumb", "previews"})  # of images
LEFT_ENDINGS = (".lrdata", ".lrlibrary", ".cocatalogdb")  # previews of photo managers
LEFT_FILES = frozenset({
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "picasa.ini",
    "zbthumbnail.info", "thumbnails-digikam.db",
})  # fmt: skip


@dataclass
class Seen:
    """What a walk met beside images: how many files, by their suffix or by who left them.

    Attributes:
        others: files that are no images, by suffix; "" where they have none.
        left: files left by a NAS, a system or a tool, by the name of the folder or file.
        circles: links that lead to where the walk has been, above where it began, or to what may
            hold no data.
    """

    others: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    circles: list[str] = field(default_factory=list)


def image_suffixes() -> tuple[str, ...]:
    """The endings of files that can be opened here."""
    return (*SUFFIXES, *HEIF) if find_spec("pillow_heif") else SUFFIXES


def is_left(name: str, beside: bool = False) -> bool:
    """Whether a folder of this name was left by a NAS, a system or a tool.

    Args:
        beside: it lies beside images, whose thumbnails it may hold.
    """
    low = name.lower().strip()
    return (
        name.startswith(".")
        or low in LEFT_FOLDERS
        or low.endswith(LEFT_ENDINGS)
        or (beside and low in LEFT_BESIDE)
    )


def is_left_file(name: str) -> bool:
    """Whether a file of this name was."""
    return name.startswith(".") or name.lower() in LEFT_FILES


def image_files(folder: Path | str, seen: Seen | None = None) -> Iterator[str]:
    """The paths of every image file of a tree, in the order of the disk; links are followed.

    Folders first, then what links lead to: a folder that both lead to is entered once, and one
    that may hold no data is not.

    Args:
        seen: told of all that is no image.

    Raises:
        DatasetError: a folder in it cannot be read.
    """
    seen = seen if seen is not None else Seen()
    been = {_identity(parent) for parent in Path(os.path.realpath(folder)).parents}
    waiting, links = [str(folder)], []
    while waiting or links:
        place = waiting.pop() if waiting else links.pop(0)
        if (identity := _identity(place)) in been or _leads_astray(place):
            seen.circles.append(place)
            continue
        been.add(identity)
        images, inner = _sorted_out(place, seen)
        for entry in inner:
            (links if entry.is_symlink() else waiting).append(entry.path)
        yield from images


def _leads_astray(place: str) -> bool:
    return os.path.islink(place) and bool(bounds.folder_problem(Path(place)))


def _sorted_out(place: str, seen: Seen) -> tuple[list[str], list[os.DirEntry[str]]]:
    """The images and the folders of a folder; all else is told to `seen`."""
    images, inner, suffixes = [], [], image_suffixes()
    for entry in _entries(place):
        if _is_folder(entry):
            inner.append(entry)
        elif is_left_file(entry.name):
            seen.left[_called(entry.name)] += 1
        elif entry.name.lower().endswith(suffixes):
            images.append(entry.path)
        else:
            seen.others[os.path.splitext(entry.name)[1].lower()] += 1
    left = [entry for entry in inner if is_left(entry.name, beside=bool(images))]
    for entry in left:
        seen.left[_called(entry.name)] += _count(entry.path)
    return images, [entry for entry in inner if entry not in left]


def holds_images(folder: Path) -> bool:
    """Whether any image lies in a tree."""
    return next(image_files(folder), None) is not None


def direct_images(folder: Path) -> int:
    """How many images lie in a folder itself."""
    suffixes = image_suffixes()
    return sum(
        entry.name.lower().endswith(suffixes)
        and not is_left_file(entry.name)
        and not _is_folder(entry)
        for entry in _entries(folder)
    )


def folders(tree: Path) -> list[Path]:
    """The folders in a tree that may hold a class each, by name.

    A link may lead elsewhere, but not back up the tree.
    """
    above = Path(os.path.realpath(tree))
    return sorted(
        tree / entry.name
        for entry in _entries(tree)
        if _is_folder(entry)
        and not is_left(entry.name)
        and not (entry.is_symlink() and above.is_relative_to(os.path.realpath(entry.path)))
    )


def left_in(tree: Path) -> Counter[str]:
    """How many files a NAS, a system or a tool left beside the folders of a tree."""
    found: Counter[str] = Counter()
    for entry in _entries(tree):
        if _is_folder(entry):
            if is_left(entry.name):
                found[_called(entry.name)] += _count(entry.path)
        elif is_left_file(entry.name):
            found[_called(entry.name)] += 1
    return found


def unreadable(error: OSError) -> DatasetError:
    return DatasetError(
        f"{error.filename} cannot be read ({error.strerror}): check its name and permissions."
    )


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        raise unreadable(error) from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _identity(folder: Path | str) -> tuple[int, int]:
    try:
        state = os.stat(folder)
    except OSError as error:
        raise unreadable(error) from None
    return state.st_dev, state.st_ino


def _called(name: str) -> str:
    """What a note calls it: hidden things have too many names."""
    known = (".ds_store", ".appledouble", ".ipynb_checkpoints", ".thumbnails", ".trashes")
    if not name.startswith(".") or name.lower() in known:
        return name
    return "._*" if name.startswith("._") else "hidden"


def _count(folder: str) -> int:
    """How many files lie in a tree that is left out."""
    return sum(len(files) for _, _, files in os.walk(folder))
