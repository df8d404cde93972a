"""What a test sees and does in the browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from core import queries
from core.queries.selection import Selection
from core.runs import Run

HAND = 100  # milliseconds between arriving at a place and pressing
LOOK, LOOKS = 200, 4  # milliseconds, and how often the page must be quiet before a person clicks
CELL = """([label, pred]) => {
  const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis} = plot._fullLayout
  const box = plot.getBoundingClientRect()
  const x = pred < 0 ? -0.9 : pred, y = label < 0 ? -0.8 : label
  return [box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(y)]
}"""
BAR = """(place) => {
  const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis} = plot._fullLayout
  const box = plot.getBoundingClientRect()
  return [box.left + xaxis._offset + xaxis._length * 0.95,
          box.top + yaxis._offset + yaxis.l2p(place)]
}"""
STRIP = "[class*=st-key-overview_strip_] .gallery.strip"  # images of a confusion
DRAWN = """(tiles) => tiles.length > 0 && tiles.every(tile => {
  const image = tile.querySelector('img')
  return image && image.complete && image.naturalWidth > 0
})"""


def click_cell(page: Page, label: int, pred: int, times: int = 1) -> None:
    """Click a cell of the confusion matrix; -1 for the name of a whole column or row."""
    page.locator(".js-plotly-plot .hm").first.wait_for()
    click_at(page, *page.evaluate(CELL, [label, pred]), times)


def click_bar(page: Page, place: int, times: int = 1) -> None:
    """Click at the right end of a row of the first bar chart, counted from below."""
    page.locator(".js-plotly-plot .bars").first.wait_for()
    click_at(page, *page.evaluate(BAR, place), times)


def click_at(page: Page, x: float, y: float, times: int = 1) -> None:
    """Click a place of a chart as a hand does: Plotly takes the click for what it last hovered."""
    page.mouse.move(x, y, steps=2)
    page.wait_for_timeout(HAND)
    page.mouse.click(x, y, click_count=times)


def click_why(page: Page, label: int, pred: int) -> None:
    """Click "Why?" beside a confusion; the first such button is another's while a page is drawn."""
    page.locator(f".st-key-overview_why_{label}_{pred}").get_by_role("button").click()


def first_confusion(page: Page) -> list[str]:
    """The true and the predicted class of the confusion that the Overview shows first."""
    words = page.locator(STRIP).first.get_attribute("aria-label")
    return words.removesuffix(", highest loss first").split(" predicted as ")


def tiles(page: Page) -> Locator:
    return page.locator(".gallery.grid .tile")


def indexes(page: Page) -> list[int]:
    """The images shown, in order, by their own index."""
    return tiles(page).evaluate_all("tiles => tiles.map(tile => Number(tile.dataset.index))")


def expected(run: Run, selection: Selection, ranking: str, **options) -> list[int]:
    """The images that a gallery ought to show, in order."""
    options = {"descending": True, "limit": 60} | options
    return queries.ranked(run, selection, ranking, **options)["index"].tolist()


def wait_for_images(page: Page, wanted: list[int]) -> None:
    """Wait until exactly these images are there and those in sight are drawn."""
    wait_until(page, lambda: indexes(page) == wanted, lambda: f"{indexes(page)} not {wanted}")
    wait_until(page, lambda: tiles(page).evaluate_all(f"t => ({DRAWN})(t.slice(0, 6))"))


def wait_until(
    page: Page, holds: Callable[[], bool], found: Callable[[], str] = lambda: ""
) -> None:
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError(found())


def settled(page: Page) -> None:
    """Look at the whole page before the next click, as a person does.

    Streamlit forgets the selection where another page is opened while one is still being drawn.
    """
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    quiet = 0
    while quiet < LOOKS:
        page.wait_for_timeout(LOOK)
        state = page.get_by_test_id("stApp").get_attribute("data-test-script-state")
        quiet = quiet + 1 if state == "notRunning" else 0


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=3, name=text, exact=True)).to_be_visible()


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text, exact=True)).to_be_visible()
