"""The server, `streamlit run dashboard/app.py`: pages begin in frame.py, images have a route."""

from __future__ import annotations

import gc
import logging
import socket
import threading
from asyncio import base_events
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import artifacts
from dashboard.server import (
    cells,
    changes,
    downloads,
    images,
    memory,
    overlays,
    sweeping,
    uploads,
)
from dashboard.server.hosts import OnlyKnownHosts
from dashboard.server.shell import WithStyle
from dashboard.server.signing import base_path

AHEAD = "/ahead/{run}/{split}/{column}/{descending}/{signature}"
CSS = Path(__file__).with_name("browser") / "frame.css"
GROUNDS = {"page": "backgroundColor", "sidebar": "sidebar.backgroundColor"}
INTERNET = (socket.AF_INET, socket.AF_INET6)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncGenerator[None]:
    """Load the slow libraries while the browser opens, so that the first page need not."""
    # A line for each image would bury what matters, and would write signed URLs to a log.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    memory.share_arenas()
    threading.Thread(target=_warm_up, daemon=True).start()
    _first_run()
    sweeping.begin()
    yield


def _first_run() -> None:
    """Something to look at where nobody has trained anything yet."""
    if artifacts.runs_dir().exists():
        return
    from core.runs import shipped  # brings pandas: every later start does without

    try:
        shipped.copy_into_new_folder()
    except OSError as error:
        logging.getLogger(__name__).warning("The demo run cannot be copied: %s", error)


def _warm_up() -> None:
    from core.queries import engine
    from dashboard.session import state  # noqa: F401

    engine.warm_up()
    gc.collect()
    gc.freeze()  # what is loaded stays: it need not be looked through each time


def _send_at_once(connection: socket.socket) -> None:
    """Set TCP_NODELAY, as asyncio does by itself for a socket that says that it is of TCP.

    Streamlit's does not say so (socket.proto is 0, here with 1.67): the body of every image, and
    every second message, waited 40 ms for the browser to acknowledge what went before.
    """
    if connection.type == socket.SOCK_STREAM and connection.family in INTERNET:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _look_ahead(request: Request) -> Response:
    """The tiles of a cell that is about to be clicked."""
    from dashboard.components import ahead  # brings pandas, and the server starts without

    return ahead.serve(request)


def _style() -> str:
    """Our rules for what Streamlit draws, and the grounds of what stays while the rest scrolls."""
    options = {name: (f"theme.light.{of}", f"theme.dark.{of}") for name, of in GROUNDS.items()}
    both = {name: map(str, map(st.get_option, pair)) for name, pair in options.items()}
    grounds = " ".join(f"--{name}: light-dark({', '.join(hues)});" for name, hues in both.items())
    return f".stApp {{ {grounds} }}\n{CSS.read_text(encoding='utf-8')}"


def _to_overview(request: Request) -> Response:
    """The first page by its own name, as the other pages have one."""
    return RedirectResponse(f"{base_path()}/?{request.url.query}")


base_events._set_nodelay = _send_at_once  # ty: ignore[missing-attribute]  # private, so no stub
app = st.App(
    "frame.py",
    routes=[
        *images.routes(),
        *overlays.routes(),
        *cells.routes(),
        *changes.routes(),
        *downloads.routes(),
        *uploads.routes(),
        Route(base_path() + AHEAD, _look_ahead),
        Route(base_path() + "/overview", _to_overview),
    ],
    middleware=[
        Middleware(OnlyKnownHosts),
        Middleware(WithStyle, css=_style()),
    ],
    lifespan=lifespan,
)
