"""Whose look at test is counted, on which pages."""

import pytest

from core import artifacts
from core.runs.annotations import looks_at_test
from tests import repaired
from tests.dashboard.conftest import words


@pytest.fixture
def fix(run):
    return repaired.save(run, fixed=[0], run_id="repaired")


@pytest.mark.parametrize("page", ["overview", "confusion", "gallery", "classes", "image", "runs"])
def test_a_page_with_numbers_of_test_counts_as_a_look(fix, run, open_page, page):
    app = open_page(page, run=run.id)
    app.selectbox(key="run").set_value("repaired").run()
    assert not app.exception
    assert looks_at_test.seen(run) == ("repaired",)


@pytest.mark.parametrize("page", ["fix", "evidence", "train"])
def test_a_page_without_them_does_not(fix, run, open_page, page):
    app = open_page(page, run=run.id)
    app.selectbox(key="run").set_value("repaired").run()
    assert not app.exception
    assert looks_at_test.seen(run) == ()


def test_other_splits_do_not(fix, run, open_page):
    open_page("overview", run="repaired", split="val")
    assert looks_at_test.seen(run) == ()


def test_a_read_only_dashboard_does_not(fix, run, open_page, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    open_page("overview", run="repaired")
    assert looks_at_test.seen(run) == ()


def test_the_fourth_fix_warns(run, open_page):
    for name in "abcd":
        repaired.save(run, run_id=name)
        app = open_page("overview", run=name)
    assert "4 fixes of it were compared on test" in app.warning[0].value


def test_a_full_disk_is_told_and_the_page_stays(fix, open_page, monkeypatch):
    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(artifacts, "write_json", full)
    app = open_page("overview", run="repaired")
    assert not app.exception
    assert "cannot be saved" in words(app)
