"""The route that serves images: it answers only URLs that this server has signed."""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
import threading
from functools import lru_cache

import streamlit as st
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import artifacts, run_images
from core.errors import DatasetError, RunError
from core.run_images import FileRunImages
from core.runs import Run, open_run
from dashboard import thumbnails

TILE, LARGE = 256, 1024  # pixels of the longer side; smaller images are sent as they are
# The routes stand outside st.login, so a URL must be one that a page of this process has drawn.
KEY = secrets.token_bytes(32)
FOREVER = "private, max-age=31536000, immutable"
PLACEHOLDER = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
<rect width="96" height="96" fill="#8a9099" fill-opacity=".18"/>
<g fill="none" stroke="#8a9099" stroke-width="3" stroke-linejoin="round" stroke-linecap="round">
<rect x="24" y="28" width="48" height="40" rx="4"/>
<path d="M24 60l14-13 10 9 8-7 16 14M22 74L74 22"/>
</g></svg>"""
SENT = threading.Event()  # whether this server has ever sent an image


def wait_for_first(seconds: float = 0.8) -> None:
    """Let the first images of a new server reach the browser before what follows in a page.

    Plotly is 4.7 MB, and keeps the browser's only thread busy for 0.7 s: asked for together with
    the images, it comes first. Once an image was sent this returns at once, for ever.
    """
    SENT.wait(seconds)


def base_path() -> str:
    """What every URL of this server starts with: `/prefix` or nothing."""
    prefix = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}" if prefix else ""


def url(run_id: str, split: str, index: int, size: int = TILE) -> str:
    """Where the browser gets an image of a run."""
    path = f"{run_id}/{split}/{index}/{size}"
    return f"{base_path()}/images/{path}/{signature(path)}"


def signature(path: str) -> str:
    """What only this process can write under a path."""
    return hmac.new(KEY, path.encode(), hashlib.sha256).hexdigest()[:32]


def routes() -> list[Route]:
    """The route, below the base path: Streamlit does not put it there by itself."""
    path = "/images/{run}/{split}/{index}/{size}/{signature}"
    return [Route(base_path() + path, serve)]


def serve(request: Request) -> Response:
    """One image; a plain function, so that Starlette decodes in a thread of its own."""
    run_id, split, index, size, signed = request.path_params.values()
    path = f"{run_id}/{split}/{index}/{size}"
    if not hmac.compare_digest(signature(path).encode(), signed.encode()):
        return refused(403, "This link is not from this server: reload the page.")
    try:
        run = known(str(artifacts.root()), run_id)
        data, kind = encoded(run, split, int(index), int(size))
    except RunError:
        return refused(404, "There is no such run.")
    except DatasetError:
        return answer(request, PLACEHOLDER, "image/svg+xml", "no-store")
    return answer(request, data, kind, FOREVER)


def known(root: str, run_id: str) -> Run:
    run = _opened(root, run_id)
    if not run.folder.exists():
        raise RunError(f"Run {run_id} was deleted.")
    return run


@lru_cache(maxsize=16)
def _opened(root: str, run_id: str) -> Run:
    return open_run(run_id)


def encoded(run: Run, split: str, index: int, size: int) -> tuple[bytes, str]:
    """An image no larger than `size`, and its content type.

    Raises:
        DatasetError: it is gone, or cannot be read.
    """
    source = run_images.open_images(run)
    if not isinstance(source, FileRunImages):
        return reduced(source.image(split, index), size)
    name = thumbnails.key(source.file(split, index), size)
    if kept := thumbnails.get(name):
        return kept, "image/webp"
    data, kind = reduced(source.image(split, index, near=size), size)
    if kind == "image/webp":
        thumbnails.put(name, data)
    return data, kind


def reduced(image: Image.Image, size: int) -> tuple[bytes, str]:
    """The image no larger than `size`, and its content type.

    Small images without loss, larger ones reduced: there WebP is the smallest by far.
    """
    if max(image.size) <= size:
        return encode(image, "PNG", compress_level=1), "image/png"
    image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return encode(image, "WEBP", quality=88, method=2), "image/webp"


def encode(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def answer(request: Request, data: bytes, kind: str, caching: str) -> Response:
    SENT.set()
    tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=kind, headers=headers)


def refused(status: int, text: str) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(text, status, media_type="text/plain", headers=headers)
