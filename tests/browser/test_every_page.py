"""Every page for every reader: nothing that axe-core calls serious, and nothing that jumps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import opening
from tests.browser.screen import settled, title, wait_until

PAGES = (
    "overview", "confusion", "gallery", "classes", "image", "explain", "concepts", "fix",
    "evidence", "compare", "runs", "train",
)  # fmt: skip
MOST = 0.1  # layout shift of a page that is opened: beyond, people call it restless
# Sums what moves, as browsers measure it: area that is hit x how far, both as part of the window.
WATCH = """
window.shift = 0
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
}).observe({ type: "layout-shift", buffered: true })
"""
GROUND = "getComputedStyle(document.querySelector('.st-key-foot')).backgroundColor"
# Streamlit greys the label of what cannot be used: WCAG allows it, axe cannot know.
EXCEPTED = [["[data-testid=stWidgetLabel][disabled]"]]
FAULTS = """
([excepted, rules]) => axe.run({ exclude: excepted }, rules).then(found =>
  found.violations.flatMap(fault => fault.nodes.map(node =>
    `${fault.impact} ${fault.id}: ${node.html} ${node.failureSummary}`)))
"""
EVERY_RULE = {"resultTypes": ["violations"]}
CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
REFUSED = ("serious", "critical", "moderate heading-order")


@pytest.fixture
def watched(browser) -> Iterator[Page]:
    """A window that adds up how far things move."""
    size = {"width": 1400, "height": 1000}
    with opening(browser, viewport=size, color_scheme="light", reduced_motion="reduce") as open_:
        page = open_("about:blank", heading=False)
        page.add_init_script(WATCH)
        yield page


def faults(page: Page, rules: dict) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(FAULTS, [EXCEPTED, rules])
    return [fault for fault in found if fault.startswith(REFUSED)]


def to_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    wait_until(page, lambda: page.evaluate(GROUND) == "rgb(25, 30, 32)")
    settled(page)


def test_every_page_can_be_read_by_everybody_and_stays_still(server, watched):
    found, shifts = {}, {}
    for name in PAGES:
        watched.emulate_media(color_scheme="light")
        watched.goto(f"{server.url}/{name}")
        settled(watched)
        shifts[name] = round(watched.evaluate("window.shift"), 3)
        found[name] = faults(watched, EVERY_RULE)
        to_dark(watched)
        found[f"{name}, dark"] = faults(watched, CONTRAST)
    print(shifts)
    assert not {name: some for name, some in found.items() if some}
    assert max(shifts.values()) <= MOST, shifts


def test_the_heading_of_a_page_that_was_opened_has_the_focus(visit):
    page = visit("runs")
    settled(page)
    page.get_by_test_id("stSidebarNav").get_by_text("Gallery", exact=True).click()
    title(page, "Gallery")
    expect(page.get_by_role("heading", level=1, name="Gallery")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_focused()


def test_the_overview_has_an_address_of_its_own(visit):
    page = visit("overview?run=drawn")
    title(page, "Overview")
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert page.url.endswith("/?run=drawn")
