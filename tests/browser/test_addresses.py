"""The addresses that people have kept: each opens its page, with the selection that it names."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.screen import wait_until

SELECTION = "run=drawn&true=deer&pred=cat&rank=p_cat"
ADDRESSES = {
    "": "Overview",
    "confusion": "Confusion",
    "gallery": "Gallery",
    "classes": "Classes",
    "image": "Image",
    "explain": "Explain",
    "concepts": "Concepts",
    "fix": "Fix",
    "evidence": "Evidence",
    "compare": "Compare",
    "runs": "Runs",
    "train": "Train",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_opens_its_page_and_keeps_what_it_says(visit, address):
    page = visit(f"{address}?{SELECTION}&image=3")
    page.locator("[data-testid=stSidebarNav] a[aria-current=page]").get_by_text(
        ADDRESSES[address], exact=True
    ).wait_for()
    wait_until(page, lambda: "run=drawn" in page.url)
    if address in ("confusion", "gallery"):
        page.get_by_text("deer predicted as cat").first.wait_for()
        assert "true=deer" in page.url
        assert "pred=cat" in page.url
    if address == "image":
        expect(page.locator(".st-key-image input")).to_have_value("3")
