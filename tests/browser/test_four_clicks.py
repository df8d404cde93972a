"""From an error to its proof in four clicks, on the run that ships."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from core import runs
from core.concepts import store
from core.evaluation.comparison import compare
from tests.browser.conftest import ROOT, Server, serve
from tests.browser.screen import click_why

CAT, DEER = 3, 4
SLOW = 120_000  # milliseconds: the network is opened, and two thousand pictures are looked at


@pytest.fixture
def shipped(browser, tmp_path) -> Iterator[Server]:
    """A server that holds the shipped run alone."""
    root = tmp_path / "artifacts"
    shutil.copytree(ROOT / "artifacts" / "runs" / "demo", root / "runs" / "demo")
    with serve(root, tmp_path / "log.txt") as running:
        yield running


def fix_made(root: Path, patch: pytest.MonkeyPatch) -> tuple[runs.Run, runs.Run]:
    patch.setenv("FENCEPOST_ARTIFACTS", str(root))
    found = {run.id: run for run in runs.list_runs()}
    made = next(run for run in found.values() if run.meta.get("parent") == "demo")
    return found["demo"], made


def arrive(page: Page, name: str) -> None:
    page.get_by_role("heading", level=1, name=name, exact=True).wait_for()


def test_why_concept_fix_and_proof_are_four_clicks(shipped, open_url, monkeypatch):
    page = open_url(shipped.url)
    page.set_default_timeout(SLOW)
    click_why(page, DEER, CAT)
    arrive(page, "Explain")
    page.get_by_role("button", name="Make a concept of it").click()
    arrive(page, "Concepts")
    page.get_by_text("What it does", exact=True).wait_for()
    page.get_by_role("button", name="Save and fix").click()
    arrive(page, "Fix")
    page.get_by_role("button", name="Save and compare").click()
    arrive(page, "Compare")
    page.get_by_role("heading", name="Better").wait_for()

    before, after = fix_made(shipped.artifacts, monkeypatch)
    change = compare(before, after).overall()
    page.get_by_text(f"Fixed: {change.fixed}").first.wait_for()
    page.get_by_text(f"Broken: {change.broken}").first.wait_for()
    assert change.difference > 0
    [kept] = store.list_concepts(before)
    assert kept.concept.n_shows == 12
    page.goto(f"{shipped.url}/concepts?run=demo&concept={quote(kept.name)}")
    page.get_by_text("These show it (12)").wait_for()  # a link reopens it
    assert "Traceback" not in shipped.printed()
