"""Which folders may hold data, and what in them may be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.datasets import bounds, load_dataset
from core.datasets.bounds import address_problem, file_problem, folder_problem
from core.errors import DatasetError
from core.training.config import TrainConfig
from core.training.jobs import preflight
from tests import drawn

TOO_WIDE = "so it is no data folder"


@pytest.fixture
def data(tmp_path, artifacts_root) -> Path:
    """A folder, with another one beside it."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def bounded(data, monkeypatch) -> Path:
    monkeypatch.setenv("FENCEPOST_DATA", os.pathsep.join(["/mnt/other", str(data)]))
    return data


def test_any_folder_may_hold_data(data):
    assert folder_problem(data) == folder_problem(Path("/not/there")) == ""


@pytest.mark.parametrize(
    ("folder", "held"),
    [
        ("/", "the whole disk"),
        ("/usr/..", "the whole disk"),
        ("~", "a home folder"),
        ("/home", "a home folder"),
        ("/root", "a home folder"),
        (str(bounds.PACKAGE), "Fencepost's own files"),
        (str(bounds.PACKAGE.parent), "Fencepost's own files"),
        ("/proc/self/cwd/..", TOO_WIDE),
        ("/proc/self", "belongs to the system"),
    ],
)
def test_a_folder_that_is_too_wide_may_not(artifacts_root, folder, held):
    folder = Path(os.path.expanduser(folder))
    assert held in folder_problem(folder)
    assert TOO_WIDE in folder_problem(folder)
    with pytest.raises(DatasetError, match=TOO_WIDE):
        load_dataset(f"folder:{folder}")
    with pytest.raises(DatasetError, match=TOO_WIDE):
        load_dataset(f"stl10:{folder}")


def test_nor_one_that_holds_the_runs_or_a_link_to_such_a_one(data, artifacts_root):
    artifacts_root.mkdir()
    assert "Fencepost's own files" in folder_problem(artifacts_root.parent)
    (data / "all").symlink_to("/")
    assert "the whole disk" in folder_problem(data / "all")


def test_the_home_of_another_account(monkeypatch, data):
    monkeypatch.setattr(bounds, "_homes_of", lambda names: [data] if "data" in names else [])
    assert "a home folder" in folder_problem(data)


def test_fencepost_data_bounds_the_folders(bounded):
    (bounded / "link").symlink_to(bounded.parent / "secret")
    assert folder_problem(bounded) == folder_problem(bounded / "photos") == ""
    for folder in ("secret", "data/../secret", "data/link", "data-of-others"):
        assert "outside of FENCEPOST_DATA" in folder_problem(bounded.parent / folder)


def test_it_bounds_what_is_trained_on(bounded):
    drawn.draw(bounded / "photos")
    secret = f"folder:{bounded.parent / 'secret'}"
    assert preflight.problem(TrainConfig(f"folder:{bounded}/photos", "small", "none")) == ""
    found = preflight.problem(TrainConfig(secret, "small", "none"))
    assert found == f"{secret[7:]} is outside of FENCEPOST_DATA, which bounds what is read here."


def test_a_folder_of_fencepost_data_may_still_be_too_wide(monkeypatch, artifacts_root):
    monkeypatch.setenv("FENCEPOST_DATA", "/")
    assert "the whole disk" in folder_problem(Path("/"))


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret/a.png", "a/../../b", "a\0b"])
def test_a_path_out_of_the_folder(data, path):
    assert "has a path outside of" in file_problem(data, path)


def link(place: Path, target: Path) -> None:
    place.symlink_to(target)


def test_links_of_classes_and_files_may_lead_out_where_nothing_bounds_them(data):
    link(data / "cat", data.parent / "secret")
    link(data / "a.png", data.parent / "secret/a.png")
    assert file_problem(data, "cat/a.png") == file_problem(data, "a.png") == ""


def test_where_it_is_bounded_they_may_lead_to_what_is_allowed(bounded):
    (bounded / "photos").mkdir()
    link(bounded / "photos/cat", bounded.parent / "secret")
    link(bounded / "photos/dog", bounded / "dogs")
    link(bounded / "photos/a.png", bounded.parent / "secret/a.png")
    assert file_problem(bounded / "photos", "dog/a.png") == ""
    for path in ("cat/a.png", "a.png"):
        assert "leads outside of FENCEPOST_DATA" in file_problem(bounded / "photos", path)


def test_no_link_leads_into_what_is_fenceposts_own(data, artifacts_root):
    link(data / "a", artifacts_root / "datasets")
    link(data / "b", bounds.PACKAGE)
    link(data / "c", Path("/proc/self/root"))
    link(data / "d", Path("/proc/self/fd"))
    for path in ("a/x.png", "b/x.png", "d/x.png"):
        assert "to what is no data" in file_problem(data, path)
    assert "to what is no data" in file_problem(data, f"c{bounds.PACKAGE}/x.png")


def test_what_training_would_read_through_a_link(bounded):
    drawn.draw(bounded / "photos")
    secret = bounded.parent / "secret/a.png"
    (bounded / "photos/train/cat/000.png").rename(secret)
    link(bounded / "photos/train/cat/000.png", secret)
    images = load_dataset(f"folder:{bounded}/photos").train.images
    with pytest.raises(OSError, match="leads outside of FENCEPOST_DATA"):
        images[0]
    assert images[1].size == (drawn.SIDE, drawn.SIDE)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("s3://mine/runs/a/", True),
        ("s3://mine/runs", True),
        ("s3://mine/runs-of-others/a/", False),
        ("s3://mine/runs/../a/", False),
        ("s3://other/runs/", False),
        ("gs://mine/runs/", False),
    ],
)
def test_tables_on_object_storage(monkeypatch, address, allowed):
    assert address_problem(address) == ""
    monkeypatch.setenv("FENCEPOST_DATA", os.pathsep.join(["/mnt/photos", "s3://mine/runs/"]))
    assert (address_problem(address) == "") == allowed
    monkeypatch.setenv("FENCEPOST_DATA", "/mnt/photos")
    assert "outside of FENCEPOST_DATA" in address_problem(address)
