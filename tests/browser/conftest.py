"""A real server and a real Chromium, one of each a session; every test gets a page of its own.

Without Chromium these tests skip, unless CI is set: there they must run.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core import runs
from tests import drawn
from tests.browser.proxy import start_proxy

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HOSTILE = ("<img src=x onerror=alert(1)>", "*star* [link](http:x) $x$", "quote\"'&amp; :red[r]")
PATIENCE = 15_000  # milliseconds: a machine with other work to do is slow, not wrong
expect.set_options(timeout=PATIENCE)
# Streamlit looks for its server below the page's own path first, and finds it a level up.
EXPECTED_404 = ("/_stcore/health", "/_stcore/host-config")


@dataclass(frozen=True)
class Server:
    """A running dashboard: where it answers, and what it has printed."""

    url: str
    artifacts: Path
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


def chromium() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("There is no Chromium, and CI must run the browser tests.")
        pytest.skip("needs Chromium")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(artifacts: Path, log: Path, *options: str, prefix: str = "") -> Iterator[Server]:
    """`streamlit run dashboard/app.py` on a free port, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    command += [f"--server.port={port}", "--server.headless=true", *options]
    environment = os.environ | {"FENCEPOST_ARTIFACTS": str(artifacts)}
    environment |= {"FENCEPOST_CLIP": "", "HF_HUB_CACHE": str(artifacts / "hub")}  # no model
    url = f"http://localhost:{port}{prefix}"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_healthy(f"{url}/_stcore/health", process)
        yield Server(url, artifacts, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_healthy(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("The server did not start.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def artifacts(browser, tmp_path_factory) -> Path:
    """Runs of three drawn classes, and of three whose names try to be code; oldest first."""
    root = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENCEPOST_ARTIFACTS", str(root / "artifacts"))
        hostile = drawn.draw(root / "hostile", HOSTILE)
        drawn.save(hostile, run_id="0-hostile", name=HOSTILE[0])
        drawn.save(drawn.draw(root / "photos"), run_id="drawn")
    return root / "artifacts"


@pytest.fixture(scope="session")
def run(artifacts) -> Iterator[runs.Run]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENCEPOST_ARTIFACTS", str(artifacts))
        yield runs.open_run("drawn")


@pytest.fixture(scope="session")
def server(artifacts, tmp_path_factory) -> Iterator[Server]:
    with serve(artifacts, tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@pytest.fixture(scope="session")
def proxied(artifacts, tmp_path_factory) -> Iterator[Server]:
    """The same dashboard under /prefix, seen through a reverse proxy that passes nothing else."""
    log = tmp_path_factory.mktemp("proxied") / "log.txt"
    with serve(artifacts, log, "--server.baseUrlPath=prefix", prefix="/prefix") as running:
        port = int(running.url.split(":")[2].split("/")[0])
        with start_proxy(port, "/prefix") as proxy_port:
            yield Server(f"http://localhost:{proxy_port}/prefix", artifacts, log)


@contextmanager
def opening(browser: Browser, **options) -> Iterator[Callable[..., Page]]:
    """A function that opens an address; the test fails on any error in console or page."""
    context = browser.new_context(accept_downloads=True, **options)
    problems: list[str] = []

    def on_response(response) -> None:
        if response.status >= 400 and not response.url.endswith(EXPECTED_404):
            problems.append(f"{response.status} {response.url}")

    def on_console(message) -> None:
        if message.type == "error" and "404 (Not Found)" not in message.text:
            problems.append(message.text)

    def open_(url: str, heading: bool = True) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("response", on_response)
        page.on("console", on_console)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.goto(url)
        if heading:
            page.get_by_role("heading", level=1).wait_for()
        return page

    yield open_
    context.close()
    assert not problems


@pytest.fixture
def open_url(browser) -> Iterator[Callable[..., Page]]:
    """A function that opens an address in a window with a mouse."""
    with opening(browser, viewport={"width": 1400, "height": 1000}) as open_:
        yield open_


@pytest.fixture
def touch(server, browser) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of the dashboard on a telephone."""
    size = {"width": 400, "height": 800}
    with opening(browser, viewport=size, has_touch=True, is_mobile=True) as open_:
        yield lambda path="": open_(f"{server.url}/{path}")


@pytest.fixture
def visit(server, open_url) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of the dashboard; no traceback may be printed meanwhile."""
    before = len(server.printed())
    yield lambda path="": open_url(f"{server.url}/{path}")
    printed = server.printed()[before:]
    assert "Traceback" not in printed, printed
