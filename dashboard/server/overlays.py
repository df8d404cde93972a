"""Where the network looked, laid over pictures: a signed route, and opening networks meanwhile.

The network is opened in a thread, as torch takes seconds to load: pages draw without waiting.
"""

from __future__ import annotations

import hmac
import re
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import artifacts
from core.errors import FencepostError, RunError
from core.models.lazy_torch import load_torch, missing
from core.models.preprocessing import Preprocessing
from core.runs import Run
from core.runs import images as run_images
from dashboard.server import images, responses, signing

SIDE = 256  # pixels of the shorter side that the map is laid over, so that it is smooth
SHADE = np.array([38, 12, 74], dtype=np.float32)
DARKEST = 0.82  # how much of the shade lies where the network did not look
EDGE = np.array([255, 196, 61], dtype=np.float32)  # of the part above half of the largest
HEAD_START = 1.0  # seconds in which the page is drawn first
KIND = re.compile(r"(channel|toward)-(\d{1,6})|shared-(\d{1,6})-(\d{1,6})-(train|val|test)")

_opener = ThreadPoolExecutor(1, thread_name_prefix="network")
_opening: dict[str, Future[str]] = {}


def channel(k: int) -> str:
    """The kind of map that shows where a channel responds."""
    return f"channel-{k}"


def toward(k: int) -> str:
    """The kind of map that shows what speaks for a class."""
    return f"toward-{k}"


def shared(label: int, pred: int, split: str) -> str:
    """The kind of map that shows where there is what the errors of a confusion share."""
    return f"shared-{label}-{pred}-{split}"


def url(run_id: str, split: str, index: int, kind: str) -> str:
    """Where the browser gets a picture of a run with a map over it."""
    path = f"{run_id}/{split}/{index}/{kind}"
    return f"{signing.base_path()}/maps/{path}/{signing.signature(f'maps/{path}')}"


def routes() -> list[Route]:
    """The route, below the base path."""
    return [Route(signing.base_path() + "/maps/{run}/{split}/{index}/{kind}/{signature}", serve)]


def serve(request: Request) -> Response:
    """One picture with its map; a plain function, so that it is computed in a thread."""
    run_id, split, index, kind, signed = request.path_params.values()
    path = f"maps/{run_id}/{split}/{index}/{kind}"
    if not hmac.compare_digest(signing.signature(path).encode(), signed.encode()):
        return responses.refused(403, "This link is not from this server: reload the page.")
    try:
        run = images.known(str(artifacts.root()), run_id)
        data = _encoded(str(artifacts.root()), run.id, split, int(index), kind)
    except RunError:
        return responses.refused(404, "There is no such run.")
    except FencepostError:
        return responses.answer(request, responses.PLACEHOLDER, "image/svg+xml", "no-store")
    return responses.answer(request, data, "image/webp", responses.FOREVER)


@lru_cache(maxsize=256)
def _encoded(root: str, run_id: str, split: str, index: int, kind: str) -> bytes:
    """The picture, WebP. A map takes a pass through the network, so some are kept."""
    run = images.known(root, run_id)
    picture = run_images.open_images(run).image(split, index).convert("RGB")
    drawn = laid_over(picture, _map(run, picture, kind), run_images.view_of(run))
    return images.encode(drawn, "WEBP", quality=88, method=2)


def _map(run: Run, picture: Image.Image, kind: str) -> np.ndarray:
    load_torch()
    from core.explain import saliency

    if not (found := KIND.fullmatch(kind)):
        raise FencepostError(f"There is no map {kind!r}.")
    if found[1]:
        draw = saliency.channel_map if found[1] == "channel" else saliency.grad_cam
        return draw(run, picture, int(found[2]))
    cell = int(found[3]), int(found[4])
    what = _shared(str(artifacts.root()), run.id, *cell, found[5])
    return saliency.direction_map(run, picture, *what)


@lru_cache(maxsize=16)
def _shared(root: str, run_id: str, label: int, pred: int, split: str) -> tuple[np.ndarray, float]:
    """What the errors of a confusion share, and how much of it their right images have."""
    from core import explain  # not when the server starts

    run = images.known(root, run_id)
    found = explain.explain(run, label, pred, split=split)
    half = explain.halves(found).suggests
    right = explain.scores(run, found, half, half.right)
    return explain.direction(run, found, half), float(right.mean())


def laid_over(picture: Image.Image, found: np.ndarray, view: Preprocessing) -> Image.Image:
    """The picture in a dark shade but where the map is high: that stays as it is, in a line.

    Args:
        found: (S, S) in 0..1, of what the network was shown of the picture.
        view: which part that is; the rest was not seen.
    """
    width, height = picture.size
    scale = SIDE / min(width, height)
    width, height = max(SIDE, round(width * scale)), max(SIDE, round(height * scale))
    left, top, right, bottom = map(round, view.seen(width, height))
    part = Image.fromarray(found.astype(np.float32))
    part = part.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
    whole = Image.new("F", (width, height))
    whole.paste(part, (left, top))
    seen = np.asarray(whole)
    shade = (DARKEST * (1 - seen) ** 1.5)[..., None]
    pixels = np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC), np.float32)
    mixed = pixels * (1 - shade) + SHADE * shade
    edge = _edge(seen)[..., None]
    mixed = mixed * (1 - edge) + EDGE * edge
    return Image.fromarray(mixed.round().astype(np.uint8))


def _edge(seen: np.ndarray) -> np.ndarray:
    """(H, W) in 0..1: a line of about two pixels where the map crosses one half."""
    down, right = np.gradient(seen)
    steepness = np.maximum(np.hypot(down, right), 1e-3)
    return 0.9 * np.clip(1.8 - np.abs(seen - 0.5) / steepness, 0, 1)


def start_opening(run: Run) -> None:
    """Open the network of a run in the background, unless that is done or under way."""
    if str(run.folder) not in _opening:
        _opening[str(run.folder)] = _opener.submit(_open, run)


def forget(run: Run) -> None:
    """Try again to open a network that could not be opened."""
    future = _opening.get(str(run.folder))
    if future and future.done() and future.exception():
        del _opening[str(run.folder)]


def opened(run: Run) -> str | None:
    """What the maps of this run are, in words; None while its network is not open yet.

    Raises:
        FencepostError: it cannot be opened.
    """
    future = _opening.get(str(run.folder))
    return future.result() if future and future.done() else None


def _open(run: Run) -> str:
    # Seconds of loading, in which the page would be drawn slower.
    if "torch" not in sys.modules and not missing():
        time.sleep(HEAD_START)
    load_torch()
    from core.explain import saliency

    network = saliency.open_network(run)
    height, width = network.grid
    if network.is_features:
        return f"Bright where it looked, on its last map of {height} by {width} places."
    squares = f"{saliency.GRID} by {saliency.GRID} squares"
    return (
        f"Bright where it looked, by input times gradient summed over {squares}"
        ": the channels of its last map are not the features."
    )
