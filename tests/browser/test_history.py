"""The browser's Back: one entry a click, and each URL opens what was seen under it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.screen import (
    click_cell,
    heading,
    indexes,
    open_image,
    settled,
    tiles,
    title,
    wait_until,
)

CAT, DEER = 0, 1
LOWEST = "Lowest first"
ENTRIES = """
  navigation.entries().slice(0, navigation.currentEntry.index + 1).map(entry => entry.url)
"""

SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


def entries(page: Page, last: int) -> list[tuple[str, dict[str, list[str]]]]:
    """Page and query of the last entries of the history, the run left out."""
    parts = [urlsplit(url) for url in page.evaluate(ENTRIES)[-last:]]
    queries = [parse_qs(part.query) for part in parts]
    return [
        (part.path.strip("/"), {k: v for k, v in query.items() if k != "run"})
        for part, query in zip(parts, queries, strict=True)
    ]


def wait_for_entry(page: Page, name: str, query: dict[str, list[str]]) -> None:
    wait_until(page, lambda: entries(page, 1) == [(name, query)], lambda: str(entries(page, 3)))


def test_a_click_that_chooses_two_classes_and_a_page_is_one_entry(visit):
    page = visit("?run=drawn")
    button = page.locator("[class*=st-key-overview_why_]").first.get_by_role("button")
    expect(page.get_by_text("Classification report")).to_be_visible()
    settled(page)
    button.click()
    title(page, "Explain")
    wait_until(page, lambda: "pred" in entries(page, 1)[0][1])
    (before, nothing), (name, chosen) = entries(page, 2)
    assert (before, nothing, name) == ("", {}, "explain")
    assert set(chosen) == {"true", "pred"}
    settled(page)
    page.go_back()
    title(page, "Overview")
    removes = page.get_by_role("button", name="Remove", include_hidden=True)
    expect(removes).to_have_count(0)  # no class is chosen


def test_an_image_has_its_own_url_at_once_and_back_returns_to_each(visit):
    page = visit("gallery?run=drawn&true=deer&show=Errors")
    tile = tiles(page).nth(1)
    first = tile.get_attribute("data-index")
    settled(page)
    open_image(tile)
    title(page, "Image")
    selection = {"true": ["deer"], "show": ["Errors"]}
    wait_for_entry(page, "image", selection | {"image": [first]})
    settled(page)
    page.get_by_role("button", name="Next").click()
    wait_until(page, lambda: entries(page, 1)[0][1]["image"] != [first])
    settled(page)
    page.go_back()
    field = page.get_by_test_id("stNumberInputField")
    expect(field).to_have_value(first)
    page.reload()
    title(page, "Image")
    expect(field).to_have_value(first)
    settled(page)
    page.go_back()
    title(page, "Gallery")
    wait_for_entry(page, "gallery", selection)


def test_back_from_the_second_image_of_a_page_opened_without_one(visit):
    page = visit("image?run=drawn")
    settled(page)
    page.get_by_role("button", name="Next").click()
    wait_until(page, lambda: "image" in entries(page, 1)[0][1])
    settled(page)
    page.go_back()
    expect(page.get_by_text("1 of 120: all images in test")).to_be_visible()


def test_each_cell_of_the_matrix_is_one_entry(visit):
    page = visit("confusion?run=drawn")
    for label, pred, names in ((DEER, CAT, ("deer", "cat")), (CAT, DEER, ("cat", "deer"))):
        click_cell(page, label, pred)
        heading(page, f"{names[0]} predicted as {names[1]} in test")
        wait_for_entry(page, "confusion", {"true": [names[0]], "pred": [names[1]]})
    settled(page)
    page.go_back()
    heading(page, "deer predicted as cat in test")
    assert [name for name, _ in entries(page, 9)] == ["confusion"] * 2


def test_back_goes_through_pages_and_filters_of_the_gallery_one_by_one(visit):
    page = visit("gallery?run=drawn")
    steps = [
        (lambda: page.get_by_role("button", name="Next page").first.click(), {"page": ["2"]}),
        (lambda: page.get_by_role("radio", name="Lowest first").click(), {"order": [LOWEST]}),
        (
            lambda: page.get_by_role("radio", name="Errors", exact=True).click(),
            {"order": [LOWEST], "show": ["Errors"]},
        ),
    ]
    expect(tiles(page).first).to_be_visible()
    settled(page)
    seen = [({}, indexes(page))]
    for act, query in steps:
        act()
        wait_for_entry(page, "gallery", query)
        settled(page)
        seen.append((query, indexes(page)))
    assert len({tuple(shown) for _, shown in seen}) == 4
    for query, shown in seen[-2::-1]:
        settled(page)
        page.go_back()
        wait_for_entry(page, "gallery", query)
        wait_until(
            page,
            lambda shown=shown: indexes(page) == shown,
            lambda shown=shown: f"{indexes(page)[:5]} not {shown[:5]}",
        )


def test_back_from_an_image_returns_to_its_place_in_the_gallery(visit):
    page = visit("gallery?run=drawn")
    tile = tiles(page).nth(45)
    tile.scroll_into_view_if_needed()
    left = page.evaluate(SCROLLED)
    assert left > 300
    settled(page)
    open_image(tile)
    title(page, "Image")
    settled(page)
    page.go_back()
    title(page, "Gallery")
    wait_until(page, lambda: abs(page.evaluate(SCROLLED) - left) < 2)


def test_a_page_hides_what_it_does_not_use_of_the_selection_and_keeps_it(visit):
    page = visit("gallery?run=drawn&true=deer")
    settled(page)
    links = page.get_by_test_id("stSidebarNav")
    sidebar, bar = page.get_by_test_id("stSidebar"), page.locator(".st-key-selection_bar")
    for name, split, classes in (("Fix", False, False), ("Compare", True, False)):
        links.get_by_role("link", name=name).click()
        title(page, name)
        settled(page)
        expect(sidebar.get_by_text("Split", exact=True)).to_be_visible(visible=split)
        expect(bar).to_be_visible(visible=classes)
    links.get_by_role("link", name="Gallery").click()
    title(page, "Gallery")
    expect(bar).to_be_visible()
    heading(page, "deer in test")
