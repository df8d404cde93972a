"""What somebody else changes is seen without a reload, and disturbs nobody who writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core import runs
from tests.browser.screen import heading, settled


@pytest.fixture
def renamed(run) -> Iterator[None]:
    """Afterwards the run is called as before."""
    yield
    runs.rename(run.id, "")


def asked(page: Page) -> str:
    """What the server answers the page's next question for changes."""
    with page.expect_response(lambda answer: "/changes/" in answer.url) as waiting:
        pass
    return waiting.value.text()


def test_a_name_that_another_gives_is_seen(visit, run, renamed):
    page = visit(f"runs?run={run.id}")
    heading(page, run.name)
    runs.rename(run.id, "mesh")
    heading(page, "mesh")


def test_who_writes_is_left_alone_until_they_have_done(visit, run, renamed):
    page = visit(f"runs?run={run.id}")
    heading(page, run.name)
    settled(page)
    page.get_by_role("button", name="Rename").click()
    box = page.get_by_test_id("stPopoverBody").get_by_role("textbox")
    box.fill("mine")
    before = asked(page)
    runs.rename(run.id, "theirs")
    while asked(page) == before:
        pass
    asked(page)
    heading(page, run.name)
    expect(box).to_have_value("mine")
    page.get_by_role("button", name="Save name").click()
    expect(page.get_by_text("called this run 'theirs' meanwhile")).to_be_visible()
    heading(page, "theirs")
