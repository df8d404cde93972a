"""Which folders may hold data, and which files in them may be read.

A run can come from anybody, and names its data folder and its files; so can whoever has the page
before them. FENCEPOST_DATA, folders with `os.pathsep` between them, bounds all of that: nothing is
read that does not lie below one of them, links resolved. Addresses such as s3://bucket/runs may
stand there too, and a table on object storage must then lie below one of these.

Without it any folder may hold data but those that are too wide. Links in it may lead out of it, as
those of classes and files do where several data sets share their images, but not into what is
Fencepost's own: whoever can name a folder could as well name the one that a link leads to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePath

from core import artifacts

SEPARATOR = re.compile(re.escape(os.pathsep) + "(?!//)")  # not the colon of s3://
PACKAGE = Path(__file__).resolve().parents[1]
HOMES = (Path("/home"), Path("/Users"))
SYSTEM = (Path("/proc"), Path("/sys"))  # the links in there are nobody's, and lead anywhere


def folder_problem(folder: Path) -> str:
    """Why a folder may not be read as data, or ""; it need not exist."""
    real = _real(folder)
    if not _is_allowed(real):
        return f"{folder} is outside of FENCEPOST_DATA, which bounds what is read here."
    if held := _held(real, artifacts.root()):
        return f"{folder} holds {held}, so it is no data folder: name a folder inside it."
    if _is_below(real, SYSTEM):
        return f"{folder} belongs to the system, so it is no data folder: name another one."
    return ""


def file_problem(root: Path, path: str) -> str:
    """Why a file may not be read as one of a data folder, by its path in there, or ""."""
    if PurePath(path).is_absolute() or ".." in PurePath(path).parts or "\0" in path:
        return f"has a path outside of {root}"
    real = _real(root / path)
    if real.is_relative_to(_real(root)):
        return ""
    if not _is_allowed(real):
        return f"is a link out of {root} that leads outside of FENCEPOST_DATA"
    if _is_below(real, (*SYSTEM, PACKAGE, _real(artifacts.root()))):
        return f"is a link out of {root} to what is no data"
    return ""


def address_problem(address: str) -> str:
    """Why a table on object storage may not be read, or ""."""
    named = _named()
    inside = any(f"{address}/".startswith(f"{part.rstrip('/')}/") for part in named)
    if not named or (inside and ".." not in address.split("/")):
        return ""
    return f"{address} is outside of FENCEPOST_DATA, which bounds what is read here."


def _named() -> list[str]:
    """The folders and addresses of FENCEPOST_DATA; none where it is not set."""
    parts = SEPARATOR.split(os.environ.get("FENCEPOST_DATA", ""))
    return [part.strip() for part in parts if part.strip()]


def _is_allowed(real: Path) -> bool:
    named = _named()
    folders = [_real(Path(os.path.expanduser(part))) for part in named if "://" not in part]
    return not named or _is_below(real, folders)


def _is_below(real: Path, folders: Iterable[Path]) -> bool:
    return any(real.is_relative_to(folder) for folder in folders)


def _real(path: Path) -> Path:
    """The path with its links resolved; as it is where no file can have such a name."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return path


@lru_cache(maxsize=64)  # asked for every image, and who has which home takes a look-up
def _held(real: Path, root: Path) -> str:
    """What a folder holds that makes it too wide, or ""."""
    if real == Path(real.anchor):
        return "the whole disk"
    homes = (*HOMES, *_homes_of(["", real.name]))
    if any(_real(home).is_relative_to(real) for home in homes):
        return "a home folder"
    if any(_real(own).is_relative_to(real) for own in (root, PACKAGE)):
        return "Fencepost's own files"
    return ""


def _homes_of(names: list[str]) -> list[Path]:
    """The home folders of the accounts of these names, "" being ours, for those that exist."""
    found = [os.path.expanduser(f"~{name}") for name in names]
    return [Path(home) for home in found if os.path.isabs(home)]
