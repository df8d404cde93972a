"""All cells of many classes on one canvas: a click, keys, zoom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from core import queries
from tests import drawn, repaired
from tests.browser.conftest import Server, serve
from tests.browser.screen import heading, settled, wait_until

CLASSES = [f"class {k:02d}" for k in range(26)]


@pytest.fixture(scope="module")
def many(browser, tmp_path_factory) -> Iterator[tuple[Server, tuple[int, int]]]:
    """A server with a run of 26 classes, and one of its confusions."""
    root = tmp_path_factory.mktemp("many")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENCEPOST_ARTIFACTS", str(root / "artifacts"))
        run = drawn.save(drawn.draw(root / "photos", CLASSES))
        run = repaired.save(run, broken=list(range(0, 1000, 90)))
        counts = queries.confusion(run, "test")
        cell = next((int(a), int(b)) for a, b in zip(*counts.nonzero(), strict=True) if a != b)
        with serve(root / "artifacts", root / "log.txt") as running:
            yield running, cell
            assert "Traceback" not in running.printed()


@pytest.fixture
def canvas(many, open_url) -> Locator:
    page = open_url(f"{many[0].url}/confusion?run=repaired&whole=True")
    settled(page)
    found = page.locator(".whole canvas")
    expect(found).to_have_attribute("aria-label", "Confusion matrix of all 26 classes; the list "
        "below tells the largest confusions")  # fmt: skip
    return found


def middle(canvas: Locator, cell: tuple[int, int]) -> dict[str, float]:
    side = canvas.bounding_box()["width"] / len(CLASSES)
    return {"x": (cell[1] + 0.5) * side, "y": (cell[0] + 0.5) * side}


def named(page: Page, cell: tuple[int, int]) -> None:
    label, pred = (CLASSES[k] for k in cell)
    heading(page, f"{label} predicted as {pred} in test")
    wait_until(page, lambda: f"true={label.replace(' ', '+')}" in page.url, lambda: page.url)


def test_a_click_opens_the_cell_and_a_tip_names_it(canvas, many):
    cell = many[1]
    canvas.hover(position=middle(canvas, cell))
    told = canvas.page.locator(".whole .told")
    expect(told).to_contain_text(f"{CLASSES[cell[0]]} predicted as {CLASSES[cell[1]]}: ")
    canvas.click(position=middle(canvas, cell))
    named(canvas.page, cell)


def test_keys_step_zoom_and_choose(canvas, many):
    canvas.focus()
    page = canvas.page
    page.keyboard.press("+")
    expect(canvas).to_have_class("near")
    page.keyboard.press("-")
    expect(canvas).to_have_class("")
    start = page.locator(".whole .told")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(start).to_contain_text("predicted as")
    page.keyboard.press("Enter")
    wait_until(page, lambda: "true=" in page.url and "pred=" in page.url)


def test_a_cell_of_what_is_zoomed_is_the_one_under_the_mouse(canvas, many):
    page, cell = canvas.page, many[1]
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Show the whole matrix").click()
    canvas.click(position=middle(canvas, cell))
    named(page, cell)
