"""Whom the server answers: requests for the names of `server.allowedHosts`, and nobody else's.

A page of another site can have its name point at this machine (DNS rebinding), and is then of the
same origin as the dashboard to its browser; but it still asks for its own name. Streamlit looks at
that for its WebSocket alone, so what is fetched is looked at here.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.server.responses import refused
from dashboard.server.signing import base_path

PROBE = "/_stcore/health"  # says nothing but that it runs, and is asked for by address
REFUSAL = (
    "This dashboard does not answer under that name. Whoever runs it can allow it by the option "
    "--server.allowedHosts NAME."
)


class OnlyKnownHosts:
    """Middleware: 403 for a request that asks for the name of another server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope).get("host", "") if scope["type"] == "http" else None
        allowed = st.get_option("server.allowedHosts")
        probed = scope.get("path") == base_path() + PROBE
        if asked is None or probed or is_allowed(asked, allowed):
            await self.app(scope, receive, send)
        else:
            await refused(403, REFUSAL)(scope, receive, send)


def is_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether a Host header names one of these: `*` is any, `*.example.org` any below it."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return not allowed
    patterns = [pattern.strip().lower().rstrip(".") for pattern in allowed]
    return not patterns or any(
        pattern in ("*", name) or (pattern[:2] == "*." and name.endswith(pattern[1:]))
        for pattern in patterns
    )
