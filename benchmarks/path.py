"""How long the way from an error to its proof takes: four clicks on the shipped run, timed.

    python benchmarks/path.py [--times 3]

On a copy of artifacts/runs/demo with its pictures, in a new folder each time. Each click is timed
until the next page has what the following click needs; the ratio is of the fix itself, as the new
run tells it, against its click.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

from browser import VIEWPORT, chromium, say, serve
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

from core import artifacts, datasets, runs

CLICKS = (
    ("Why?", "Explain", "Make a concept of it"),
    ("Make a concept of it", "Concepts", "Save and fix"),
    ("Save and fix", "Fix", "Save and compare"),
    ("Save and compare", "Compare", "Download report"),
)
SLOW = 300_000  # milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args().times
    shipped = artifacts.runs_dir() / "demo"
    datasets.prepare("demo")
    pictures = artifacts.datasets_dir() / "demo"
    took: dict[str, list[float]] = {name: [] for name, _, _ in CLICKS}
    fixing = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(times):
            with tempfile.TemporaryDirectory() as folder:
                shutil.copytree(shipped, Path(folder) / "runs" / "demo")
                shutil.copytree(pictures, Path(folder) / "datasets" / "demo")
                os.environ["FENCEPOST_ARTIFACTS"] = folder
                with serve() as (url, _):
                    _walk(browser.new_page(viewport=VIEWPORT), url, took)
                made = next(run for run in runs.list_runs() if run.meta.get("parent") == "demo")
                fixing.append(made.meta["timings"]["fix"])
        browser.close()
    for name, seconds in took.items():
        say(f"{name!r} to the next page", seconds)
    print(f"the fix itself: {sum(fixing) / sum(took['Save and fix']):.0%} of its click")


def _walk(page: Page, url: str, took: dict[str, list[float]]) -> None:
    page.set_default_timeout(SLOW)
    _reach(page, url)
    page.get_by_role("button", name="Why?").first.wait_for()
    for name, title, needed in CLICKS:
        began = time.perf_counter()
        page.get_by_role("button", name=name).first.click()
        page.get_by_role("heading", level=1, name=title, exact=True).wait_for()
        page.get_by_role("button", name=needed).first.wait_for()
        took[name].append(time.perf_counter() - began)


def _reach(page: Page, url: str) -> None:
    while True:
        try:
            page.goto(url, wait_until="commit")
            return
        except PlaywrightError:  # the server does not listen yet
            time.sleep(0.05)


if __name__ == "__main__":
    main()
