"""The image beside the others: it steps, zooms, picks, and leads to its own page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from core.queries.selection import Selection
from tests.browser.screen import expected, panel, tiles, title, wait_for_images, wait_until

WIDTH = "(image) => image.getBoundingClientRect().width"


def shown(page: Page, index: int) -> None:
    expect(panel(page).get_by_text(f"#{index}", exact=True)).to_be_visible()


def gallery(visit, run) -> tuple[Page, list[int]]:
    page = visit("gallery?n=20")
    wanted = expected(run, Selection(), "loss", limit=20)
    wait_for_images(page, wanted)
    return page, wanted


def test_a_click_shows_an_image_beside_the_others_and_keys_go_on(visit, run):
    page, wanted = gallery(visit, run)
    tiles(page).nth(2).locator(".open").click()
    shown(page, wanted[2])
    last = tiles(page).last.bounding_box()
    assert last["x"] + last["width"] <= panel(page).bounding_box()["x"]
    for key, index in (("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        shown(page, wanted[index])
    page.keyboard.press("Space")
    expect(page.get_by_text("1 picked")).to_be_visible()
    shown(page, wanted[1])
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    assert page.url.partition("?")[0].endswith("/gallery")


def test_its_pixels_are_seen(visit, run):
    page, _ = gallery(visit, run)
    tiles(page).first.locator(".open").click()
    image = panel(page).locator(".frame img")
    wait_until(page, lambda: image.evaluate("image => image.naturalWidth > 0"))
    before = image.evaluate(WIDTH)
    panel(page).locator(".frame").hover()
    page.mouse.wheel(0, -400)
    wait_until(page, lambda: image.evaluate(WIDTH) > 2 * before)
    expect(image).to_have_css("image-rendering", "pixelated")
    page.keyboard.press("0")
    wait_until(page, lambda: image.evaluate(WIDTH) == before)


def test_picked_images_stand_side_by_side_with_one_zoom(visit, run):
    page, wanted = gallery(visit, run)
    for place in (0, 3):
        tiles(page).nth(place).hover()
        tiles(page).nth(place).locator(".pick").click()
    page.get_by_role("button", name="Side by side").click()
    side = page.get_by_role("dialog", name="2 picked images side by side")
    expect(side.get_by_text(f"#{wanted[3]} ")).to_be_visible()
    side.get_by_role("button", name="Zoom in").click()
    transforms = side.locator("img").evaluate_all("all => all.map(i => i.style.transform)")
    assert len(set(transforms)) == 1
    assert "scale(1.5)" in transforms[0]
    page.keyboard.press("Escape")
    expect(side).to_have_count(0)


def test_on_a_phone_it_lies_over_the_others(touch):
    page = touch("gallery?n=20")
    tiles(page).first.locator(".open").tap()
    expect(panel(page)).to_be_visible()
    assert panel(page).bounding_box() == {"x": 0, "y": 0, "width": 400, "height": 800}
    panel(page).get_by_role("link", name="Full page").tap()
    title(page, "Image")
