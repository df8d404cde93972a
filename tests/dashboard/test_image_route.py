"""The image route answers what a page of this server has linked, and nothing else."""

from __future__ import annotations

import asyncio
import io
import shutil

import pytest
import streamlit as st
from PIL import Image
from starlette.applications import Starlette

from dashboard.server import images, responses


def get(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a request to the routes alone."""
    sent = []
    url, _, query = address.partition("?")

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": url,
        "raw_path": url.encode(),
        "query_string": query.encode(), "root_path": "", "scheme": "http", "server": ("test", 80),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    asyncio.run(Starlette(routes=images.routes())(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(m.get("body", b"") for m in sent[1:])


def test_a_small_image_comes_as_it_is(run):
    status, headers, body = get(images.url("drawn", "test", 43))
    assert status == 200
    assert headers["content-type"] == "image/png"
    assert headers["x-content-type-options"] == "nosniff"
    assert "immutable" in headers["cache-control"]
    picture = Image.open(io.BytesIO(body))
    assert picture.size == (48, 48)
    assert picture.getpixel((0, 0)) == (3, 1, 1)  # image 43 of test is the deer number 3


def test_a_large_image_comes_as_a_thumbnail(run):
    status, headers, body = get(images.url("drawn", "test", 0, size=32))
    assert (status, headers["content-type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(body)).size == (32, 32)


@pytest.mark.parametrize("side", ["large", "full"])
def test_a_picture_to_look_at_closely_comes_where_a_tile_was_signed(run, side):
    url = images.url("drawn", "test", 0, size=32)
    assert Image.open(io.BytesIO(get(f"{url}?side={side}")[2])).size == (48, 48)
    assert Image.open(io.BytesIO(get(f"{url}?side=999")[2])).size == (32, 32)


def test_what_the_browser_has_is_not_sent_again(run):
    url = images.url("drawn", "train", 0)
    _, headers, _ = get(url)
    status, _, body = get(url, if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("change", ["signature", "index", "size", "run", "split"])
def test_an_altered_url_is_refused(run, change):
    parts = images.url("drawn", "test", 1).split("/")
    place = {"run": 2, "split": 3, "index": 4, "size": 5, "signature": 6}[change]
    parts[place] = {"index": "2", "size": "512", "run": "other", "split": "train"}.get(
        change, "0" * 32
    )
    status, headers, body = get("/".join(parts))
    assert status == 403
    assert headers["cache-control"] == "no-store"
    assert b"\x89PNG" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/images/../../etc/passwd",
        "/images/drawn/test/..%2f..%2fetc%2fpasswd/256/0",
        "/images/drawn/test/0/256/",
        "/images/",
        "/images/drawn/test/0/256/ünicode",
    ],
)
def test_other_paths_are_refused(run, path):
    assert get(path)[0] in (403, 404)


def test_an_unknown_run_has_no_images_even_when_signed(run):
    assert get(images.url("nothing", "test", 0))[0] == 404
    assert get(images.url("../drawn", "test", 0))[0] == 404


def test_a_deleted_run_has_no_images_any_more(run):
    url = images.url("drawn", "test", 0)
    assert get(url)[0] == 200
    shutil.rmtree(run.folder)
    assert get(url)[0] == 404


def test_an_image_that_cannot_be_read_is_a_placeholder(run, tmp_path):
    (tmp_path / "photos/test/cat/000.png").write_bytes(b"no picture")
    status, headers, body = get(images.url("drawn", "test", 0))
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert headers["cache-control"] == "no-store"
    assert body == responses.PLACEHOLDER
    assert get(images.url("drawn", "test", 99_999))[2] == responses.PLACEHOLDER


def test_it_stands_below_the_base_path(run, monkeypatch):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "prefix/"}.__getitem__)
    url = images.url("drawn", "test", 0)
    assert url.startswith("/prefix/images/drawn/test/0/")
    assert get(url)[0] == 200
    assert get(url.removeprefix("/prefix"))[0] == 404
