"""The route that takes a table of predictions: written to disk as it comes, never held in memory.

Streamlit's own uploads are kept in memory, and stay at a megabyte.
"""

from __future__ import annotations

import contextlib
import hmac
import re
import secrets
import shutil
import time
from pathlib import Path
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import artifacts
from dashboard.server import access
from dashboard.server.responses import refused
from dashboard.server.signing import base_path, signature

MOST = 500 * 1024 * 1024  # bytes
KEPT = 24 * 3600  # seconds, after which a table that nobody opened is removed
SUFFIXES = (".csv", ".tsv", ".txt", ".gz", ".parquet", ".pq", ".jsonl", ".ndjson", ".json", ".npz")
TOKEN = re.compile(r"[0-9a-f]{32}")


def url() -> str:
    """Where this page may put one table."""
    token = secrets.token_hex(16)
    return f"{base_path()}/uploads/{token}/{signature(f'upload/{token}')}"


def routes() -> list[Route]:
    return [Route(base_path() + "/uploads/{token}/{signature}", receive, methods=["PUT"])]


def place(token: str, name: str) -> Path | None:
    """Where the table of this token and name was put, if it was."""
    if not TOKEN.fullmatch(token) or name != _plain(name):
        return None
    file = _root() / token / name
    return file if file.is_file() else None


async def receive(request: Request) -> Response:
    """Write what comes to disk; a name that is no table's, and more than MOST, are refused."""
    token, signed = request.path_params["token"], request.path_params["signature"]
    if not hmac.compare_digest(signature(f"upload/{token}").encode(), signed.encode()):
        return refused(403, "This link is not from this server: reload the page.")
    if not access.allowed(None, "store"):
        return refused(403, "This dashboard is read-only.")
    name = _plain(unquote(request.headers.get("x-name", "")))
    if not name.lower().endswith(SUFFIXES):
        return refused(415, f"{name or 'It'} is no table: give one of {', '.join(SUFFIXES)}.")
    if _said(request) > MOST:
        return refused(413, f"A table may have {MOST >> 20} MB: name its path instead.")
    folder = _root() / token
    if folder.exists():
        return refused(409, "This link has been used: reload the page.")
    sweep()
    return await _written(request, folder, name)


async def _written(request: Request, folder: Path, name: str) -> Response:
    whole, size = False, 0
    try:
        folder.mkdir(parents=True)
        with (folder / f".{name}").open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST:
                    return refused(413, f"A table may have {MOST >> 20} MB: name its path instead.")
                file.write(chunk)
        (folder / f".{name}").rename(folder / name)
        whole = True
    except ClientDisconnect:
        return refused(400, "It was broken off.")
    except OSError as error:
        return refused(507, artifacts.in_words(error))
    finally:
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)
    return JSONResponse({"token": folder.name, "name": name})


def _plain(name: str) -> str:
    """The last part of a name, without what no file should be called."""
    last = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/").rpartition("/")[2])
    return last.lstrip(".")[-120:]


def _said(request: Request) -> int:
    length = request.headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _root() -> Path:
    return artifacts.root() / "uploads"


def sweep() -> None:
    """Remove the tables that nobody opened within a day."""
    for folder in _root().glob("*"):
        with contextlib.suppress(OSError):  # another server swept it
            if time.time() - folder.stat().st_mtime > KEPT:
                shutil.rmtree(folder, ignore_errors=True)
