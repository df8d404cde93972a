"""The wheel where no checkout is around: installed elsewhere, started by its command, looked at.

What it needs is taken from the environment of the tests, so that it takes seconds.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT
from tests.browser.screen import DRAWN, tiles, wait_until

STARTS = 60  # seconds
OURS = ("FENCEPOST_", "PYTHONPATH", "STREAMLIT_")
JOB = """
import json, time
from core.training import jobs
from core.training.config import TrainConfig
job = jobs.start(TrainConfig(dataset="folder:/nowhere"))
while (now := jobs.open_job(job.id)).active:
    time.sleep(0.1)
print(json.dumps([jobs.__file__, now.error]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    if find_spec("hatchling") is None and not os.environ.get("CI"):
        pytest.skip("needs hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run([sys.executable, "-m", *build], check=True)
    return next(folder.glob("fencepost-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The bin folder of an environment that holds the wheel, and borrows all other packages."""
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    [packages] = place.glob("lib/python*/site-packages")
    borrowed = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    (packages / "borrowed.pth").write_text("\n".join(borrowed))
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python")]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--ignore-installed", wheel], check=True)
    return place / "bin"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A folder with a package that is called as one of ours, and a user without artifacts."""
    home = tmp_path_factory.mktemp("home")
    (home / "core").mkdir()
    (home / "core" / "__init__.py").write_text("raise SystemExit('the wrong core')")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    return home, kept | {"HOME": str(home), "XDG_DATA_HOME": str(home / "data")}


@contextmanager
def started(command: list[str], log: Path, **options) -> Iterator[str]:
    """The address that the command says; it is stopped at the end."""
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
    try:
        end = time.monotonic() + STARTS
        while not (found := re.search(r"URL: .*?(http://\S+:\d+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield found[1]
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_it_starts_anywhere_and_shows_the_demo_run(installed, elsewhere, open_url, tmp_path):
    home, environment = elsewhere
    command = [str(installed / "fencepost"), "--server.headless=true"]
    with started(command, tmp_path / "log.txt", cwd=home, env=environment) as url:
        page = open_url(f"{url}/gallery")
        wait_until(page, lambda: tiles(page).evaluate_all(f"t => ({DRAWN})(t.slice(0, 6))"))
        body = page.locator("[data-testid=stApp]")
        assert body.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(253, 252, 249)"
        page.close()  # before its server is gone
    said = (tmp_path / "log.txt").read_text()
    assert f"kept in {home}/data/fencepost\n" in said
    assert "Traceback" not in said
    assert (home / "data" / "fencepost" / "runs" / "demo" / "run.json").is_file()


def test_a_port_that_is_taken_is_left_alone(installed, elsewhere, tmp_path):
    home, environment = elsewhere
    with socket.socket() as taken:
        with suppress(OSError):  # then another server has it
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("localhost", 8501))
            taken.listen()
        command = [str(installed / "fencepost"), "--server.headless=true"]
        with started(command, tmp_path / "log.txt", cwd=home, env=environment) as url:
            assert not url.endswith(":8501")


def test_a_training_is_started_by_the_wheels_own_code(installed, elsewhere, tmp_path):
    home, environment = elsewhere
    done = subprocess.run(
        [str(installed / "python"), "-P", "-c", JOB], cwd=home, env=environment,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    file, error = json.loads(done.stdout)
    assert file.startswith(str(installed.parent))
    assert "/nowhere" in error
