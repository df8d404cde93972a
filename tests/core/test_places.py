"""Where artifacts live, and what a folder of them begins with."""

from __future__ import annotations

import pytest

from core import artifacts, runs
from core.runs import shipped, writing


def test_a_checkout_keeps_them_beside_the_code(monkeypatch):
    monkeypatch.delenv("FENCEPOST_ARTIFACTS", raising=False)
    assert artifacts.root() == artifacts.REPOSITORY / "artifacts"


def test_elsewhere_they_are_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("FENCEPOST_ARTIFACTS", raising=False)
    monkeypatch.setattr(artifacts, "CHECKOUT", False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert artifacts.root() == tmp_path / "fencepost"


@pytest.mark.parametrize("checkout", [True, False])
def test_the_folder_that_is_named_wins(monkeypatch, tmp_path, checkout):
    monkeypatch.setattr(artifacts, "CHECKOUT", checkout)
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", str(tmp_path))
    assert artifacts.root() == tmp_path


def test_a_new_folder_begins_with_the_demo_run(artifacts_root):
    assert shipped.copy_into_new_folder()
    assert [run.id for run in runs.list_runs()] == ["demo"]
    assert [path.name for path in artifacts_root.iterdir()] == ["runs"]


def test_a_demo_run_that_was_deleted_stays_deleted(artifacts_root):
    shipped.copy_into_new_folder()
    runs.delete("demo")
    assert not shipped.copy_into_new_folder()
    assert runs.list_runs() == []


def test_runs_that_are_there_are_left_as_they_are(tiny_run):
    assert not shipped.copy_into_new_folder()
    assert [run.id for run in runs.list_runs()] == ["tiny"]


def test_without_the_demo_run_a_new_folder_stays_empty(artifacts_root, monkeypatch):
    monkeypatch.setattr(shipped, "PLACES", ())
    assert not shipped.copy_into_new_folder()
    assert not artifacts_root.exists()


def test_a_repository_further_up_is_not_ours(monkeypatch, tmp_path):
    """A wheel may lie in an environment inside of somebody's repository."""
    monkeypatch.setattr(artifacts, "REPOSITORY", artifacts.REPOSITORY / "core")
    assert writing._git_commit() == ""
