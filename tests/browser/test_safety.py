"""Names that try to be code, and a server below a base path."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE
from tests.browser.screen import click_cell, heading, tiles, title, wait_until

PAGES = ("", "confusion", "gallery", "classes", "image", "compare")


def test_names_are_shown_as_text(visit):
    for name in PAGES:
        page = visit(f"{name}?run=0-hostile")
        page.wait_for_timeout(500)
        assert page.locator("img[src='x']").count() == 0
        expect(page.get_by_text(HOSTILE[0], exact=False).first).to_be_visible()
        page.close()


def test_a_cell_of_hostile_names_opens(visit):
    page = visit("confusion?run=0-hostile")
    click_cell(page, 1, 2)
    label, pred = sorted(HOSTILE)[1:]
    heading(page, f"{label} predicted as {pred} in test")
    expect(tiles(page).first).to_be_visible()


def test_it_works_whole_behind_a_proxy(proxied, open_url):
    page = open_url(f"{proxied.url}/confusion")
    click_cell(page, 1, 0)
    heading(page, "deer predicted as cat in test")
    image = tiles(page).first.locator("img")
    assert image.get_attribute("src").startswith("/prefix/images/drawn/test/")
    wait_until(page, lambda: image.evaluate("i => i.complete && i.naturalWidth > 0"))
    tiles(page).first.locator(".open").click()
    title(page, "Image")
    assert re.search(r"/prefix/image\?", page.url)
    assert "Traceback" not in proxied.printed()


def test_it_binds_to_this_machine_only(server):
    assert server.url.startswith("http://localhost:")
    assert "Network URL" not in server.printed()
    assert "External URL" not in server.printed()
