"""The download against a real server on this machine, one that knows ranges and may break off."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from core import artifacts
from core.datasets import download, prepare
from core.errors import DatasetError, FencepostError

CONTENT = bytes(range(256)) * 20_000


class Handler(BaseHTTPRequestHandler):
    breaks_after = None
    ranges = True
    asked: ClassVar[list] = []

    def do_GET(self):
        wanted = self.headers.get("Range") if self.ranges else None
        self.asked.append(wanted)
        start = int(wanted[6:-1]) if wanted else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start : self.breaks_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    Handler.breaks_after, Handler.ranges, Handler.asked = None, True, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/stl10.tar.gz"
        httpd.shutdown()


def test_progress_and_content(server, tmp_path):
    told = []
    download.fetch(server, tmp_path / "x", lambda *at: told.append(at))
    assert (tmp_path / "x").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_broken_download_says_so_and_goes_on_at_the_next_try(server, tmp_path):
    Handler.breaks_after = 3_000_000
    with pytest.raises(DatasetError, match=r"broke off at 0\.00 GB .*try again"):
        download.fetch(server, tmp_path / "x")
    Handler.breaks_after = None
    download.fetch(server, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == CONTENT
    assert Handler.asked == [None, "bytes=3000000-"]


def test_a_server_without_ranges_starts_again(server, tmp_path):
    Handler.ranges = False
    (tmp_path / "x").write_bytes(b"other")
    download.fetch(server, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == CONTENT


def test_a_whole_file_is_left_alone(server, tmp_path):
    (tmp_path / "x").write_bytes(CONTENT)
    download.fetch(server, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == CONTENT


def test_no_network(tmp_path):
    with pytest.raises(DatasetError, match=r"Check the network .*--dataset demo"):
        download.fetch("http://127.0.0.1:1/x", tmp_path / "x")


def test_what_fails_its_checksum_is_deleted(server, artifacts_root, monkeypatch):
    from torchvision.datasets import STL10

    monkeypatch.setattr(STL10, "url", server)
    monkeypatch.setattr(download, "ARCHIVE_BYTES", len(CONTENT))
    monkeypatch.setattr(download, "UNPACKED_BYTES", 0)
    monkeypatch.setattr(STL10, "download", lambda self: pytest.fail("fetched again"))
    with pytest.raises(DatasetError, match="does not match its checksum"):
        prepare("stl10")
    assert not (artifacts.datasets_dir() / "stl10/stl10_binary.tar.gz").exists()


def test_a_full_disk_is_told_before(artifacts_root, monkeypatch):
    monkeypatch.setattr(download, "UNPACKED_BYTES", 10**18)
    with pytest.raises(FencepostError, match=r"STL-10 needs .* GB free"):
        prepare("stl10")
