"""The gallery: presets, pages, picks, exports, the keyboard; and links that reopen it all."""

from __future__ import annotations

import csv
import io
import zipfile

from PIL import Image
from playwright.sync_api import Page, expect

from core.queries.selection import Selection
from tests.browser.screen import (
    STRIP,
    click_bar,
    expected,
    first_confusion,
    heading,
    indexes,
    open_image,
    panel,
    settled,
    tiles,
    title,
    wait_for_images,
    wait_until,
)

CAT, DEER, DOG = range(3)
DEER_ERRORS = Selection(labels=(DEER,), correct=False)


def open_class(visit, name: str) -> Page:
    """From the first page by one click on the bar of a class."""
    page = visit()
    click_bar(page, name)
    title(page, "Gallery")
    return page


def test_a_bar_leads_to_the_errors_of_its_class_least_probable_first(visit, run):
    page = open_class(visit, "deer")
    heading(page, "deer, errors in test")
    wait_for_images(page, expected(run, DEER_ERRORS, "label_prob", descending=False))


def test_every_question_is_two_clicks_away(visit, run):
    page = open_class(visit, "deer")
    for other in ("cat", "dog"):
        page.get_by_role("radio", name=f"Errors, most {other}-like first").click()
        wait_for_images(page, expected(run, DEER_ERRORS, f"p_{other}"))
    page.get_by_role("radio", name="Right, most deer-like first").click()
    heading(page, "deer, right in test")
    right = Selection(labels=(DEER,), correct=True)
    wait_for_images(page, expected(run, right, "p_deer"))
    page.get_by_role("radio", name="Errors, least deer-like first").click()
    wait_for_images(page, expected(run, DEER_ERRORS, "label_prob", descending=False))


def test_a_link_reopens_the_same_view(visit, run):
    page = open_class(visit, "deer")
    page.get_by_role("radio", name="Errors, most cat-like first").click()
    wanted = expected(run, DEER_ERRORS, "p_cat")
    wait_for_images(page, wanted)
    wait_until(page, lambda: "rank=" in page.url)
    other = visit(page.url.split("/", 3)[3])
    heading(other, "deer, errors in test")
    wait_for_images(other, wanted)


def test_pages(visit, run):
    page = visit("gallery?n=20")
    everything = expected(run, Selection(), "loss", limit=200)
    wait_for_images(page, everything[:20])
    page.get_by_role("button", name="Page 3").click()
    wait_for_images(page, everything[40:60])
    wait_until(page, lambda: "page=3" in page.url)
    page.get_by_role("radio", name="Errors", exact=True).click()  # fewer images: page 1 again
    wait_for_images(page, expected(run, Selection(correct=False), "loss", limit=20))


def test_the_next_page_from_below_the_tiles_begins_at_its_first(visit, run):
    page = visit("gallery?n=20")
    everything = expected(run, Selection(), "loss", limit=60)
    for start in (20, 40):
        page.get_by_role("button", name="Next 20 images").click()
        wait_for_images(page, everything[start : start + 20])
        expect(tiles(page).first).to_be_in_viewport()
    wait_until(page, lambda: "page=3" in page.url)


def test_another_number_of_images_per_page_keeps_the_place(visit, run):
    page = visit("gallery?n=60&page=2")
    everything = expected(run, Selection(), "loss", limit=200)
    wait_for_images(page, everything[60:120])
    page.get_by_role("radio", name="20", exact=True).click()
    wait_for_images(page, everything[60:80])
    wait_until(page, lambda: "page=4" in page.url)


def test_picks_are_exported_as_table_and_pictures(visit, run):
    page = visit("gallery?n=20")
    everything = expected(run, Selection(), "loss", limit=40)
    wait_for_images(page, everything[:20])
    for place in (0, 3):
        tiles(page).nth(place).hover()
        tiles(page).nth(place).locator(".pick").click()
    expect(page.get_by_text("2 picked")).to_be_visible()
    page.get_by_role("button", name="Page 2").click()
    wait_for_images(page, everything[20:])
    tiles(page).nth(1).hover()
    tiles(page).nth(1).locator(".pick").click()
    expect(page.get_by_text("3 picked")).to_be_visible()
    settled(page)
    wanted = sorted([everything[0], everything[3], everything[21]])
    assert [int(row["index"]) for row in read_csv(download(page, "Table (CSV)"))] == wanted
    check_zip(download(page, "Images (ZIP)"), wanted)
    page.get_by_role("button", name="Clear picks").click()
    expect(page.get_by_text("None picked")).to_be_visible()
    expect(page.locator(".tile.picked")).to_have_count(0)


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    return waiting.value.path().read_bytes()


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def check_zip(data: bytes, wanted: list[int]) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = read_csv(archive.read("images.csv"))
        assert [int(row["index"]) for row in rows] == wanted
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
        assert len(pictures) == len(wanted)
        for name, index in zip(sorted(pictures), wanted, strict=True):
            assert name.startswith(f"test-{index:05d}-")
            first = Image.open(io.BytesIO(archive.read(name))).getpixel((0, 0))
            assert first == (index % 40, index // 40, 1)


def test_the_keyboard(visit, run):
    page = visit("gallery?n=20")
    everything = expected(run, Selection(), "loss", limit=20)
    wait_for_images(page, everything)
    tiles(page).first.locator(".open").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("1 picked")).to_be_visible()
    expect(tiles(page).nth(1)).to_have_class("tile error picked")
    page.keyboard.press("ArrowDown")
    focused = page.evaluate(
        "() => { let at = document.activeElement; while (at.shadowRoot) at = "
        "at.shadowRoot.activeElement; return Number(at.closest('.tile').dataset.index) }"
    )
    assert indexes(page).index(focused) > 3
    page.keyboard.press("Enter")
    expect(panel(page).get_by_text(f"#{focused}", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    title(page, "Image")
    expect(page.get_by_test_id("stNumberInputField")).to_have_value(str(focused))


def test_the_image_page_steps_through_the_selection_it_came_from(visit, run):
    page = visit("gallery?true=deer&show=Errors&rank=P(cat)")
    wanted = expected(run, DEER_ERRORS, "p_cat")
    wait_for_images(page, wanted)
    open_image(tiles(page).nth(1))
    title(page, "Image")
    expect(page.get_by_test_id("stNumberInputField")).to_have_value(str(wanted[1]))
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_test_id("stNumberInputField")).to_have_value(str(wanted[2]))
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_test_id("stNumberInputField")).to_have_value(str(wanted[1]))
    wait_until(page, lambda: f"image={wanted[1]}" in page.url and "true=deer" in page.url)


def test_the_selection_survives_pages_that_do_not_show_it(visit, run):
    page = visit("gallery?true=deer&show=Errors")
    heading(page, "deer, errors in test")
    for name in ("Runs", "Train", "Gallery"):
        page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
        title(page, name)
    heading(page, "deer, errors in test")
    wait_for_images(page, expected(run, DEER_ERRORS, "loss"))


def test_classes_are_shuffled_and_the_seed_is_in_the_link(visit):
    page = visit("classes?seed=7")
    expect(page.locator(".gallery.rows .tile")).to_have_count(30)
    first = shown_in_rows(page)
    page.get_by_role("button", name="Shuffle").click()
    wait_until(page, lambda: "seed=7&" not in f"{page.url}&" and shown_in_rows(page) != first)
    second = shown_in_rows(page)
    again = visit(page.url.split("/", 3)[3])
    expect(again.locator(".gallery.rows .tile")).to_have_count(30)
    assert shown_in_rows(again) == second


def shown_in_rows(page: Page) -> list[str]:
    found = page.locator(".gallery.rows .tile")
    return found.evaluate_all("tiles => tiles.map(tile => tile.dataset.index)")


def test_back_leads_from_an_image_to_its_gallery_in_one_step(visit):
    page = visit("gallery?run=0-hostile")
    expect(tiles(page).first).to_be_visible()
    open_image(tiles(page).first)
    title(page, "Image")
    page.go_back()
    title(page, "Gallery")
    assert page.url.endswith("gallery?run=0-hostile")


def test_every_press_of_an_arrow_key_is_a_step(visit, run):
    wanted = expected(run, Selection(), "loss", limit=25)
    page = visit(f"image?image={wanted[0]}")
    settled(page)
    for _ in range(24):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(30)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("24 of 120: all images in test")).to_be_visible()
    expect(page.get_by_test_id("stNumberInputField")).to_have_value(str(wanted[23]))


def test_the_first_and_the_last_image_have_one_way_to_go(visit, run):
    wanted = expected(run, Selection(), "loss", limit=120)
    page = visit(f"image?image={wanted[0]}")
    settled(page)
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.get_by_test_id("stNumberInputField").fill(str(wanted[-1]))
    page.keyboard.press("Enter")
    expect(page.get_by_text("120 of 120: all images in test")).to_be_visible()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_text("119 of 120: all images in test")).to_be_visible()


def test_an_image_is_stepped_through_the_confusion_that_it_was_shown_in(visit, run):
    page = visit()
    settled(page)
    label, pred = first_confusion(page)
    open_image(page.locator(f"{STRIP} .tile").first)
    title(page, "Image")
    expect(page.get_by_text(f": {label} predicted as {pred} in test.")).to_be_visible()
