"""The first page that a browser gets has our rules in it; all else goes out as it is."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.server.shell import WithStyle

PAGE = "<html><title>Streamlit</title><body>é</body></html>"
ANSWERS = {
    "/": HTMLResponse(PAGE, headers={"ETag": '"a"'}),
    "/text": PlainTextResponse(PAGE),
    "/gone": HTMLResponse(PAGE, status_code=404),
}


@pytest.fixture
def client():
    routes = [Route(path, lambda request, found=found: found) for path, found in ANSWERS.items()]
    return TestClient(WithStyle(Starlette(routes=routes), css="p { color: red }"))


def test_rules_stand_at_the_end_of_a_page(client):
    answer = client.get("/", headers={"accept": "text/html"})
    assert answer.text == (
        "<html><title>Fencepost</title><body>é<style>p { color: red }</style></body></html>"
    )
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("path", "accept"), [("/", "image/png"), ("/text", "text/html"), ("/gone", "text/html")]
)
def test_nothing_else_is_changed(client, path, accept):
    assert client.get(path, headers={"accept": accept}).text == PAGE
