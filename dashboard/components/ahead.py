"""The images of a cell before it is clicked: the one that the mouse rests on is probably the next.

The browser asks for the tiles of that one cell, at most a page of them, and fetches their images.
"""

from __future__ import annotations

import hmac
import json
import re

from starlette.requests import Request
from starlette.responses import Response

from core import artifacts, queries
from core.errors import FencepostError
from core.queries.rankings import RANKINGS, Order, natural_ranking
from core.queries.selection import Cell, Selection
from core.runs import Run
from dashboard.components.tile_data import captioned
from dashboard.server import images, responses, signing
from dashboard.session import state

MOST = 24  # tiles
PLACE = re.compile(r"(\d{1,6})-(\d{1,6})")


def url(run: Run, selection: Selection, order: Order) -> str:
    """Where the browser asks, as the selection is now; empty where it would get other images."""
    if selection.ranges or selection.values:
        return ""
    column, descending = state.order_of_next(order)
    if column != state.AUTO and column not in RANKINGS:
        return ""
    path = f"{run.id}/{selection.split}/{column}/{descending:d}"
    return f"{signing.base_path()}/ahead/{path}/{signing.signature(f'ahead/{path}')}"


def serve(request: Request) -> Response:
    """The tiles of the cell that the query names, as JSON; nothing on a metered connection."""
    run_id, split, column, descending, signed = request.path_params.values()
    path = f"ahead/{run_id}/{split}/{column}/{descending}"
    if not hmac.compare_digest(signing.signature(path).encode(), signed.encode()):
        return responses.refused(403, "This link is not from this server: reload the page.")
    place = PLACE.fullmatch(request.query_params.get("cell", ""))
    if not place or request.headers.get("save-data", "").lower() == "on":
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    try:
        run = images.known(str(artifacts.root()), run_id)
        cell = (int(place[1]), int(place[2]))
        data = _tiles(run, split, cell, column, descending == "1")
    except FencepostError:
        return responses.refused(404, "There are no such images.")
    return responses.answer(request, data, "application/json", responses.FOREVER)


def _tiles(run: Run, split: str, cell: Cell, column: str, descending: bool) -> bytes:
    if max(cell) >= len(run.classes):
        return b"[]"
    chosen = Selection(split, labels=(cell[0],), preds=(cell[1],))
    ranking = natural_ranking(chosen, run) if column == state.AUTO else column
    found = queries.ranked(run, chosen, ranking, descending=descending, limit=MOST)
    return json.dumps(captioned(run, found, split, ranking)).encode()
