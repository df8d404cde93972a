"""Pictures with a map over them: signed as images are, and drawn so that the map can be seen."""

from __future__ import annotations

import asyncio
import io

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from starlette.applications import Starlette

from core import explain
from core.errors import ExplainError
from core.explain import saliency
from core.models.preprocessing import Preprocessing, notebook
from dashboard.server import images, overlays, responses
from tests import planted

EVERYWHERE = np.ones((7, 7), dtype=np.float32)


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a request to the map route alone."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": url,
        "raw_path": url.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "server": ("test", 80), "headers": [],
    }  # fmt: skip
    asyncio.run(Starlette(routes=overlays.routes())(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(m.get("body", b"") for m in sent[1:])


@pytest.fixture
def left_half(monkeypatch):
    """Networks that look at the left half of every picture."""
    found = np.zeros((8, 8), dtype=np.float32)
    found[:, :4] = 1
    asked = []
    monkeypatch.setattr(saliency, "channel_map", lambda run, image, k: asked.append(k) or found)
    monkeypatch.setattr(saliency, "grad_cam", lambda run, image, k: asked.append(-k) or found)
    overlays._encoded.cache_clear()
    yield asked
    overlays._encoded.cache_clear()


def test_the_map_lies_over_the_picture(run, left_half):
    status, headers, body = get(overlays.url("drawn", "test", 43, overlays.channel(5)))
    assert (status, headers["content-type"]) == (200, "image/webp")
    assert "immutable" in headers["cache-control"]
    pixels = np.asarray(Image.open(io.BytesIO(body)).convert("RGB"), dtype=float)
    assert pixels.shape == (overlays.SIDE, overlays.SIDE, 3)
    light, dark = pixels[:, :90].mean(axis=(0, 1)), pixels[:, 170:].mean(axis=(0, 1))
    assert light == pytest.approx((120, 120, 188), abs=4)  # as it was drawn, but for one pixel
    assert dark == pytest.approx(0.18 * light + 0.82 * overlays.SHADE, abs=6)
    assert left_half == [5]


def test_a_class_gets_grad_cam_and_is_computed_once(run, left_half):
    url = overlays.url("drawn", "test", 1, overlays.toward(2))
    assert get(url)[2] == get(url)[2]
    assert left_half == [-2]


def test_what_a_network_cuts_away_was_not_seen():
    grey = Image.new("RGB", (100, 100), (200, 200, 200))
    view = Preprocessing(size=64, resize=128, cut="centre")
    drawn = np.asarray(overlays.laid_over(grey, EVERYWHERE, view), dtype=float)
    assert drawn[70:186, 70:186].mean() == pytest.approx(200, abs=1)
    assert drawn[:60].mean() < 80


def test_what_lies_outside_the_centre_square_was_not_seen():
    wide = Image.new("RGB", (96, 48), (200, 200, 200))
    drawn = np.asarray(overlays.laid_over(wide, EVERYWHERE, notebook()), dtype=float)
    assert drawn.shape == (256, 512, 3)
    assert drawn[:, 200:300].mean() == pytest.approx(200, abs=1)
    assert drawn[:, :100].mean() < 80
    assert drawn[:, 420:].mean() < 80


@pytest.mark.parametrize("change", ["signature", "index", "kind", "run", "split"])
def test_an_altered_url_is_refused(run, left_half, change):
    parts = overlays.url("drawn", "test", 1, "toward-0").split("/")
    place = {"run": 2, "split": 3, "index": 4, "kind": 5, "signature": 6}[change]
    parts[place] = {"index": "2", "kind": "toward-1", "run": "other", "split": "train"}.get(
        change, "0" * 32
    )
    status, headers, body = get("/".join(parts))
    assert (status, headers["cache-control"]) == (403, "no-store")
    assert b"WEBP" not in body
    assert not left_half


def test_a_signature_for_an_image_opens_no_map(run, left_half):
    signed = images.url("drawn", "test", 1).split("/")[-1]
    assert get(f"/maps/drawn/test/1/{images.TILE}/{signed}")[0] == 403


def test_what_cannot_be_drawn_is_a_placeholder(run, left_half, monkeypatch):
    for kind in ("odd", "channel-x", "toward-", "shared-1-0-all"):
        assert get(overlays.url("drawn", "test", 1, kind))[2] == responses.PLACEHOLDER

    def fail(run, image, k):
        raise ExplainError("no network")

    monkeypatch.setattr(saliency, "grad_cam", fail)
    status, headers, body = get(overlays.url("drawn", "test", 1, "toward-0"))
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert body == responses.PLACEHOLDER
    assert get(overlays.url("nothing", "test", 1, "toward-0"))[0] == 404


def test_it_stands_below_the_base_path(run, left_half, monkeypatch):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "prefix/"}.__getitem__)
    url = overlays.url("drawn", "test", 0, "toward-0")
    assert url.startswith("/prefix/maps/drawn/test/0/toward-0/")
    assert get(url)[0] == 200
    assert get(url.removeprefix("/prefix"))[0] == 404


def test_a_network_that_cannot_be_opened_says_so(run, monkeypatch):
    monkeypatch.setattr(overlays, "HEAD_START", 0)
    assert overlays.opened(run) is None
    overlays.start_opening(run)
    with pytest.raises(ExplainError, match="keeps no network that can be opened"):
        overlays._opening[str(run.folder)].result(timeout=60)
    with pytest.raises(ExplainError):
        overlays.opened(run)
    overlays.forget(run)
    assert overlays.opened(run) is None


def test_where_the_errors_have_what_they_share(save_tiny, monkeypatch):
    run, _ = planted.save(save_tiny)
    overlays._shared.cache_clear()
    asked = []
    monkeypatch.setattr(saliency, "direction_map", lambda *given: asked.append(given) or EVERYWHERE)
    found = overlays._map(run, Image.new("RGB", (9, 9)), overlays.shared(1, 0, "test"))
    assert found is EVERYWHERE
    [(_, _, direction, least)] = asked
    explanation = explain.explain(run, 1, 0)
    half = explain.halves(explanation).suggests
    assert direction.argmax() == planted.FENCE
    right = run.features()[half.right].astype(np.float32) @ direction
    assert least == pytest.approx(right.mean(), rel=1e-4)
