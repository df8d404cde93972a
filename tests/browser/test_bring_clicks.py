"""A table from this machine becomes a run, and an error of it is clicked."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import expect

from core import runs
from tests.browser.screen import open_image, settled, title
from tests.dashboard.test_bring_page import TABLE


@pytest.fixture
def alone(run):
    """What is brought is gone again before another test looks for the newest run."""
    before = {each.id for each in runs.list_runs()}
    yield
    for each in runs.list_runs():
        if each.id not in before:
            runs.delete(each.id)


def test_an_upload_becomes_a_run(visit, run, alone, tmp_path):
    photos, file = run.dataset.partition(":")[2], tmp_path / "mine.csv"
    paths = [f"test/cat/{k:03d}.png" for k in range(3)]
    pd.DataFrame(TABLE).assign(file=paths).to_csv(file, index=False)
    page = visit("train")
    settled(page)
    page.get_by_text("Bring predictions", exact=True).click()
    page.locator(".upload input").set_input_files(str(file))
    expect(page.get_by_text("0 of 3 files found").first).to_be_visible()
    page.get_by_role("textbox", name="Folder of the images").fill(photos)
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 of 3 files found").first).to_be_visible()
    page.get_by_role("button", name="Open as a run").click()
    title(page, "Overview")
    settled(page)
    open_image(page.locator(".gallery.strip .tile").first)
    title(page, "Image")
