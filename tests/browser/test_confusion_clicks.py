"""The confusion matrix: what is clicked is what is shown."""

from __future__ import annotations

from playwright.sync_api import expect

from core.queries.selection import Selection
from tests.browser.screen import (
    click_bar,
    click_cell,
    expected,
    first_confusion,
    heading,
    indexes,
    settled,
    title,
    wait_for_images,
    wait_until,
)

CAT, DEER, DOG = range(3)


def test_a_cell_shows_exactly_its_images(visit, run):
    page = visit("confusion")
    click_cell(page, DEER, CAT)
    heading(page, "deer predicted as cat in test")
    cell = Selection(cells=((DEER, CAT),))
    wait_for_images(page, expected(run, cell, "p_cat", limit=24))
    wait_until(page, lambda: "true=deer" in page.url and "pred=cat" in page.url)


def test_a_click_is_heeded_while_another_is_on_its_way(visit, run):
    page = visit("confusion")
    for label, pred in ((DEER, CAT), (CAT, DOG), (DOG, DEER)):
        click_cell(page, label, pred)
    heading(page, "dog predicted as deer in test")
    wait_until(page, lambda: "true=dog" in page.url and "pred=deer" in page.url)
    wanted = expected(run, Selection(cells=((DOG, DEER),)), "p_deer", limit=24)
    wait_for_images(page, wanted)
    assert indexes(page) == wanted


def test_the_same_cell_again_after_the_selection_was_cleared(visit):
    page = visit("confusion")
    for _ in range(2):
        click_cell(page, DEER, CAT)
        heading(page, "deer predicted as cat in test")
        wait_until(page, lambda: "true=deer" in page.url and "pred=cat" in page.url)
        page.get_by_role("button", name="Clear", exact=True).click()
        wait_until(page, lambda: "true=" not in page.url and "pred=" not in page.url)
    assert "pred=" not in page.url


def test_the_name_of_a_row_or_a_column_shows_its_errors(visit, run):
    page = visit("confusion")
    click_cell(page, DOG, -1)
    heading(page, "dog, errors in test")
    errors = Selection(labels=(DOG,), correct=False)
    wait_for_images(page, expected(run, errors, "loss", limit=24))
    click_cell(page, -1, DOG)
    heading(page, "any class predicted as dog, errors in test")
    errors = Selection(preds=(DOG,), correct=False)
    wait_for_images(page, expected(run, errors, "p_dog", limit=24))


def test_several_cells_add_up_and_are_taken_away(visit, run):
    page = visit("confusion?true=deer&pred=cat")
    heading(page, "deer predicted as cat in test")
    page.get_by_text("Add cells up").click()
    click_cell(page, CAT, DOG)
    heading(page, "deer predicted as cat, cat predicted as dog in test")
    both = Selection(cells=((DEER, CAT), (CAT, DOG)))
    wait_for_images(page, expected(run, both, "loss", limit=24))
    click_cell(page, DEER, CAT)
    heading(page, "cat predicted as dog in test")


def test_cells_clicked_in_quick_succession_all_add_up(visit, run):
    page = visit("confusion")
    page.get_by_text("Add cells up").click()
    settled(page)
    for label, pred in ((DEER, CAT), (CAT, DOG), (DOG, CAT)):
        click_cell(page, label, pred)
    three = Selection(cells=((DEER, CAT), (CAT, DOG), (DOG, CAT)))
    wait_for_images(page, expected(run, three, "loss", limit=24))


def test_a_double_click_is_a_click(visit):
    page = visit("confusion")
    click_cell(page, DEER, CAT, times=2)
    heading(page, "deer predicted as cat in test")
    click_cell(page, DOG, -1, times=2)
    heading(page, "dog, errors in test")
    page.goto(page.url.split("/confusion")[0])
    click_bar(page, "deer", times=2)
    title(page, "Gallery")
    wait_until(page, lambda: "show=Errors" in page.url)
    assert "true=" in page.url


def test_the_largest_confusion_before_any_click(visit):
    page = visit("confusion")
    expect(page.get_by_text("Highest P(cat) first").or_(page.get_by_text("first."))).to_have_count(
        1
    )
    page.get_by_role("button", name="Open in gallery").click()
    title(page, "Gallery")
    expect(page.get_by_role("heading", level=3, name="predicted as")).to_be_visible()


def test_from_the_overview_to_a_confusion(visit):
    page = visit()
    see = page.locator("[class*=st-key-overview_cell_]").first.get_by_role("button")
    expect(page.get_by_text("Classification report")).to_be_visible()
    label, pred = first_confusion(page)
    see.click()
    title(page, "Confusion")
    heading(page, f"{label} predicted as {pred} in test")
    wait_until(page, lambda: f"true={label}" in page.url and f"pred={pred}" in page.url)
