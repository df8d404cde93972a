"""The route that serves all cells of a confusion matrix: too many to send with each click."""

from __future__ import annotations

import hmac
import json
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import artifacts
from core.errors import FencepostError
from dashboard.server import images, responses, signing


def url(run_id: str, split: str) -> str:
    """Where the browser gets the cells of a run."""
    path = f"{run_id}/{split}"
    return f"{signing.base_path()}/cells/{path}/{signing.signature(f'cells/{path}')}"


def routes() -> list[Route]:
    """The route, below the base path."""
    return [Route(signing.base_path() + "/cells/{run}/{split}/{signature}", serve)]


def serve(request: Request) -> Response:
    """The names of the classes, and label, pred and count of every cell that is not empty."""
    run_id, split, signed = request.path_params.values()
    expected = signing.signature(f"cells/{run_id}/{split}")
    if not hmac.compare_digest(expected.encode(), signed.encode()):
        return responses.refused(403, "This link is not from this server: reload the page.")
    try:
        images.known(str(artifacts.root()), run_id)  # deleted ones are not
        data = _cells(str(artifacts.root()), run_id, split)
    except FencepostError:
        return responses.refused(404, "There is no such run.")
    return responses.answer(request, data, "application/json", responses.FOREVER)


@lru_cache(maxsize=8)
def _cells(root: str, run_id: str, split: str) -> bytes:
    import numpy as np  # the server listens before these are loaded

    from core import queries

    run = images.known(root, run_id)
    counts = queries.confusion(run, split)
    labels, preds = np.nonzero(counts)
    found = {"labels": labels, "preds": preds, "counts": counts[labels, preds]}
    cells = {name: values.tolist() for name, values in found.items()}
    return json.dumps({"classes": list(run.classes), **cells}, separators=(",", ":")).encode()
