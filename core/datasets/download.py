"""Getting STL-10: fetched with resume, then verified and unpacked by torchvision."""

from __future__ import annotations

import errno
import os
import socket
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock

from core import artifacts
from core.datasets import stl10 as layout
from core.datasets.dataset import ProgressCallback
from core.errors import DatasetError

ARCHIVE_BYTES = 2_640_397_119
UNPACKED_BYTES = 113_000 * layout.IMAGE_BYTES
UNLABELLED = "unlabeled_X.bin"
HOST = "ai.stanford.edu"
URL = f"http://{HOST}/~acoates/stl10/stl10_binary.tar.gz"  # torchvision has it, and brings torch
CHUNK = 1 << 20
TIMEOUT = 60  # seconds without a byte
PORTS = {"http": 80, "https": 443}
SECONDS = 2  # to ask whether a server is there


def stl10_folder() -> Path:
    """Where the downloaded STL-10 lies."""
    return artifacts.datasets_dir() / "stl10" / "stl10_binary"


def place(path: str) -> tuple[Path, str]:
    """The folder and the name of STL-10 at a path; "" is the one that is downloaded."""
    return (Path(path), f"stl10:{path}") if path else (stl10_folder(), "stl10")


def unlabelled(path: str) -> Path:
    """Its images without labels: beside those at a path, else those that were downloaded."""
    beside = Path(path) / UNLABELLED
    return beside if path and beside.is_file() else stl10_folder() / UNLABELLED


def is_readable() -> bool:
    """Whether STL-10 was downloaded, as far as reading its labels can tell."""
    try:
        layout.read(*place(""))
    except DatasetError:
        return False
    return True


def obstacle() -> str:
    """Why STL-10 cannot be downloaded, or "".

    Raises:
        FencepostError: the disk is too full.
    """
    artifacts.require_space(artifacts.datasets_dir(), ARCHIVE_BYTES + UNPACKED_BYTES, "STL-10")
    if reachable(URL):
        return ""
    return (
        f"STL-10 is not on this machine and {HOST} cannot be reached: check the network or "
        "HTTP_PROXY, give stl10:/path with the official stl10_binary folder, or train on demo."
    )


def reachable(url: str) -> bool:
    """Whether a URL's server answers within two seconds; a proxy for it is given the doubt."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host):
        return True
    try:
        address = (host, parts.port or PORTS[parts.scheme])
        with socket.create_connection(address, timeout=SECONDS):
            return True
    except OSError:
        return False


def stl10(progress: ProgressCallback | None = None) -> None:
    """Download STL-10 (2.6 GB) unless it is here; a second call goes on where the first broke off.

    Raises:
        DatasetError: the download broke off or is not what its checksum says.
        FencepostError: the disk is too full.
    """
    folder = stl10_folder().parent
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if not _is_here():
            _download(folder, progress)


def _is_here() -> bool:
    try:
        found = layout.read(stl10_folder(), "stl10")
    except DatasetError:
        return False
    return (len(found.train), len(found.test)) == (5000, 8000)


def _download(folder: Path, progress: ProgressCallback | None) -> None:
    from torchvision.datasets import STL10  # brings torch, which the dashboard does without
    from torchvision.datasets.utils import check_integrity

    archive = folder / STL10.filename
    started = archive.stat().st_size if archive.exists() else 0
    artifacts.require_space(folder, ARCHIVE_BYTES - started + UNPACKED_BYTES, "STL-10")
    fetch(STL10.url, archive, progress)
    try:
        if not check_integrity(archive, STL10.tgz_md5):  # else torchvision fetches all of it again
            raise RuntimeError(f"its MD5 is not {STL10.tgz_md5}")
        STL10(folder, download=True)
    except (RuntimeError, OSError, EOFError) as error:
        _refuse_full_disk(error, folder)
        archive.unlink(missing_ok=True)
        raise DatasetError(
            f"The downloaded STL-10 does not match its checksum ({error}); it was deleted: "
            "try again, or put the official stl10_binary folder anywhere and use stl10:/path."
        ) from None
    archive.unlink(missing_ok=True)


def fetch(url: str, path: Path, progress: ProgressCallback | None = None) -> None:
    """Download to `path`, going on after the bytes that are already there.

    Raises:
        DatasetError: the connection failed or broke off; what came is kept.
    """
    started = path.stat().st_size if path.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={started}-"} if started else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            resumed = answer.status == 206
            total = int(answer.headers.get("Content-Length") or 0) + (started if resumed else 0)
            with path.open("ab" if resumed else "wb") as file:
                while chunk := answer.read(CHUNK):
                    file.write(chunk)
                    if progress:
                        progress(file.tell(), max(total, file.tell()))
    except urllib.error.HTTPError as error:
        if error.code == 416:  # the range starts at the end: all of it is here
            return
        raise _broken(url, f"the server says {error.code}", path) from None
    except (OSError, HTTPException) as error:
        _refuse_full_disk(error, path.parent)
        raise _broken(url, str(getattr(error, "reason", error)), path) from None
    if total and os.path.getsize(path) < total:
        raise _broken(url, "the connection was closed early", path)


def _refuse_full_disk(error: Exception, folder: Path) -> None:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        raise DatasetError(
            f"The disk that holds {folder} is full: free some space and try again. What was "
            "downloaded is kept."
        ) from None


def _broken(url: str, reason: str, path: Path) -> DatasetError:
    have = path.stat().st_size / 1e9 if path.exists() else 0
    return DatasetError(
        f"The download of {url} broke off at {have:.2f} GB ({reason}). Check the network or "
        "HTTP_PROXY and try again: it goes on from there. Without a network use "
        "--dataset demo, or stl10:/path with the official stl10_binary folder."
    )
