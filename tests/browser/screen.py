"""What a test sees and does in the browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from core import queries
from core.queries.selection import Selection
from core.runs import Run

LOOK, LOOKS = 200, 4  # milliseconds, and how often the page must be quiet before a person clicks
STRIP = "[class*=st-key-overview_strip_] .gallery.strip"  # images of a confusion
DRAWN = """(tiles) => tiles.length > 0 && tiles.every(tile => {
  const image = tile.querySelector('img')
  return image && image.complete && image.naturalWidth > 0
})"""


def cell(page: Page, label: int, pred: int) -> Locator:
    """A cell of the confusion matrix; -1 for the name of a whole column or row."""
    return page.locator(f'.matrix [data-row="{label}"][data-column="{pred}"]')


def click_cell(page: Page, label: int, pred: int, times: int = 1) -> None:
    cell(page, label, pred).click(click_count=times)


def click_bar(page: Page, name: str, times: int = 1) -> None:
    """Click at the right end of the bar of a class, where a short bar is not."""
    bar = page.locator(".bars .bar").filter(has_text=name)
    box = bar.bounding_box()
    bar.click(position={"x": box["width"] - 6, "y": box["height"] / 2}, click_count=times)


def click_why(page: Page, label: int, pred: int) -> None:
    """Click "Why?" beside a confusion; the first such button is another's while a page is drawn."""
    page.locator(f".st-key-overview_why_{label}_{pred}").get_by_role("button").click()


def first_confusion(page: Page) -> list[str]:
    """The true and the predicted class of the confusion that the Overview shows first."""
    words = page.locator(STRIP).first.get_attribute("aria-label")
    return words.removesuffix(", highest loss first").split(" predicted as ")


def tiles(page: Page) -> Locator:
    return page.locator(".gallery.grid .tile")


def open_image(tile: Locator) -> None:
    """Click an image, and in the panel beside the others the way to its own page."""
    settled(tile.page)
    tile.locator(".open").click()
    panel(tile.page).get_by_role("link", name="Full page").click()


def panel(page: Page) -> Locator:
    """The image that is shown beside the others."""
    return page.locator(".panel:popover-open")


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
    _shown_once(page.get_by_role("heading", level=3, name=text, exact=True))


def title(page: Page, text: str) -> None:
    _shown_once(page.get_by_role("heading", level=1, name=text, exact=True))


def _shown_once(found: Locator) -> None:
    """Streamlit shows the old one beside the new one until the page has been drawn."""
    expect(found).to_have_count(1)
    expect(found).to_be_visible()
