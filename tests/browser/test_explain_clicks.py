"""From a confusion to its cause on the run that ships: Why?, maps, marks, and on to a concept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from core import runs
from core.runs.annotations import channel_marks
from tests.browser.conftest import ROOT, Server, serve
from tests.browser.screen import click_why, heading, title, wait_until

CAT, DEER = 3, 4
SLOW = 60_000  # milliseconds that libraries and the network may take to load
DRAWN = "images => images.every(image => image.complete && image.naturalWidth === 256)"


@pytest.fixture(scope="module")
def demo(browser, tmp_path_factory) -> Iterator[Server]:
    """A dashboard with nothing but the run that ships."""
    root = tmp_path_factory.mktemp("demo")
    shutil.copytree(ROOT / "artifacts" / "runs" / "demo", root / "artifacts" / "runs" / "demo")
    with serve(root / "artifacts", root / "log.txt") as running:
        yield running


@pytest.fixture
def visit_demo(demo, open_url) -> Iterator[Callable[..., Page]]:
    before = len(demo.printed())
    yield lambda path="": open_url(f"{demo.url}/{path}")
    assert "Traceback" not in demo.printed()[before:]


@pytest.fixture
def demo_run(demo, monkeypatch) -> runs.Run:
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", str(demo.artifacts))
    return runs.open_run("demo")


def maps(page: Page) -> Locator:
    return page.locator("img[src*='/maps/']")


def wait_for_maps(page: Page, at_least: int) -> None:
    expect(maps(page).nth(at_least - 1)).to_be_attached(timeout=2 * SLOW)
    wait_until(page, lambda: maps(page).evaluate_all(DRAWN))


def test_why_leads_from_the_overview_to_the_cause(visit_demo):
    page = visit_demo()
    click_why(page, DEER, CAT)
    title(page, "Explain")
    heading(page, "23 of 104 images of deer in test are predicted as cat")
    wait_until(page, lambda: "true=deer" in page.url and "pred=cat" in page.url)
    expect(page.get_by_text("Channel 53")).to_be_visible(timeout=SLOW)
    share = page.get_by_text("share something that right deer images lack")
    expect(share).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("12 errors that suggested nothing against 38")).to_be_visible()
    most = page.get_by_text("The training images of cat that it responds to most.")
    expect(most).to_have_count(3, timeout=SLOW)


def test_maps_come_after_the_pictures(visit_demo):
    page = visit_demo("explain?true=deer&pred=cat")
    wait_for_maps(page, 3 * 9 + 3 * 2)
    expect(page.get_by_text("its last map of 4 by 4 places")).to_be_visible()
    page.get_by_text("Show where it looked").click()
    expect(maps(page)).to_have_count(0)
    wait_until(page, lambda: "where=false" in page.url)


def test_an_image_shows_where_the_network_looked(visit_demo):
    page = visit_demo("image?split=test&image=699")
    expect(maps(page)).to_have_count(0)
    page.get_by_text("Show where it looked").click()
    wait_for_maps(page, 2)
    expect(page.get_by_text("for cat")).to_be_visible()
    expect(page.get_by_text("for deer")).to_be_visible()


def test_a_mark_stays_after_reloading(visit_demo, demo_run):
    page = visit_demo("explain?true=deer&pred=cat")
    mark = page.locator(f".st-key-explain_mark_demo_{CAT}_53").get_by_role("radio").first
    mark.click()
    wait_until(page, lambda: channel_marks.spurious(demo_run, CAT) == [53])
    page.reload()
    expect(mark).to_be_checked()
    mark.click()
    wait_until(page, lambda: channel_marks.of_class(demo_run, CAT) == {})


def test_folded_channels_are_shown_when_opened(visit_demo):
    page = visit_demo("explain?true=deer&pred=cat&where=false")
    page.get_by_text("What is missing").click()
    expect(page.get_by_text("and are weaker here")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Weaker than in a correctly predicted deer").first).to_be_visible()


def test_other_errors(visit_demo):
    page = visit_demo("explain?true=deer&pred=cat&where=false")
    expect(page.get_by_text("#699")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Page 2").click()
    expect(page.get_by_text("#699")).to_have_count(0)


def test_another_confusion(visit_demo):
    page = visit_demo("explain?true=deer&pred=cat&where=false")
    expect(page.get_by_text("#699")).to_be_visible(timeout=SLOW)
    page.get_by_role("combobox", name="Confusion").click()
    page.get_by_role("option").nth(1).click()
    first = page.get_by_role("heading", level=3, name="are predicted as")
    expect(first).not_to_contain_text("deer in")
    wait_until(page, lambda: "true=deer" not in page.url or "pred=cat" not in page.url)


def test_it_goes_on_to_a_concept(visit_demo):
    page = visit_demo("explain?true=deer&pred=cat&where=false")
    page.get_by_role("button", name="Make a concept of it").click()
    title(page, "Concepts")
    name = page.get_by_role("textbox", name="Name", exact=True)
    expect(name).to_be_focused(timeout=SLOW)
    expect(name).to_have_value("")
