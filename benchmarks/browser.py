"""A dashboard of its own, a Chromium to look at it with, and a clock that stops when images stand.

Needs Playwright and Chromium (requirements-dev.txt, `apt-get install chromium`).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core import artifacts, queries
from core.evaluation import classification
from core.runs import Run

ROOT = Path(__file__).resolve().parents[1]
MANY = 25  # classes that the matrix draws at most
SIGHT = 18  # rows of it that are in sight without scrolling
VIEWPORT = {"width": 1400, "height": 1000}
HAND = 100  # milliseconds between the mouse at a cell and the click, as of a quick hand
# Which tiles stand, and the images in sight: complete, with pixels. Looked at in every frame (or
# `every` so many milliseconds), in the page itself: a question from outside would wait until the
# browser is idle.
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
window.fencepost.timed = (every = 0) => new Promise((done, fail) => {
  const before = window.fencepost.seen().which
  let began = null
  const start = event => {
    if (event.type === 'pointerdown' || event.key === 'Enter') began ??= event.timeStamp
  }
  for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, start, {capture: true})
  const look = now => {
    const {which, drawn, inSight} = window.fencepost.seen()
    if (began !== null && which !== before && drawn) done([now - began, inSight])
    else if (began !== null && now - began > 30000) fail('nothing new was drawn in 30 s')
    else if (every) setTimeout(() => look(performance.now()), every)
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
# Places in the matrix -> the middle of the cell on screen; null until it is drawn.
CELL = """([row, column]) => {
  const roots = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
  const place = `.matrix [data-row="${row}"][data-column="${column}"]`
  const cell = roots.map(root => root.shadowRoot?.querySelector(place)).find(found => found)
  if (!cell) return null
  const box = cell.getBoundingClientRect()
  return [box.left + box.width / 2, box.top + box.height / 2]
}"""


def chromium() -> str:
    """The browser's executable."""
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


def places(run: Run, most: int) -> dict[tuple[int, int], tuple[int, int]]:
    """The largest confusions that the matrix shows -> where in it they stand."""
    counts = queries.confusion(run, "test")
    shown = classification.most_confused_classes(counts, MANY) if len(run.classes) > MANY else None
    at = {k: place for place, k in enumerate(shown or range(len(run.classes)))}
    largest = [cell[:2] for cell in classification.most_confused(counts, int((counts > 0).sum()))]
    inside = [cell for cell in largest if at.get(cell[0], SIGHT) < SIGHT and cell[1] in at]
    return {(label, pred): (at[label], at[pred]) for label, pred in inside[:most]}


def say(what: str, seconds: Sequence[float]) -> None:
    """A line: median, p95, fastest."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(
        f"{what}: median {statistics.median(ordered) * 1000:,.0f} ms, p95 {p95 * 1000:,.0f} ms, "
        f"fastest {ordered[0] * 1000:,.0f} ms, n = {len(ordered)}",
        flush=True,
    )


def memory(process: subprocess.Popen) -> str:
    """Resident MB of the server, and how much of it are files in the page cache; Linux."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    total, files = (int(status.split(f"{key}:")[1].split()[0]) for key in ("VmRSS", "RssFile"))
    return f"{total / 1024:,.0f} MB, of which {files / 1024:,.0f} MB are mapped files"
