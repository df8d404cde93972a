"""A table that is put to the server: written as it comes, and by signed links alone."""

from __future__ import annotations

import os
import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.server import uploads


@pytest.fixture
def client(artifacts_root):
    return TestClient(Starlette(routes=uploads.routes()))


def put(client, url=None, data=b"a,b\n1,2\n", name="mine.csv"):
    return client.put(url or uploads.url(), content=data, headers={"x-name": name})


def test_a_table_is_found_where_it_was_put(client):
    answer = put(client)
    assert answer.status_code == 200
    assert uploads.place(**answer.json()).read_bytes() == b"a,b\n1,2\n"


def test_a_name_leads_nowhere_else(client):
    answer = put(client, name="..%2F..%2Fruns%2Fmine.csv")
    assert answer.json()["name"] == "mine.csv"
    assert uploads.place(answer.json()["token"], "../mine.csv") is None
    assert uploads.place("../runs", "mine.csv") is None


def test_what_is_no_table_is_refused(client):
    assert put(client, name="run.exe").status_code == 415
    assert put(client, name="").status_code == 415


def test_a_link_of_nobody_is_refused(client, artifacts_root):
    url = uploads.url()
    assert put(client, url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
    assert not (artifacts_root / "uploads").exists()


def test_a_link_serves_once(client):
    url = uploads.url()
    assert [put(client, url).status_code for _ in range(2)] == [200, 409]


def test_more_than_is_allowed_leaves_nothing(client, artifacts_root, monkeypatch):
    monkeypatch.setattr(uploads, "MOST", 10)
    assert put(client, data=b"x" * 11).status_code == 413
    unsaid = client.put(
        uploads.url(), content=iter([b"x" * 6, b"x" * 6]), headers={"x-name": "a.csv"}
    )
    assert unsaid.status_code == 413
    assert not list((artifacts_root / "uploads").glob("*"))


def test_read_only_takes_nothing(client, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    assert put(client).status_code == 403


def test_what_nobody_opened_is_swept(client, artifacts_root):
    old = uploads.place(**put(client).json()).parent
    os.utime(old, (0, time.time() - uploads.KEPT - 1))
    put(client)
    assert not old.exists()
