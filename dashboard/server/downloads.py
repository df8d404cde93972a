"""The route that gives files away: each is made as it is sent, so no server holds one whole.

Streamlit's own downloads are held in memory, and for as long as their page is open.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core import artifacts
from core.errors import FencepostError
from dashboard.server import memory
from dashboard.server.responses import refused
from dashboard.server.signing import base_path, signature

Parts = Generator[bytes]
KEPT = 1_000  # offers: those of pages that were drawn long ago go first
AT_ONCE = 2  # files that are made: others wait, and pictures need not wait for any


@dataclass(frozen=True)
class Download:
    """A file that a page offers; `parts` begins to make it."""

    name: str
    kind: str
    parts: Callable[[], Parts]


_offered: OrderedDict[str, Download] = OrderedDict()
_lock = threading.Lock()


def url(key: str, download: Download) -> str:
    """Where this file can be had; the key says all that it depends on."""
    token = signature(f"download/{key}")
    with _lock:
        _offered[token] = download
        _offered.move_to_end(token)
        while len(_offered) > KEPT:
            _offered.popitem(last=False)
    return f"{base_path()}/downloads/{token}"


def routes() -> list[Route]:
    return [Route(base_path() + "/downloads/{token}", send)]


async def send(request: Request) -> Response:
    """The file; where it cannot be begun, the reason as text."""
    with _lock:
        offer = _offered.get(request.path_params["token"])
    if offer is None:
        return refused(404, "This file is no longer offered: reload the page.")
    parts = offer.parts()
    try:
        first = await _next(parts)
    except (FencepostError, OSError) as error:
        return refused(500, artifacts.in_words(error))
    name = f"attachment; filename*=UTF-8''{quote(offer.name, safe='')}"
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return StreamingResponse(_sent(first, parts), media_type=offer.kind, headers=headers)


async def _sent(first: bytes | None, parts: Parts) -> AsyncGenerator[bytes]:
    part = first
    try:
        while part is not None:
            yield part
            part = await _next(parts)
    finally:
        with suppress(ValueError):  # it was left while a part was made, and ends with that
            parts.close()
        await anyio.to_thread.run_sync(memory.give_back, limiter=_limiter())


async def _next(parts: Parts) -> bytes | None:
    return await anyio.to_thread.run_sync(next, parts, None, limiter=_limiter())


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(AT_ONCE)
