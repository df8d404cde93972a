"""Each way to the cells of the matrix: finger, keyboard, Shift, quick clicks, Back, a link."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from core.queries.selection import Selection
from tests.browser.screen import (
    cell,
    click_cell,
    expected,
    heading,
    settled,
    title,
    wait_for_images,
    wait_until,
)

CAT, DEER, DOG = range(3)
NAMES = ("cat", "deer", "dog")
OUTLINED = "box => getComputedStyle(box).boxShadow.includes('rgb(59, 130, 196)')"
IN_ITS_FRAME = """box => new Promise(done => {
  box.click()
  const root = box.getRootNode()
  requestAnimationFrame(() => done(box.classList.contains('chosen') && box.ariaSelected === 'true'))
})"""

SHOWN_AT_ONCE = """box => new Promise(done => {
  box.click()
  const roots = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
  const tiles = roots.flatMap(root => [...root.shadowRoot.querySelectorAll('.gallery.grid .tile')])
  const shown = () => tiles.filter(tile => tile.querySelector('img').naturalWidth > 0)
  requestAnimationFrame(() => done(shown().map(tile => Number(tile.dataset.index))))
})"""
CAME = """performance.getEntriesByType('resource')
  .map(entry => entry.name.match(/[/]images[/]drawn[/]test[/]([0-9]+)[/]/)?.[1])"""
PASSED = """boxes => boxes.forEach(box => box.dispatchEvent(
  new PointerEvent('pointerover', { bubbles: true, composed: true, pointerType: 'mouse' })))"""


def marked(page: Page) -> list[tuple[int, int]]:
    """The cells that are marked, names left out."""
    places = page.locator(".matrix .cell.chosen").evaluate_all(
        "boxes => boxes.map(box => [Number(box.dataset.row), Number(box.dataset.column)])"
    )
    return [(row, column) for row, column in places]


def test_each_tap_opens_what_is_under_the_finger(touch):
    page = touch("confusion?run=drawn")
    for label, pred in ((DEER, CAT), (CAT, DOG), (DOG, DEER)):
        cell(page, label, pred).tap()
        heading(page, f"{NAMES[label]} predicted as {NAMES[pred]} in test")
        assert marked(page) == [(label, pred)]
    cell(page, DOG, -1).tap()
    heading(page, "dog, errors in test")
    cell(page, -1, CAT).tap()
    heading(page, "any class predicted as cat, errors in test")
    expect(page.locator(".matrix .tip")).to_be_hidden()


def test_taps_add_cells_up(touch):
    page = touch("confusion?run=drawn")
    page.get_by_role("switch", name="Add cells up").tap()
    for label, pred in ((DEER, CAT), (CAT, DOG)):
        cell(page, label, pred).tap()
    heading(page, "deer predicted as cat, cat predicted as dog in test")
    assert sorted(marked(page)) == [(CAT, DOG), (DEER, CAT)]


def test_a_tap_on_a_bar_opens_its_class(touch):
    page = touch("?run=drawn")
    page.locator(".bars .bar").filter(has_text="deer").tap()
    title(page, "Gallery")
    heading(page, "deer, errors in test")


def test_arrows_move_enter_chooses_and_shift_enter_adds(visit, run):
    page = visit("confusion?run=drawn")
    cell(page, CAT, DEER).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect(cell(page, DOG, CAT)).to_be_focused()
    expect(page.locator(".matrix .tip")).to_contain_text("dog predicted as cat")
    page.keyboard.press("Enter")
    heading(page, "dog predicted as cat in test")
    expect(cell(page, DOG, CAT)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+Enter")
    both = Selection(cells=((DOG, CAT), (DEER, CAT)))
    heading(page, "dog predicted as cat, deer predicted as cat in test")
    wait_for_images(page, expected(run, both, "p_cat", limit=24))
    page.keyboard.press(" ")
    heading(page, "dog predicted as cat in test")
    for key in ("Home", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    heading(page, "deer, errors in test")
    page.keyboard.press("Control+End")
    expect(cell(page, DOG, DOG)).to_be_focused()


def test_the_matrix_is_one_stop_for_tab_and_a_grid_for_those_who_hear_it(visit):
    page = visit("confusion?run=drawn")
    grid = page.get_by_role("grid", name="Confusion matrix, true class by predicted class")
    expect(grid.get_by_role("row")).to_have_count(4)
    expect(grid.get_by_role("rowheader")).to_have_count(3)
    expect(grid.get_by_role("columnheader", name="errors predicted as deer")).to_be_visible()
    expect(grid.get_by_role("gridcell", name="deer predicted as cat: ")).to_be_visible()
    assert grid.locator("[tabindex='0']").count() == 1
    click_cell(page, DEER, CAT)
    expect(grid.get_by_role("gridcell", selected=True)).to_have_count(1)


def test_a_click_is_marked_before_any_answer(visit):
    page = visit("confusion?run=drawn")
    settled(page)
    assert cell(page, DEER, CAT).evaluate(IN_ITS_FRAME)
    assert cell(page, DEER, CAT).evaluate(OUTLINED)


def test_two_quick_clicks_leave_the_second(visit, run):
    page = visit("confusion?run=drawn")
    click_cell(page, DEER, CAT)
    click_cell(page, CAT, DOG)
    heading(page, "cat predicted as dog in test")
    wait_for_images(page, expected(run, Selection(cells=((CAT, DOG),)), "p_dog", limit=24))
    settled(page)
    assert marked(page) == [(CAT, DOG)]
    assert "true=cat" in page.url


def test_quick_clicks_with_shift_are_all_there(visit, run):
    page = visit("confusion?run=drawn")
    page.keyboard.down("Shift")
    for label, pred in ((DEER, CAT), (CAT, DOG), (DOG, CAT), (CAT, DOG)):
        click_cell(page, label, pred)
    page.keyboard.up("Shift")
    two = Selection(cells=((DEER, CAT), (DOG, CAT)))
    wait_for_images(page, expected(run, two, "p_cat", limit=24))
    settled(page)
    assert sorted(marked(page)) == [(DEER, CAT), (DOG, CAT)]


def test_a_cell_is_taken_out_of_a_whole_row(visit, run):
    page = visit("confusion?run=drawn")
    click_cell(page, DEER, -1)
    heading(page, "deer, errors in test")
    cell(page, DEER, CAT).click(modifiers=["Shift"])
    heading(page, "deer predicted as dog in test")
    wait_until(page, lambda: "pred=dog" in page.url)


def test_back_moves_the_mark_too(visit):
    page = visit("confusion?run=drawn")
    for label, pred in ((DEER, CAT), (CAT, DOG)):
        click_cell(page, label, pred)
        heading(page, f"{NAMES[label]} predicted as {NAMES[pred]} in test")
        wait_until(page, lambda label=label: f"true={NAMES[label]}" in page.url)
    settled(page)
    page.go_back()
    heading(page, "deer predicted as cat in test")
    wait_until(page, lambda: marked(page) == [(DEER, CAT)], lambda: str(marked(page)))


def test_a_link_marks_its_cells(visit):
    page = visit("confusion?run=drawn&cells=deer+→+cat&cells=cat+→+dog")
    heading(page, "deer predicted as cat, cat predicted as dog in test")
    wait_until(page, lambda: sorted(marked(page)) == [(CAT, DOG), (DEER, CAT)])


def test_the_mouse_over_a_cell_names_both_classes(visit):
    page = visit("confusion?run=drawn")
    tip = page.locator(".matrix .tip")
    cell(page, DEER, CAT).hover()
    expect(tip).to_contain_text("deer predicted as cat")
    expect(tip).to_contain_text("image")
    cell(page, DOG, -1).hover()
    expect(tip).to_contain_text("errors of dog")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_right_answers_have_a_colour_of_their_own(visit):
    page = visit("confusion?run=drawn&errors_only=False")
    right, wrong = (cell(page, DEER, k) for k in (DEER, CAT))
    expect(right).to_have_text("24")
    colours = [
        box.evaluate("box => getComputedStyle(box).backgroundColor") for box in (right, wrong)
    ]
    assert colours[0] != colours[1]


def test_a_cell_that_the_mouse_rests_on_shows_its_images_in_the_frame_of_the_click(visit, run):
    page = visit("confusion?run=drawn")
    settled(page)
    with page.expect_response("**/ahead/**") as asked:
        cell(page, DOG, DEER).hover()
    assert asked.value.ok
    wanted = expected(run, Selection(cells=((DOG, DEER),)), "p_deer", limit=24)
    wait_until(page, lambda: {str(k) for k in wanted} <= {*page.evaluate(CAME)})
    shown = cell(page, DOG, DEER).evaluate(SHOWN_AT_ONCE)
    assert shown == wanted
    heading(page, "dog predicted as deer in test")
    wait_for_images(page, wanted)


def test_nothing_is_fetched_ahead_where_the_mouse_only_passes(visit):
    page = visit("confusion?run=drawn")
    settled(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    places = page.locator(".matrix [data-row]")  # the names of the columns come first
    places.evaluate_all(f"boxes => ({PASSED})([...boxes].reverse())")
    page.wait_for_timeout(600)
    assert [url for url in asked if "/ahead/" in url] == []
