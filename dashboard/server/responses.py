"""How the routes answer: what browsers may keep, and what stands in for a lost picture."""

from __future__ import annotations

import hashlib
import time

from starlette.requests import Request
from starlette.responses import Response

FOREVER = "private, max-age=31536000, immutable"
PLACEHOLDER = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
<rect width="96" height="96" fill="#8a9099" fill-opacity=".18"/>
<g fill="none" stroke="#8a9099" stroke-width="3" stroke-linejoin="round" stroke-linecap="round">
<rect x="24" y="28" width="48" height="40" rx="4"/>
<path d="M24 60l14-13 10 9 8-7 16 14M22 74L74 22"/>
</g></svg>"""
_last_sent = 0.0


def sent_since(moment: float) -> bool:
    """Whether a picture was sent after a moment of `time.monotonic`."""
    return _last_sent > moment


def answer(request: Request, data: bytes, kind: str, caching: str) -> Response:
    global _last_sent
    _last_sent = time.monotonic()
    tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=kind, headers=headers)


def refused(status: int, text: str) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(text, status, media_type="text/plain", headers=headers)
