"""Files that a page offers: made as they are sent, by links of this server alone."""

from __future__ import annotations

import io
import zipfile

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.errors import RunError
from dashboard.server import downloads
from dashboard.server.downloads import Download
from dashboard.server.zipped import pieces, zipped


@pytest.fixture
def client():
    return TestClient(Starlette(routes=downloads.routes()))


def offer(parts, key="key", name="rows, all.csv") -> str:
    return downloads.url(key, Download(name, "text/csv", parts))


def test_a_file_is_sent_part_by_part_under_its_name(client):
    answer = client.get(offer(lambda: (part for part in (b"a,b\n", b"1,2\n"))))
    assert answer.content == b"a,b\n1,2\n"
    assert answer.headers["content-disposition"].endswith("rows%2C%20all.csv")
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_link_stays_the_same_and_serves_again(client):
    urls = {offer(lambda: (part for part in (b"x",))) for _ in range(2)}
    assert [client.get(url).content for url in [*urls] * 2] == [b"x", b"x"]


def test_a_link_that_was_not_drawn_here_or_long_ago_leads_to_nothing(client, monkeypatch):
    monkeypatch.setattr(downloads, "KEPT", 1)
    old = offer(lambda: (part for part in (b"x",)))
    offer(lambda: (part for part in (b"y",)), key="another")
    assert client.get(old).status_code == 404
    assert client.get(f"/downloads/{'0' * 32}").status_code == 404


def test_a_file_that_cannot_be_begun_is_told(client):
    def parts():
        raise RunError("Run x is damaged: its table is gone")
        yield

    answer = client.get(offer(parts))
    assert (answer.status_code, answer.text) == (500, "Run x is damaged: its table is gone")


def test_an_archive_is_made_as_it_is_sent(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"z" * 600_000)
    made = list(zipped([("x/a.bin", pieces(tmp_path / "a.bin")), ("b.txt", [b"1", b"2"])]))
    assert max(map(len, made)) < 400_000
    with zipfile.ZipFile(io.BytesIO(b"".join(made))) as archive:
        assert archive.testzip() is None
        assert archive.read("b.txt") == b"12"
        assert len(archive.read("x/a.bin")) == 600_000
