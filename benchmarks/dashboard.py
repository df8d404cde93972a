"""How soon the dashboard draws: a real server, a real Chromium, one run.

    python benchmarks/dashboard.py [--run ID] [--clicks 20]

Reads artifacts/ (or FENCEPOST_ARTIFACTS). Each time runs from the click, as the browser saw it, to
the frame in which the new tiles stand and every image in sight is drawn. The ratio is of
the server's share: the same question asked of the table in this process against the whole click.
Needs Playwright and Chromium (requirements-dev.txt, `apt-get install chromium`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from core import artifacts, metrics, queries, runs
from core.predictions import prob_column
from core.runs import Run
from core.selection import Selection

ROOT = Path(__file__).resolve().parents[1]
BESIDE = 60  # images that the dashboard draws beside the matrix
# Which tiles stand, and the images in sight: complete, with pixels. Looked at in every frame, in
# the page itself: a question from outside would wait until the browser is idle.
SEEN = """
window.fencepost = {first: null}
window.fencepost.seen = () => {
  const roots = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
  const tiles = roots.flatMap(root => [...(root.shadowRoot?.querySelectorAll('.tile') ?? [])])
  const inSight = tiles.filter(tile => {
    const box = tile.getBoundingClientRect()
    return box.height > 0 && box.top < innerHeight && box.bottom > 0
  })
  const drawn = inSight.length > 0 && inSight.every(tile => {
    const image = tile.querySelector('img')
    return image && image.complete && image.naturalWidth > 0
  })
  return {which: tiles.map(tile => tile.dataset.index).join(), drawn, inSight: inSight.length}
}
window.fencepost.timed = () => new Promise((done, fail) => {
  const before = window.fencepost.seen().which
  let began = null
  addEventListener('pointerdown', event => { began = event.timeStamp }, {capture: true, once: true})
  const look = now => {
    const {which, drawn, inSight} = window.fencepost.seen()
    if (began !== null && which !== before && drawn) done([now - began, inSight])
    else if (began !== null && now - began > 30000) fail('nothing new was drawn in 30 s')
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
const first = () => {
  if (window.fencepost.seen().drawn) window.fencepost.first = Date.now()
  else requestAnimationFrame(first)
}
requestAnimationFrame(first)
"""
CELL = """([label, pred]) => {
  const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis} = plot._fullLayout
  const box = plot.getBoundingClientRect()
  return [box.left + xaxis._offset + xaxis.l2p(pred), box.top + yaxis._offset + yaxis.l2p(label)]
}"""


def main() -> None:
    options = _options()
    run = runs.open_run(options.run) if options.run else runs.list_runs()[0]
    print(f"run {run.id}: {run.metrics['test']['n']:,} test images, {len(run.classes):,} classes")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        _starts(browser, run)
        with serve() as (url, process):
            page = _open(browser, f"{url}/confusion?run={run.id}")
            _clicks(page, run, options.clicks)
            _gallery(_open(browser, f"{url}/gallery?run={run.id}"), options.clicks)
            print(f"server memory {_memory(process):,.0f} MB")
        browser.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", help="its id; by default the newest run")
    parser.add_argument("--clicks", type=int, default=20)
    return parser.parse_args()


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(path for name in names if (path := shutil.which(name)))


@contextmanager
def serve() -> Iterator[tuple[str, subprocess.Popen]]:
    """The dashboard on a free port; gives its address before it answers."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    process = subprocess.Popen(
        [*command, f"--server.port={port}", "--server.headless=true"],
        cwd=ROOT,
        env=os.environ | {"FENCEPOST_ARTIFACTS": str(artifacts.root())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://localhost:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _open(browser: Browser, url: str) -> Page:
    """A page with its first images drawn, as soon as the server listens."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    page.add_init_script(SEEN)
    while True:
        try:
            page.goto(url, wait_until="commit")
            break
        except PlaywrightError:  # the server does not listen yet
            time.sleep(0.02)
    page.wait_for_function("window.fencepost.first")
    return page


def _starts(browser: Browser, run: Run, times: int = 5) -> None:
    """From `streamlit run` to the first page with its images in sight."""
    took = []
    for _ in range(times):
        began = time.time()
        with serve() as (url, _):
            page = _open(browser, f"{url}/?run={run.id}")
            took.append(page.evaluate("window.fencepost.first") / 1000 - began)
            page.close()
    _say("start to the first page with images", took)


def _clicks(page: Page, run: Run, clicks: int) -> None:
    """One cell after another, largest confusions first, round and round."""
    counts = queries.confusion(run, "test")
    cells = [(a, b) for a, b, _ in metrics.most_confused(counts, clicks + 1)]
    page.locator(".js-plotly-plot .hm").first.wait_for()
    drawn, asked, shown = [], [], []
    for n in range(clicks):
        cell = cells[(n + 1) % len(cells)]  # the first is shown before any click
        took, tiles = _timed(page, lambda c=cell: page.mouse.click(*page.evaluate(CELL, list(c))))
        drawn.append(took)
        shown.append(tiles)
        began = time.perf_counter()
        ranking = prob_column(run.classes[cell[1]])
        queries.ranked(
            run, Selection("test", cells=(cell,)), ranking, descending=True, limit=BESIDE
        )
        asked.append(time.perf_counter() - began)
    _say(f"click on a cell to its images ({statistics.median(shown):.0f} in sight)", drawn)
    share = statistics.median(asked) / statistics.median(drawn)
    print(f"  of which the question asked of the table: {share:.1%}")


def _gallery(page: Page, clicks: int) -> None:
    """A page forward, then another ranking."""
    forward = page.get_by_role("button", name="Next page").first
    if forward.count():
        _say("page forward", [_timed(page, forward.click)[0] for _ in range(min(clicks, 5))])


def _timed(page: Page, act: Callable[[], None]) -> tuple[float, int]:
    """Seconds from the click that `act` makes to all new images in sight, and how many."""
    page.wait_for_timeout(300)
    page.evaluate("() => { window.waited = window.fencepost.timed() }")  # not awaited
    act()
    milliseconds, tiles = page.evaluate("window.waited")
    return milliseconds / 1000, tiles


def _say(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(
        f"{what}: median {statistics.median(ordered) * 1000:,.0f} ms, p95 {p95 * 1000:,.0f} ms, "
        f"fastest {ordered[0] * 1000:,.0f} ms, n = {len(ordered)}"
    )


def _memory(process: subprocess.Popen) -> float:
    """Resident MB of the server; Linux."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
