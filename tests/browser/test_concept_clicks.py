"""Concepts in the browser: picked images become one, ticks correct it, candidates add to it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from core.concepts.words import suggestion
from tests.browser.screen import tiles, title, wait_until


def pick(page: Page, key: str, place: int) -> None:
    tile = page.locator(f".st-key-{key} .tile").nth(place)
    tile.hover()
    tile.locator(".pick").click()


def shown(page: Page, key: str) -> int:
    return page.locator(f".st-key-{key} .tile").count()


def test_picks_become_a_concept_and_ticks_correct_it(visit):
    page = visit("gallery?run=drawn&split=train")
    wait_until(page, lambda: tiles(page).count() > 6)
    for place in range(5):
        pick(page, "gallery_images", place)
    page.get_by_text("5 picked").wait_for()
    page.get_by_role("link", name="Concepts").click()
    title(page, "Concepts")
    page.get_by_role("button", name="Start from the 5 picked images").click()
    page.get_by_text("These show it (5)").wait_for()
    expect(page.get_by_role("button", name="Save and fix")).to_be_disabled()  # no name yet

    pick(page, "concept_picks_True", 0)
    page.get_by_text("These show it (4)").wait_for()
    assert shown(page, "concept_picks_True") == 4

    pick(page, "concept_candidates", 0)
    page.get_by_text("1 ticked").wait_for()
    page.get_by_role("button", name="These do not", exact=True).click()
    page.get_by_text("These do not (1)").wait_for()
    page.get_by_text("Pick at least 3").wait_for()


def test_how_to_get_the_model_for_words(visit):
    page = visit("concepts?run=drawn")
    expect(page.get_by_role("button", name="Suggest images")).to_be_disabled()
    page.get_by_role("button", name="How to get the model for words").click()
    for command in suggestion.commands():
        expect(page.get_by_text(command)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text(suggestion.commands()[0])).to_be_hidden()
