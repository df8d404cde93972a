"""Fuzzed requests to every route: no traceback, and no byte of a file that is no image of a run."""

from __future__ import annotations

import asyncio
import random
import shutil
from pathlib import Path
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from starlette.applications import Starlette

from benchmarks.campaign import values, world
from benchmarks.campaign.figures import Figures
from core import runs
from dashboard.server import cells, images, overlays, signing, uploads

SECRET = b"what nobody may read"
WITHIN = ("..", "%2e%2e", "..%2f", "%2f", "//", "\\", "%00", "%", "~", ";", "?", "#", "%c0%af")
METHODS = ("GET", "GET", "GET", "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "X")
HEADERS = ("host", "range", "if-none-match", "x-name", "content-length", "cookie", "save-data")
OUTSIDE = ("../secret.png", "../../photos/../secret.png", "/etc/passwd", "test/../../secret.png")


def fuzzed(place: Path, short: bool) -> Figures:
    """Addresses that this server signed, changed in every way, and signed ones of hostile runs."""
    found, draw = Figures("fuzzed requests"), random.Random(2)
    run = world.make(place)
    _put_secrets(place, run)
    parts = (images, overlays, cells, uploads)
    app = Starlette(routes=[route for part in parts for route in part.routes()])
    signed = _signed(run)
    for _ in range(1_000 if short else 10_000):
        _judge(found, app, *_drawn(draw, signed), signed)
    for path in _of_hostile_run(run):
        _judge(found, app, "GET", path, {}, signed)
    found.show()
    return found


def _put_secrets(place: Path, run: runs.Run) -> None:
    for folder in (place, place / "photos", run.folder, place / "artifacts"):
        (folder / "secret.txt").write_bytes(SECRET)
    picture = Image.new("RGB", (8, 8), "red")
    picture.save(place / "secret.png")
    with (place / "secret.png").open("ab") as file:
        file.write(SECRET)


def _signed(run: runs.Run) -> list[str]:
    """What pages of this server hold."""
    pictures = [images.url(run.id, split, k) for split in ("test", "train") for k in range(6)]
    maps = [overlays.url(run.id, "test", 0, overlays.toward(0)), cells.url(run.id, "test")]
    return [*pictures, *maps, uploads.url()]


def _drawn(draw: random.Random, signed: list[str]) -> tuple[str, str, dict[str, str]]:
    """A method, a path and headers."""
    parts = draw.choice(signed).split("/")
    for _ in range(draw.choice([0, 1, 1, 2, 3])):
        at = draw.randrange(1, len(parts))
        odd = draw.choice([*WITHIN, *values.IN_ADDRESSES, "secret.txt", draw.choice(signed)])
        changed = [odd, parts[at] + odd, parts[at][::-1], parts[at][:-1], quote(odd, safe="")]
        parts[at] = draw.choice(changed)
    headers = {
        name: draw.choice(values.IN_ADDRESSES)[:200]
        for name in draw.sample(HEADERS, draw.choice([0, 0, 1, 2]))
    }
    return draw.choice(METHODS), "/".join(parts), headers


def _judge(
    found: Figures, app: Starlette, method: str, path: str, headers: dict[str, str], signed: list
) -> None:
    label = f"{method} {path!r:.150} {headers!r:.80}"
    try:
        status, kind, body = asyncio.run(_asked(app, method, path, headers))
    except Exception as error:
        found.end("error")
        found.say(f"{label}: {error!r}")
        return
    found.end(str(status))
    if status >= 500 and status != 507:
        found.say(f"{label}: {status}")
    if SECRET in body or b"root:" in body:
        found.say(f"{label}: gives a file that is no image")
    own = unquote(path.partition("?")[0]) in map(unquote, signed) or "/hostile/" in path
    if status == 200 and not own:
        found.say(f"{label}: {kind}, {len(body)} bytes of what was not signed")


async def _asked(
    app: Starlette, method: str, path: str, headers: dict[str, str]
) -> tuple[int, str, bytes]:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"a,b\n", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    asked, _, query = path.partition("?")
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": unquote(asked),
        "raw_path": asked.encode("utf-8", "replace"), "query_string": query.encode(),
        "root_path": "", "scheme": "http", "server": ("test", 80),
        "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in headers.items()],
    }  # fmt: skip
    await app(scope, receive, send)
    told = dict(sent[0]["headers"])
    kind = told.get(b"content-type", b"").decode()
    return sent[0]["status"], kind, b"".join(each.get("body", b"") for each in sent[1:])


def _of_hostile_run(run: runs.Run) -> list[str]:
    """Signed addresses of images of a run whose table names files that are none of its own."""
    folder = run.folder.with_name("hostile")
    shutil.copytree(run.folder, folder)
    table = pq.read_table(folder / "predictions.parquet")
    paths = pa.array([OUTSIDE[k % len(OUTSIDE)] for k in range(len(table))])
    at = table.schema.names.index("path")
    pq.write_table(table.set_column(at, "path", paths), folder / "predictions.parquet")
    odd = [(k, 256) for k in range(40)] + [(-1, 256), (10**9, 256), (0, 0), (0, 10**7), (1, 1)]
    found = [images.url("hostile", "test", index, size) for index, size in odd]
    traversed = f"../{run.id}/test/0/256"
    return [*found, f"/images/{quote(traversed)}/{signing.signature(traversed)}"]
