"""How soon the dashboard draws: a real server, a real Chromium, one run.

    python benchmarks/dashboard.py [--run ID] [--clicks 20] [--starts 5]

Reads artifacts/ (or FENCEPOST_ARTIFACTS). Each time runs from the click, as the browser saw it, to
the frame in which the new tiles stand and every image in sight is drawn. The ratio is of
the server's share: the same question asked of the table in this process against the whole click.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from browser import CELL, HAND, SEEN, VIEWPORT, chromium, memory, places, say, serve
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from core import queries, runs
from core.queries.rankings import ranking
from core.queries.selection import Selection
from core.runs import Run
from core.runs.table.schema import prob_column

BESIDE = 24  # images that the dashboard draws beside the matrix
RESTS = 400  # milliseconds of the mouse on a cell before the click, as people look first


def main() -> None:
    options = _options()
    run = runs.open_run(options.run) if options.run else runs.list_runs()[0]
    print(f"run {run.id}: {run.metrics['test']['n']:,} test images, {len(run.classes):,} classes")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        _starts(browser, run, options.starts)
        with serve() as (url, process):
            for rest, what in ((HAND, "a quick click"), (RESTS, "a click")):
                page = _open(browser, f"{url}/confusion?run={run.id}")  # with nothing cached
                _clicks(page, run, options.clicks, rest, what)
                page.close()
            page = _open(browser, f"{url}/gallery?run={run.id}")
            _pages(page, "page forward", options.clicks)
            middle = run.metrics["test"]["n"] // 60 // 2
            page.close()
            page = _open(browser, f"{url}/gallery?run={run.id}&page={middle}")
            _pages(page, f"page forward from page {middle:,}", options.clicks)
            _rankings(page, run, options.clicks)
            print("server memory", memory(process))
            _pictures(page, options.clicks)
            print("server memory after neighbours", memory(process))
        browser.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", help="its id; by default the newest run")
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--starts", type=int, default=5)
    return parser.parse_args()


def _open(browser: Browser, url: str) -> Page:
    """A page with its first images drawn, as soon as the server listens."""
    page = browser.new_page(viewport=VIEWPORT)
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


def _starts(browser: Browser, run: Run, times: int) -> None:
    """From `streamlit run` to the first page with its images in sight."""
    took = []
    for _ in range(times):
        began = time.time()
        with serve() as (url, _):
            page = _open(browser, f"{url}/?run={run.id}")
            took.append(page.evaluate("window.fencepost.first") / 1000 - began)
            page.close()
    say("start to the first page with images", took)


def _clicks(page: Page, run: Run, clicks: int, rest: int, what: str) -> None:
    """One cell after another, largest confusions first, round and round.

    Args:
        rest: milliseconds that the mouse rests on a cell first.
    """
    cells = places(run, clicks + 1)
    page.locator(".matrix .cell").first.wait_for()
    drawn, asked, shown = [], [], []
    for n in range(clicks):
        cell, at = list(cells.items())[(n + 1) % len(cells)]  # the first is on screen already
        place = page.evaluate(CELL, list(at))
        page.mouse.move(*place)
        page.wait_for_timeout(rest)
        took, tiles = _timed(page, lambda place=place: page.mouse.click(*place))
        drawn.append(took)
        shown.append(tiles)
        began = time.perf_counter()
        ranking = prob_column(run.classes[cell[1]])
        chosen = Selection("test", cells=(cell,))
        queries.ranked(run, chosen, ranking, descending=True, limit=BESIDE)
        asked.append(time.perf_counter() - began)
    say(f"{what} on a cell to its images ({statistics.median(shown):.0f} in sight)", drawn)
    share = statistics.median(asked) / statistics.median(drawn)
    print(f"  of which the question asked of the table: {share:.1%}")


def _pages(page: Page, what: str, clicks: int) -> None:
    """A page forward, again and again."""
    forward = page.get_by_role("button", name="Next page").first
    took = []
    while len(took) < clicks and forward.is_enabled():
        took.append(_timed(page, forward.click)[0])
    say(what, took)


def _rankings(page: Page, run: Run, clicks: int) -> None:
    """All images by the probability of one class after another, typed into the picker."""
    took = []
    for n in range(clicks):
        name = ranking(run, prob_column(run.classes[(3 * n + 1) % len(run.classes)])).label
        picker = page.get_by_role("combobox", name="Ranked by")
        picker.scroll_into_view_if_needed()
        page.wait_for_timeout(300)  # what scrolls closes the list
        picker.focus()
        page.keyboard.type(name)
        page.get_by_role("option", name=name, exact=True).first.wait_for()
        took.append(_timed(page, lambda: page.keyboard.press("Enter"))[0])
    say("ranking changed", took)


def _pictures(page: Page, clicks: int) -> None:
    """A picture opened from the gallery: itself, and its neighbours."""
    took, address = [], page.url
    for n in range(clicks):
        tile = page.locator(".tile .open").nth(n % 6)
        tile.scroll_into_view_if_needed()
        tile.click()  # shows it beside the others
        took.append(_timed(page, lambda: page.keyboard.press("Enter"))[0])
        page.goto(address)
        page.wait_for_function("window.fencepost.first")
    say("picture opened, with its neighbours", took)


def _timed(page: Page, act: Callable[[], None]) -> tuple[float, int]:
    """Seconds from the click that `act` makes to all new images in sight, and how many."""
    page.wait_for_timeout(300)
    page.evaluate("() => { window.waited = window.fencepost.timed() }")  # not awaited
    act()
    milliseconds, tiles = page.evaluate("window.waited")
    return milliseconds / 1000, tiles


if __name__ == "__main__":
    main()
