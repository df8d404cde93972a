"""Several browsers at one dashboard, all clicking at once.

    python benchmarks/sessions.py --run bench-1000000x10 [--sessions 10] [--clicks 10]

Each session opens the confusion matrix in a context of its own and clicks one cell after another,
without a pause, each in another order. Counted: what a user would call an error, and the time from
each click to all new images in sight, up to LOOK too long.
"""

from __future__ import annotations

import argparse
import asyncio
import random

from browser import CELL, HAND, SEEN, VIEWPORT, chromium, memory, places, say, serve
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

from core import runs

LOOK = 50  # milliseconds; ten pages that looked in each frame took half a core by that alone
Cells = list[tuple[int, int]]


def main() -> None:
    options = _options()
    run = runs.open_run(options.run) if options.run else runs.list_runs()[0]
    print(f"run {run.id}: {run.metrics['test']['n']:,} test images, {len(run.classes):,} classes")
    cells = list(places(run, 20).values())
    with serve() as (url, process):
        address = f"{url}/confusion?run={run.id}"
        took, errors = asyncio.run(_all(address, cells, options.sessions, options.clicks))
        print("server memory", memory(process))
    say(f"click on a cell, {options.sessions} sessions at once", took)
    print(f"errors: {len(errors)}", *errors[:5], sep="\n  ")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", help="its id; by default the newest run")
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--clicks", type=int, default=10, help="in each session")
    return parser.parse_args()


async def _all(
    address: str, cells: Cells, sessions: int, clicks: int
) -> tuple[list[float], list[str]]:
    """Seconds of every click of every session, and the errors."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        pages = [await _open(browser, address, errors) for _ in range(sessions)]
        tasks = [_click(page, cells, clicks, seed, errors) for seed, page in enumerate(pages)]
        took = [seconds for found in await asyncio.gather(*tasks) for seconds in found]
        await browser.close()
    return took, errors


async def _open(browser: Browser, address: str, errors: list[str]) -> Page:
    context = await browser.new_context(viewport=VIEWPORT)
    page = await context.new_page()
    page.set_default_timeout(120_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.add_init_script(SEEN)
    while True:
        try:
            await page.goto(address, wait_until="commit")
            break
        except PlaywrightError:  # the server does not listen yet
            await asyncio.sleep(0.05)
    await page.wait_for_function("window.fencepost.first")
    await page.locator(".matrix .cell").first.wait_for()
    return page


async def _click(
    page: Page, cells: Cells, clicks: int, seed: int, errors: list[str]
) -> list[float]:
    """Seconds of each click of one session."""
    order = random.Random(seed).sample(cells[1:], len(cells) - 1)  # the first is on screen already
    took = []
    for n in range(clicks):
        try:
            place = await page.evaluate(CELL, list(order[n % len(order)]))
            await page.mouse.move(*place)
            await page.wait_for_timeout(HAND)
            await page.evaluate(
                "(every) => { window.waited = window.fencepost.timed(every) }", LOOK
            )
            await page.mouse.click(*place)
            took.append((await page.evaluate("window.waited"))[0] / 1000)
        except PlaywrightError as error:
            errors.append(str(error).splitlines()[0])
    errors += ["an exception on screen"] * await page.get_by_test_id("stException").count()
    return took


if __name__ == "__main__":
    main()
