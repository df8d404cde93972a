"""The pictures of the README, taken from the real product: four clicks that move, and pages.

Run from the repository's root: python benchmarks/pictures.py. It needs Playwright and Chromium, and
writes docs/*.webp.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from browser import ROOT, chromium, serve
from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

DOCS = ROOT / "docs"
SIZE = {"width": 1280, "height": 800}
SHOWN = (960, 600)  # pixels of the moving picture
SLOW = 60_000  # milliseconds: a page may look at two thousand pictures first
LOOK, PRESS = 2400, 700  # milliseconds that a frame stands
MARK = """([x, y]) => {
  const dot = document.createElement('div')
  dot.id = 'pressed'
  dot.style.cssText = `position: fixed; z-index: 9999; left: ${x - 18}px; top: ${y - 18}px;
    width: 36px; height: 36px; border-radius: 50%; background: #c2571a66; border: 3px solid #c2571a`
  document.body.append(dot)
}"""
Frame = tuple[Image.Image, int]


def wait_until_healthy(url: str) -> None:
    for _ in range(600):
        with suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
            return
        time.sleep(0.1)
    raise SystemExit("The dashboard did not start.")


def photographed(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def quiet(page: Page) -> None:
    """Wait until the page is drawn, its pictures included."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState"
        " === 'notRunning'"
    )
    page.wait_for_timeout(1500)


def press(page: Page, button: Locator, frames: list[Frame]) -> None:
    """Show the page, then where it is pressed, then press."""
    quiet(page)
    frames.append((photographed(page), LOOK))
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box, "the button is not on the page"
    page.evaluate(MARK, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    frames.append((photographed(page), PRESS))
    page.evaluate("document.getElementById('pressed').remove()")
    button.click()


def arrive(page: Page, name: str) -> None:
    page.get_by_role("heading", level=1, name=name, exact=True).wait_for()


def four_clicks(page: Page, url: str) -> list[Frame]:
    """From the Overview to the proof, and a picture of each page on the way."""
    frames: list[Frame] = []
    page.goto(url)
    arrive(page, "Overview")
    quiet(page)
    photographed(page).save(DOCS / "overview.webp", quality=85)
    press(page, page.get_by_role("button", name="Why?"), frames)
    arrive(page, "Explain")
    page.get_by_role("heading", name="What sets them apart").wait_for()
    quiet(page)
    photographed(page).save(DOCS / "explain.webp", quality=85)
    press(page, page.get_by_role("button", name="Make a concept of it"), frames)
    arrive(page, "Concepts")
    page.get_by_text("What it does", exact=True).wait_for()
    press(page, page.get_by_role("button", name="Save and fix"), frames)
    arrive(page, "Fix")
    press(page, page.get_by_role("button", name="Save and compare"), frames)
    arrive(page, "Compare")
    page.get_by_text("Fixed: ").first.wait_for()
    quiet(page)
    photographed(page).save(DOCS / "compare.webp", quality=85)
    frames.append((photographed(page), 2 * LOOK))
    return frames


def write(frames: list[Frame], path: Path) -> None:
    pictures = [frame.resize(SHOWN, Image.Resampling.LANCZOS) for frame, _ in frames]
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=[each for _, each in frames],
        loop=0, quality=70, method=6,
    )  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as root, sync_playwright() as playwright:
        shutil.copytree(ROOT / "artifacts" / "runs" / "demo", Path(root) / "runs" / "demo")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        os.environ["FENCEPOST_ARTIFACTS"] = root
        with serve() as (url, _):
            wait_until_healthy(url)
            page = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
            page.set_default_timeout(SLOW)
            write(four_clicks(page, url), DOCS / "four_clicks.webp")
            page.goto(f"{url}/confusion?run=demo&true=deer&pred=cat")
            arrive(page, "Confusion")
            quiet(page)
            photographed(page).save(DOCS / "confusion.webp", quality=85)


if __name__ == "__main__":
    main()
