"""Thumbnails are made once, follow their files, and keep within a limit."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from PIL import Image

from core.datasets.picture import open_upright
from dashboard.server import images, thumbnails
from dashboard.server.kept import Kept


@pytest.fixture(autouse=True)
def nothing_in_memory(monkeypatch):
    """The disk is what these tests are about."""
    monkeypatch.setattr(images, "KEPT", Kept(limit=0))


@pytest.fixture
def kept(run):
    """A function that lists the thumbnails on disk."""
    return lambda: sorted(path.name for path in thumbnails._root().glob("*/*"))


def test_a_large_image_is_decoded_once(run, kept, monkeypatch):
    first = images.encoded(run, "test", 0, 32)
    monkeypatch.setattr(images, "reduced", lambda *_: pytest.fail("decoded again"))
    assert images.encoded(run, "test", 0, 32) == first
    assert len(kept()) == 1


def test_one_cut_short_is_made_anew(run, kept):
    first = images.encoded(run, "test", 0, 32)
    path = thumbnails._path(kept()[0])
    path.write_bytes(path.read_bytes()[:-5])
    assert images.encoded(run, "test", 0, 32) == first
    assert thumbnails.get(path.name) == first[0]


def test_a_small_image_is_not_kept(run, kept):
    images.encoded(run, "test", 0, 256)
    assert kept() == []


def test_a_replaced_file_has_a_new_thumbnail(run, tmp_path):
    before = images.encoded(run, "test", 0, 32)
    Image.new("RGB", (64, 64), "white").save(tmp_path / "photos/test/cat/000.png")
    assert images.encoded(run, "test", 0, 32) != before


def test_the_longest_unused_go_first(run, kept, monkeypatch):
    for number, name in enumerate(["aa", "bb", "cc", "dd"]):
        thumbnails.put(name, bytes(400_000))
        os.utime(thumbnails._path(name), (number, number))
    thumbnails.get("aa")
    monkeypatch.setenv("FENCEPOST_THUMBNAILS_MB", "1")
    thumbnails.sweep()
    assert kept() == ["aa", "dd"]


def test_within_the_limit_nothing_goes(run, kept):
    thumbnails.put("aa", b"1")
    thumbnails.sweep()
    assert kept() == ["aa"]


def test_no_limit_keeps_none(run, kept, monkeypatch):
    monkeypatch.setenv("FENCEPOST_THUMBNAILS_MB", "0")
    images.encoded(run, "test", 0, 32)
    assert kept() == []


def test_a_folder_that_cannot_be_written_is_no_error(run):
    thumbnails._root().write_text("a file stands in the way")
    assert images.encoded(run, "test", 0, 32)[1] == "image/webp"


def test_a_jpeg_is_decoded_no_larger_than_needed(tmp_path):
    Image.new("RGB", (1600, 1200)).save(tmp_path / "large.jpg")
    assert open_upright(tmp_path / "large.jpg", 512).size == (800, 600)
    assert open_upright(tmp_path / "large.jpg").size == (1600, 1200)


def test_a_full_disk_is_left_nothing_of_no_bytes(run, kept, monkeypatch):
    def full(self, data):
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert images.encoded(run, "test", 0, 32)[1] == "image/webp"
    assert kept() == []
