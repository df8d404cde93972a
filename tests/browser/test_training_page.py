"""Training from the dashboard, each in its real process: watched, cancelled, refused, failed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core import runs
from core.datasets import demo
from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import jobfolder
from dashboard.components.train_options import FILE
from tests import drawn
from tests.browser.conftest import Server, serve
from tests.browser.screen import heading, settled, title, wait_until

STARTS = 60_000  # milliseconds: a busy machine takes its time to bring torch
FOREVER = 10_000  # epochs; such a training ends by being cancelled


@pytest.fixture(scope="module")
def root(browser, tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def photos(root) -> str:
    drawn.draw(root / "photos")
    return str(root / "photos")


@pytest.fixture(scope="module")
def lab(root, photos) -> Iterator[Server]:
    """A server of its own with one run: the other tests count on theirs staying as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENCEPOST_ARTIFACTS", str(root / "artifacts"))
        drawn.save(drawn.load_dataset(f"folder:{photos}"), run_id="old")
        with serve(root / "artifacts", root / "log.txt") as running:
            yield running


@pytest.fixture
def visit(lab, open_url) -> Iterator[Callable[..., Page]]:
    """A function that opens a page; afterwards nothing trains and no traceback was printed."""
    before = len(lab.printed())
    yield lambda path="": open_url(f"{lab.url}/{path}")
    while job := jobs.running():
        jobs.cancel(job.id, grace=0)
        time.sleep(0.2)
    assert "Traceback" not in lab.printed()[before:]


def choose(page: Page, key: str, value: str) -> None:
    """Take one of a select box's options, where the form does not begin with it."""
    box = page.locator(f".st-key-{key} input")
    if box.input_value() == value:
        return
    box.click()
    box.fill(value)
    page.get_by_role("option", name=value, exact=True).click()


def fill(page: Page, key: str, value: object) -> None:
    page.locator(f".st-key-{key} input").fill(str(value))


def choose_data(page: Page, kind: str) -> None:
    page.locator(".st-key-train_data").get_by_text(kind, exact=True).click()


def fill_folder_form(page: Page, folder: str, epochs: int, weights: str = "none") -> None:
    """Ask for the small network on a folder."""
    choose_data(page, "Folder of images")
    fill(page, "train_folder_path", folder)
    page.keyboard.press("Enter")
    settled(page)  # what the folder holds is shown first
    choose(page, "train_folder_model", "small")
    settled(page)
    own = weights not in ("default", "none")
    page.get_by_role("radio", name=FILE if own else weights, exact=True).click()
    settled(page)
    if own:
        fill(page, "train_folder_weights_file", weights)
    fill(page, "train_folder_epochs", epochs)
    page.get_by_text("More options").click()
    fill(page, "train_folder_size", 32)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button:visible").click()


def start(page: Page) -> None:
    press(page, "train_start")


def wait_for_epochs(page: Page) -> None:
    expect(page.get_by_text(f" of {FOREVER}").first).to_be_visible(timeout=STARTS)


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_retrain_on_a_folder_to_a_new_run(visit, lab, photos):
    page = visit()
    press(page, "sidebar_train")
    title(page, "Train")
    fill_folder_form(page, photos, epochs=3)
    fill(page, "train_folder_name", "Retrained")
    start(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("Retrained has been trained and is now open")).to_be_visible(
        timeout=STARTS
    )
    made = runs.list_runs()[0]
    assert (made.name, made.config["epochs"]) == ("Retrained", 3)
    expect(page.get_by_role("combobox", name="Run")).to_have_value("Retrained")
    press(page, "train_open")
    title(page, "Overview")
    wait_until(page, lambda: f"run={made.id}" in page.url)


def test_retrain_on_the_demo_to_a_new_run(visit, lab):
    demo.render(lab.artifacts / "datasets" / "demo", train=100, test=50)  # drawn within a second
    page = visit("train")
    fill(page, "train_demo_epochs", 1)
    fill(page, "train_demo_name", "One epoch")
    start(page)
    expect(page.get_by_text("One epoch has been trained")).to_be_visible(timeout=STARTS)
    assert runs.list_runs()[0].dataset == "demo"


def test_training_is_watched_after_a_reload_and_cancelled(visit, lab, photos):
    before = files(lab.artifacts / "runs")
    page = visit("train")
    fill_folder_form(page, photos, epochs=FOREVER)
    start(page)
    wait_for_epochs(page)
    page.reload()
    wait_for_epochs(page)
    page.get_by_role("link", name="Gallery").click()
    title(page, "Gallery")
    expect(page.get_by_test_id("stSidebar").get_by_text(f" of {FOREVER}")).to_be_visible()
    press(page, "sidebar_watch")
    press(page, "train_cancel")
    expect(page.get_by_text("was cancelled")).to_be_visible(timeout=STARTS)
    assert jobs.list_jobs()[0].state == "cancelled"
    assert files(lab.artifacts / "runs") == before


def test_folder_that_is_not_there_is_refused(visit):
    before = [job.id for job in jobs.list_jobs()]
    page = visit("train")
    fill_folder_form(page, "/not/there", epochs=1)
    start(page)
    refused = page.get_by_test_id("stAlertContentError")
    expect(refused.get_by_text("There is no folder /not/there")).to_be_visible()
    assert [job.id for job in jobs.list_jobs()] == before


def test_a_second_training_waits_and_can_be_cancelled(visit, photos):
    page = visit("train")
    fill_folder_form(page, photos, epochs=1)
    with training_elsewhere(photos):
        start(page)
        heading(page, "Waiting")
        [waiting] = jobs.waiting()
        press(page, f"cancel_{waiting.id}")
        expect(page.get_by_role("heading", name="Waiting")).to_have_count(0, timeout=STARTS)
        assert jobs.open_job(waiting.id).state == "cancelled"
    expect(page.get_by_text("was cancelled")).to_be_visible(timeout=STARTS)


@contextmanager
def training_elsewhere(photos: str) -> Iterator[None]:
    """A job that runs as far as one can tell: its process sleeps."""
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, TrainConfig(dataset=f"folder:{photos}"), "running")
    with subprocess.Popen(["sleep", "60"]) as process:
        jobfolder.write_process(folder, process.pid)
        yield
        process.kill()


def test_failed_training_says_why(visit, photos, root):
    broken = root / "broken.safetensors"
    broken.write_bytes(b"no weights")
    page = visit("train")
    fill_folder_form(page, photos, epochs=1, weights=str(broken))
    start(page)
    expect(page.get_by_text("failed: ")).to_be_visible(timeout=STARTS)
    expect(page.get_by_text("broken.safetensors").first).to_be_visible()
    page.get_by_text("Log", exact=True).first.click()
    log = page.locator("[data-testid=stCode]").first
    wait_until(page, lambda: "train.py: " in log.inner_text())
    assert "Traceback" not in log.inner_text()
