"""Where all that Fencepost writes lives, and how it is written so that a kill never halves it."""

from __future__ import annotations

import errno
import glob
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.errors import FencepostError, first_line

REPOSITORY = Path(__file__).resolve().parent.parent  # or site-packages, where a wheel put it
CHECKOUT = all((REPOSITORY / name).is_file() for name in ("pyproject.toml", "train.py"))
MAX_JSON_BYTES = 64 * 1024 * 1024
HALF = re.compile("[\ud800-\udfff]")  # of a pair that UTF-16 needs for one character
FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR)
# What numpy and torch say of a full disk.
FULL_SIGNS = ("Not enough free space", "PytorchStreamWriter", "file write failed", "unexpected pos")
BROKEN = (errno.EIO, errno.ENXIO, errno.ESTALE)
ABANDONED_AFTER = 3600  # seconds without a change; no save takes that long
ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# mkstemp and safetensors make files for their owner alone; others may read a shared folder.
FILE_MODE = 0o666 & ~_umask()


def root() -> Path:
    """The folder named by FENCEPOST_ARTIFACTS, else `artifacts/` of a checkout, else the user's."""
    if named := os.environ.get("FENCEPOST_ARTIFACTS"):
        return Path(named).absolute()
    return REPOSITORY / "artifacts" if CHECKOUT else _users_own()


def _users_own() -> Path:
    """Where this system keeps the data of a user's programs: ~/.local/share/fencepost on Linux."""
    from platformdirs import user_data_path  # here: a checkout does without

    return user_data_path("fencepost", appauthor=False).absolute()


def runs_dir() -> Path:
    return root() / "runs"


def jobs_dir() -> Path:
    return root() / "jobs"


def datasets_dir() -> Path:
    return root() / "datasets"


def features_dir() -> Path:
    return root() / "features"


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file, its texts printable; ValueError says what is wrong with it."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_JSON_BYTES else b""
    except FileNotFoundError:
        raise ValueError(f"{path.name} is missing") from None
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({error.strerror})") from None
    if size > MAX_JSON_BYTES:
        raise ValueError(f"{path.name} is {size:,} bytes, too large to be one of ours")
    try:
        value = parsed(data)
    except (ValueError, RecursionError) as error:  # also of a number with thousands of digits
        raise ValueError(f"{path.name} is not valid JSON ({first_line(error)})") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} holds no JSON object")
    return value


def parsed(data: bytes) -> Any:
    """The value in JSON, every text in it printable.

    Raises:
        ValueError, RecursionError: it is no JSON, or no UTF-8.
    """
    value = json.loads(data.decode("utf-8"))
    # UTF-8 itself holds no half of a character, but an escape may stand for one.
    return printable(value) if ESCAPED_HALF.search(data) else value


def printable(value: Any) -> Any:
    """The value with U+FFFD for what UTF-8 cannot hold, in its keys too, however deep.

    Such halves of characters come of names on disk that are not UTF-8, and of JSON by hand.
    """
    if isinstance(value, str):
        return HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        return {printable(key): printable(each) for key, each in value.items()}
    return [printable(each) for each in value] if isinstance(value, list) else value


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace `path` by this object in one step."""
    write_bytes(path, json.dumps(value, indent=2, allow_nan=False).encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Replace `path` by these bytes in one step: a reader sees the old file or the new one."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A hidden file to fill, which then takes the place of `path`; nothing where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for half in path.parent.glob(f".{glob.escape(path.name)}-*"):
        if is_abandoned(half):
            half.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _sync(temporary)
        temporary.chmod(FILE_MODE)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def is_abandoned(path: Path) -> bool:
    """Whether a file, or a folder and all that lies in it, has not changed for an hour."""
    try:
        within = path.iterdir() if path.is_dir() else ()
        last = max(each.lstat().st_mtime for each in (path, *within))
    except OSError:  # it was finished meanwhile, or is somebody else's
        return False
    return time.time() - last > ABANDONED_AFTER


def changing(path: Path) -> FileLock:
    """Held while a file is read, changed and written: two who do that follow one another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path.with_name(f".{path.name}.lock"))


def publish(folder: Path, final: Path) -> None:
    """Sync every file of a finished hidden folder to disk, then rename it to its final name."""
    within = list(folder.rglob("*"))
    for path in within:
        if path.is_file():
            path.chmod(FILE_MODE)
    for path in [*within, folder]:
        _sync(path)
    folder.rename(final)
    _sync(final.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_space(folder: Path, needed: int, what: str) -> None:
    """Raise FencepostError when the disk that holds `folder` has fewer than `needed` bytes free."""
    existing = next(p for p in [folder, *folder.parents] if p.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise FencepostError(
            f"{what} needs {_size(needed)} free in {existing}, which has only {_size(free)}: free "
            "some space, or set FENCEPOST_ARTIFACTS to a larger disk."
        )


@contextmanager
def as_os_errors() -> Generator[None]:
    """Raise as OSError what libraries say of a disk in their own errors, or without a number."""
    try:
        yield
    except Exception as error:
        number = _number(str(error))
        if not number or (isinstance(error, OSError) and error.errno):
            raise
        raise OSError(number, os.strerror(number)) from error


def _number(said: str) -> int:
    if found := re.search(r"\(os error (\d+)\)", said):  # of a library in Rust
        return int(found[1])
    return errno.ENOSPC if any(sign in said for sign in FULL_SIGNS) else 0


def in_words(error: FencepostError | OSError, place: Path | None = None) -> str:
    """What stopped a change, with the remedy where it is the disk or the permissions.

    Args:
        place: where it was to be written, where that is not below the artifacts.
    """
    if isinstance(error, FencepostError):
        return str(error)
    if error.errno not in (*FULL, *FORBIDDEN, *BROKEN):
        return first_line(error)
    remedy = "free some space" if error.errno in FULL else "check its permissions"
    remedy = "check the disk" if error.errno in BROKEN else remedy
    if place := _elsewhere(error) or place:
        return f"{place} cannot be used ({error.strerror}): {remedy}, or name another place."
    return (
        f"{root()} cannot be written ({error.strerror}): {remedy}, or set FENCEPOST_ARTIFACTS to "
        "another folder."
    )


def _elsewhere(error: OSError) -> Path | None:
    """The file that could not be used, where it does not lie below the artifacts."""
    if not isinstance(error.filename, str | bytes) or not error.filename:
        return None
    path = Path(printable(os.fsdecode(error.filename))).absolute()
    return None if path.is_relative_to(root()) or root().is_relative_to(path) else path


def _size(n: int) -> str:
    return f"{n / 1e9:.1f} GB" if n >= 1e8 else f"{n / 1e6:.1f} MB"
