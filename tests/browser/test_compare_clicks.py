"""Compare in the browser: a cell of the difference, the outcomes' galleries, the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core import queries
from core.evaluation import cells
from core.evaluation.comparison import Comparison, compare, per_class, worst_first
from tests import drawn, repaired
from tests.browser.conftest import Server, serve
from tests.browser.screen import click_cell, open_image, title, wait_until

CAT, DEER, DOG = range(3)
PAGE = 12
DRAWN = "tiles => tiles.length && tiles.every(t => t.querySelector('img')?.naturalWidth > 0)"


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory) -> Iterator[tuple[Server, Comparison]]:
    """A server with a run and a fix of it: twenty of its errors right, six right answers wrong."""
    root = tmp_path_factory.mktemp("compare")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENCEPOST_ARTIFACTS", str(root / "artifacts"))
        run = drawn.save(drawn.draw(root / "photos"))
        table = queries.ask(run, "SELECT row, correct FROM run WHERE split = 'test' ORDER BY row")
        wrong, right = (table.loc[table["correct"] == c, "row"].tolist() for c in (False, True))
        after = repaired.save(run, fixed=wrong[::2][:20], broken=right[::9][:6])
        with serve(root / "artifacts", root / "log.txt") as running:
            yield running, compare(run, after)


@pytest.fixture
def visit(lab, open_url) -> Iterator[Callable[..., Page]]:
    """A function that opens Compare on the pair; no traceback may be printed meanwhile."""
    server, _ = lab
    yield lambda more="": open_url(f"{server.url}/compare?run=repaired{more}")
    assert "Traceback" not in server.printed()


@pytest.fixture
def comparison(lab) -> Comparison:
    return lab[1]


def indexes(page: Page, key: str) -> list[int]:
    found = page.locator(f".st-key-{key} .tile")
    return found.evaluate_all("tiles => tiles.map(tile => Number(tile.dataset.index))")


def wait_for(page: Page, key: str, wanted: list[int]) -> None:
    """Wait until a gallery has exactly these images, and they are drawn."""
    wait_until(
        page, lambda: indexes(page, key) == wanted, lambda: f"{indexes(page, key)} not {wanted}"
    )
    found = page.locator(f".st-key-{key} .tile")
    if wanted:
        found.first.scroll_into_view_if_needed()
        wait_until(page, lambda: found.evaluate_all(DRAWN))


def images(comparison: Comparison, mask) -> list[int]:
    """The images of a mask by their own index, as a gallery should order them."""
    rows = comparison.most_changed(mask)
    return queries.rows(comparison.after, rows)["index"].tolist()


def outcome(comparison: Comparison, name: str) -> list[int]:
    return images(comparison, (comparison.rows["outcome"] == name).to_numpy())


def test_fixed_and_broken_stand_side_by_side(visit, comparison):
    page = visit()
    fixed, broken = (outcome(comparison, name) for name in ("fixed", "broken"))
    assert (len(fixed), len(broken)) == (20, 6)
    wait_for(page, "compare_fixed", fixed[:PAGE])
    wait_for(page, "compare_broken", broken)
    left, right = (page.locator(f".st-key-compare_{k}").bounding_box() for k in ("fixed", "broken"))
    assert left["width"] == pytest.approx(right["width"], abs=2)
    assert left["y"] == pytest.approx(right["y"], abs=2)
    page.get_by_role("button", name="Page 2").first.click()
    wait_for(page, "compare_fixed", fixed[PAGE:])
    wait_for(page, "compare_broken", broken)


def test_a_cell_of_the_difference_shows_what_left_and_what_entered(visit, comparison):
    page = visit()
    cell = next(
        c for c in cells.cell_changes(comparison).itertuples() if c.left and c.label != c.pred
    )
    wait_for(page, "compare_fixed", outcome(comparison, "fixed")[:PAGE])
    page.get_by_role("tab", name="Confusions, after less before").click()
    page.locator(".st-key-compare_matrix").scroll_into_view_if_needed()
    for label, pred in ((cell.label, cell.pred), (cell.pred, cell.pred)):
        click_cell(page, label, pred)
        a, b = (comparison.after.classes[c] for c in (label, pred))
        for word in ("No longer", "Newly"):
            found = page.get_by_role("heading", level=4, name=f"{word} {a} → {b}: ")
            expect(found).to_be_visible()
        masks = cells.cell_images(comparison, label, pred)
        for side in ("left", "entered"):
            wait_for(page, f"compare_cell_{side}", images(comparison, masks[side])[:PAGE])
    name = comparison.after.classes[cell.pred]
    wait_until(page, lambda: re.search(f"changed_cell={name}.*{name}", page.url) is not None)
    assert "before=drawn" in page.url


def test_a_class_name_of_the_difference_shows_all_its_errors(visit, comparison):
    page = visit()
    line = next(c for c in cells.line_changes(comparison).itertuples() if c.pred == cells.ANY)
    wait_for(page, "compare_fixed", outcome(comparison, "fixed")[:PAGE])
    page.get_by_role("tab", name="Confusions, after less before").click()
    page.locator(".st-key-compare_matrix").scroll_into_view_if_needed()
    click_cell(page, line.label, cells.ANY)
    masks = cells.cell_images(comparison, line.label, cells.ANY)
    for side in ("left", "entered"):
        wait_for(page, f"compare_cell_{side}", images(comparison, masks[side])[:PAGE])
    name = comparison.after.classes[line.label]
    expect(page.get_by_role("combobox", name="Cell")).to_have_value(f"{name} → any other")


def test_a_ticked_class_shows_its_fixed_and_broken_images(visit, comparison):
    page = visit()
    wait_for(page, "compare_fixed", outcome(comparison, "fixed")[:PAGE])
    table = page.locator("[class*=st-key-compare_classes_table]")
    table.scroll_into_view_if_needed()
    table.locator(".dvn-scroller").click(position={"x": 18, "y": 52})  # the first row's box
    worst = worst_first(per_class(comparison))["label"].iloc[0]
    name = comparison.after.classes[worst]
    expect(page.get_by_role("heading", level=4, name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("heading", level=5, name="Fixed: ")).to_be_visible()
    mine = (comparison.rows["label"] == worst).to_numpy()
    for name in ("fixed", "broken"):
        mask = mine & (comparison.rows["outcome"] == name).to_numpy()
        wait_for(page, f"compare_classes_{name}", images(comparison, mask)[:PAGE])


def test_a_link_reopens_the_cell(visit, comparison):
    cell = cells.cell_changes(comparison).iloc[-1]
    label, pred = (comparison.after.classes[cell[k]] for k in ("label", "pred"))
    page = visit(f"&before=drawn&changed_cell={label} → {pred}")
    masks = cells.cell_images(comparison, cell["label"], cell["pred"])
    for side in ("left", "entered"):
        wait_for(page, f"compare_cell_{side}", images(comparison, masks[side])[:PAGE])


def test_a_fixed_image_opens_and_back_leads_here(visit, comparison):
    page = visit()
    first = outcome(comparison, "fixed")[0]
    wait_for(page, "compare_fixed", outcome(comparison, "fixed")[:PAGE])
    open_image(page.locator(".st-key-compare_fixed .tile").first)
    title(page, "Image")
    expect(page.get_by_test_id("stNumberInputField")).to_have_value(str(first))
    page.go_back()
    title(page, "Compare")
    wait_for(page, "compare_fixed", outcome(comparison, "fixed")[:PAGE])


def test_the_report_has_the_numbers_and_asks_for_nothing(visit, comparison, browser, tmp_path):
    page = visit()
    button = page.get_by_role("link", name="Download report")
    button.wait_for(timeout=60_000)  # drawn last, as it tells of everything above
    with page.expect_download(timeout=60_000) as waiting:
        button.click()
    path = tmp_path / "report.html"
    waiting.value.save_as(path)
    made = comparison.overall()
    asked, reader = [], browser.new_page()
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(path.as_uri())
    text = reader.locator("body").inner_text()
    shown = reader.evaluate("[...document.images].filter(i => i.naturalWidth > 0).length")
    reader.close()
    assert f"went from {made.before:.1%} to {made.after:.1%}" in text
    assert f"with {made.fixed} images fixed and {made.broken} broken" in text
    assert shown >= PAGE + made.broken
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
    assert not re.search(r"https?://", Path(path).read_text(encoding="utf-8"))
