"""The images of a run, also after its data set changed."""

from __future__ import annotations

import shutil

import pytest

from core.errors import DatasetError
from core.runs import images as run_images
from tests import drawn


@pytest.fixture
def run(artifacts_root, tmp_path):
    return drawn.save(drawn.draw(tmp_path / "photos"))


def first_pixel(run, split: str, index: int) -> tuple[int, ...]:
    return run_images.open_images(run).image(split, index).getpixel((0, 0))


def test_images_by_the_number_that_the_table_has(run):
    assert first_pixel(run, "test", 41) == (1, 1, 1)
    assert first_pixel(run, "train", 7) == (1, 1, 0)
    assert first_pixel(run, "val", 6) == (0, 1, 0)


def test_files_that_came_since_move_no_image(run, tmp_path):
    assert first_pixel(run, "test", 41) == (1, 1, 1)
    shutil.copy(tmp_path / "photos/test/dog/005.png", tmp_path / "photos/test/cat/000a.png")
    assert first_pixel(run, "test", 41) == (1, 1, 1)


def test_a_file_that_went_is_named(run, tmp_path):
    (tmp_path / "photos/test/deer/001.png").unlink()
    with pytest.raises(DatasetError, match="test image 41 is no longer in"):
        first_pixel(run, "test", 41)
    assert first_pixel(run, "test", 42) == (2, 1, 1)


def test_a_path_out_of_the_folder_is_refused(artifacts_root, tmp_path):
    dataset = drawn.draw(tmp_path / "photos")
    (tmp_path / "secret.png").write_bytes((tmp_path / "photos/test/cat/000.png").read_bytes())
    dataset.test.paths[0] = "../secret.png"
    dataset.test.paths[1] = str(tmp_path / "secret.png")
    images = run_images.open_images(drawn.save(dataset))
    for index in (0, 1):
        with pytest.raises(DatasetError, match=f"test image {index} has a path outside"):
            images.image("test", index)


@pytest.mark.parametrize("root", ["/", "~"])
def test_a_strangers_run_on_the_whole_disk_is_refused(save_tiny, root):
    with pytest.raises(DatasetError, match="so it is no data folder"):
        run_images.open_images(save_tiny(dataset=f"folder:{root}"))


def test_a_run_on_a_folder_that_is_out_of_bounds_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setenv("FENCEPOST_DATA", str(tmp_path / "others"))
    with pytest.raises(DatasetError, match="photos is outside of FENCEPOST_DATA"):
        run_images.open_images(run)
    monkeypatch.setenv("FENCEPOST_DATA", str(tmp_path / "photos"))
    assert first_pixel(run, "test", 41) == (1, 1, 1)


def test_images_that_are_links(run, tmp_path, monkeypatch):
    """A farm of links shows its images; FENCEPOST_DATA says how far they may lead."""
    (tmp_path / "photos/test/deer").rename(tmp_path / "elsewhere")
    (tmp_path / "photos/test/deer").symlink_to(tmp_path / "elsewhere")
    assert first_pixel(run, "test", 41) == (1, 1, 1)
    monkeypatch.setenv("FENCEPOST_DATA", str(tmp_path / "photos"))
    with pytest.raises(DatasetError, match="test image 41 is a link out of"):
        first_pixel(run, "test", 41)


def test_a_file_that_is_no_picture_stays_where_it_is(run, tmp_path):
    (tmp_path / "photos/test/deer/001.png").write_bytes(b"root:x:0:0:root")
    with pytest.raises(DatasetError, match="test image 41 cannot be read: not a picture"):
        run_images.open_images(run).original("test", 41)
    good = tmp_path / "photos/test/deer/002.png"
    assert run_images.open_images(run).original("test", 42) == good.read_bytes()


def test_an_image_that_the_run_never_had_is_named(run):
    with pytest.raises(DatasetError, match="no val image 7"):
        run_images.open_images(run).image("val", 7)


def test_a_folder_that_moved_is_noticed_at_once(run, tmp_path):
    run_images.open_images(run)
    shutil.move(tmp_path / "photos", tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="There is no folder"):
        run_images.open_images(run)


def test_another_data_set_without_paths_is_refused(save_tiny, monkeypatch, tmp_path):
    from dataclasses import replace

    dataset = drawn.draw(tmp_path / "photos")
    other = replace(dataset, test=replace(dataset.test, paths=()))
    monkeypatch.setattr(run_images, "_dataset", lambda root, name: other)
    with pytest.raises(DatasetError, match="not the one that this run was made from"):
        run_images.open_images(save_tiny())
