"""The route that serves images: it answers only URLs that this server has signed."""

from __future__ import annotations

import hmac
import io
from functools import lru_cache

from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import artifacts
from core.errors import DatasetError, RunError
from core.runs import Run, open_run
from core.runs import images as run_images
from core.runs.images import FileRunImages
from dashboard.server import thumbnails
from dashboard.server.kept import Kept
from dashboard.server.originals import as_it_lies
from dashboard.server.responses import FOREVER, PLACEHOLDER, answer, refused
from dashboard.server.signing import base_path, signature

TILE, LARGE = 256, 1024  # pixels of the longer side; smaller images are sent as they are
SIDES = {"large": LARGE, "full": 8192}  # that may be asked for where a smaller one was signed
KEPT = Kept()


def url(run_id: str, split: str, index: int, size: int = TILE) -> str:
    """Where the browser gets an image of a run."""
    path = f"{run_id}/{split}/{index}/{size}"
    return f"{base_path()}/images/{path}/{signature(path)}"


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
        side = SIDES.get(request.query_params.get("side", ""), int(size))
        data, kind = encoded(run, split, int(index), side)
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
        name = f"{run.dataset}/{run.fingerprint}/{split}/{index}/{size}"
        return KEPT.get(name) or KEPT.put(name, reduced(source.image(split, index), size))
    file = source.file(split, index)
    if found := as_it_lies(file, size):
        return found
    name = thumbnails.key(file, size)
    return KEPT.get(name) or KEPT.put(name, _thumbnail(source, split, index, size, name))


def _thumbnail(
    source: FileRunImages, split: str, index: int, size: int, name: str
) -> tuple[bytes, str]:
    """The one on the disk, else made now, and put there where it takes long to make."""
    if stored := thumbnails.get(name):
        return stored, "image/webp"
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
