"""A disk that is full, or not ours to write: said before or after, with the remedy."""

from __future__ import annotations

import errno
import os
import shutil
from collections import namedtuple

import pytest

from core import artifacts
from core.errors import FencepostError


@pytest.mark.parametrize(
    ("needed", "free", "said"),
    [(100_000_000, 99_999_999, r"needs 0\.1 GB free in \S+, which has only 100\.0 MB"),
     (2_500_000, 0, r"needs 2\.5 MB free in \S+, which has only 0\.0 MB"),
     (3_000_000_000, 2_100_000_000, r"needs 3\.0 GB free in \S+, which has only 2\.1 GB")],
)  # fmt: skip
def test_too_little_space_is_said_before_it_is_filled(tmp_path, monkeypatch, needed, free, said):
    usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(9e12, 0, free))
    with pytest.raises(FencepostError, match=f"^STL-10 {said}: free some space"):
        artifacts.require_space(tmp_path, needed, "STL-10")
    artifacts.require_space(tmp_path, free, "STL-10")


def test_space_is_asked_of_the_disk_that_a_folder_will_be_on(tmp_path, monkeypatch):
    asked = []
    usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda p: asked.append(p) or usage(9, 0, 9))
    for folder in (tmp_path, tmp_path / "a" / "b"):
        artifacts.require_space(folder, 1, "It")
    assert asked == [tmp_path, tmp_path]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "free some space"), (errno.EDQUOT, "free some space"),
     (errno.EROFS, "check its permissions"), (errno.EACCES, "check its permissions"),
     (errno.EPERM, "check its permissions"), (errno.ENOTDIR, "check its permissions"),
     (errno.EIO, "check the disk")],
)  # fmt: skip
def test_what_stopped_a_change_comes_with_its_remedy(artifacts_root, number, remedy):
    reason = os.strerror(number)
    assert artifacts.in_words(OSError(number, reason)) == (
        f"{artifacts_root} cannot be written ({reason}): {remedy}, or set FENCEPOST_ARTIFACTS to "
        "another folder."
    )


def test_what_no_disk_is_to_blame_for_is_said_as_it_is():
    assert artifacts.in_words(OSError(errno.EBUSY, "busy")) == f"[Errno {errno.EBUSY}] busy"
    assert artifacts.in_words(FencepostError("Run a is gone: open another.")) == (
        "Run a is gone: open another."
    )
