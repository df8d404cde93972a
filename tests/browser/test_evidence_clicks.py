"""Other images in the browser: looked through with keys, added to the fixes, saved, compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core import runs
from tests import drawn, seen
from tests.browser.conftest import Server, serve
from tests.browser.screen import heading, title

SLOW = 60_000  # milliseconds that libraries and the network may take to load


@pytest.fixture
def seeing(browser, tmp_path, monkeypatch) -> Iterator[Server]:
    """A server whose one run has a network and a concept; twelve more pictures lie in `more`."""
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", str(tmp_path / "artifacts"))
    seen.with_concept(seen.save(drawn.draw(tmp_path / "photos")))
    seen.odd_ones(seen.more(tmp_path / "more"))
    with serve(tmp_path / "artifacts", tmp_path / "log.txt") as running:
        yield running


def press(page: Page, key: str, then: str) -> None:
    page.keyboard.press(key)
    heading(page, then)


def test_images_are_judged_with_keys_and_become_a_run(seeing, open_url, tmp_path):
    page = open_url(f"{seeing.url}/evidence?true=deer")
    page.set_default_timeout(SLOW)
    title(page, "Evidence")
    box = page.get_by_role("textbox", name="Folder of images")
    box.fill(str(tmp_path / "more"))
    box.press("Enter")
    page.get_by_role("button", name="Look through").click()
    page.get_by_text("Other images: 14 of ").wait_for()
    page.get_by_text(", 1 unreadable").wait_for()
    heading(page, "1 of 14")

    press(page, "a", "2 of 14")
    press(page, "x", "3 of 14")
    page.get_by_text("Accepted 1 · rejected 1").wait_for()
    press(page, "u", "2 of 14")
    press(page, "a", "3 of 14")
    expect(page.locator(".stImage img")).to_have_count(3)  # the candidate, and two accepted

    page.get_by_role("button", name="Add 2 images to the fixes").click()
    title(page, "Fix")
    page.get_by_text("2 images of deer from folder").wait_for()
    page.get_by_text("All of validation").wait_for()
    page.get_by_role("button", name="Save and compare").click()
    title(page, "Compare")
    page.get_by_text("How sure is this?").wait_for()
    [made] = [run for run in runs.list_runs() if run.meta.get("parent") == "seen"]
    assert made.steps[0]["labels"] == [1, 1]
    assert "Traceback" not in seeing.printed()
