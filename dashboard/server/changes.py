"""The route by which a page asks whether somebody else has changed what it shows.

It looks at a few file times and draws nothing, so asking every second costs next to nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import artifacts
from dashboard.server.responses import refused
from dashboard.server.signing import base_path, signature


def url(paths: Iterable[str]) -> str:
    """Where the state of these files and folders of the artifacts is told; see `state`."""
    named = ",".join(paths)
    return f"{base_path()}/changes/{signature(f'changes/{named}')}?of={named}"


def routes() -> list[Route]:
    return [Route(base_path() + "/changes/{signature}", tell)]


def tell(request: Request) -> Response:
    named = request.query_params.get("of", "")
    if request.path_params["signature"] != signature(f"changes/{named}"):
        return refused(403, "This link is not from this server: reload the page.")
    return PlainTextResponse(state(named.split(",")), headers={"Cache-Control": "no-store"})


def state(paths: Iterable[str]) -> str:
    """What changes whenever one of these files does, or what lies in one of these folders.

    Paths are below the artifacts. One that ends in `prefix*` stands for what begins so, one that
    ends in `/` for the names in a folder alone. Hidden files, as locks are, do not count.
    """
    found = [
        f"{file} {0 if path.endswith('/') else time}"
        for path in paths
        for file, time in _times(artifacts.root() / path)
    ]
    return hashlib.sha256("\n".join(found).encode("utf-8", "replace")).hexdigest()[:16]


def _times(path: Path) -> list[tuple[str, int]]:
    folder, prefix = (path.parent, path.name[:-1]) if path.name.endswith("*") else (path, "")
    try:
        with os.scandir(folder) as entries:
            found = [e for e in entries if e.name.startswith(prefix) and not e.name.startswith(".")]
            return sorted((entry.name, entry.stat().st_mtime_ns) for entry in found)
    except NotADirectoryError:
        return [(path.name, path.stat().st_mtime_ns)]
    except OSError:
        return []
