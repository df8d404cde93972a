"""Picked pictures as a ZIP."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pytest

from core import queries
from core.queries.selection import Selection
from core.runs import images as run_images
from dashboard.components import export


def unpacked(run, rows) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(export.zip_parts(run, rows)))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def rows(run) -> tuple[int, ...]:
    found = queries.ranked(run, Selection(), "index", descending=False, limit=3)
    return tuple(int(row) for row in found["row"])


def test_files_are_packed_as_they_are(run, rows):
    found = unpacked(run, rows)
    assert len(pd.read_csv(io.BytesIO(found.pop("images.csv")))) == 3
    source = run_images.open_images(run)
    assert sorted(found.values()) == sorted(
        source.file("test", index).read_bytes() for index in queries.rows(run, rows)["index"]
    )


def test_what_is_gone_or_too_much_is_listed(run, rows, monkeypatch):
    files = [run_images.open_images(run).file("test", index)
             for index in queries.rows(run, rows)["index"]]  # fmt: skip
    files[0].unlink()
    monkeypatch.setattr(export, "MOST_BYTES", files[1].stat().st_size)
    found = unpacked(run, rows)
    gone, beyond = found["left_out.txt"].decode().splitlines()
    assert "is no longer in" in gone
    assert "beyond 0 MB" in beyond
    assert len(found) == 3


def test_nothing_but_pictures_is_packed(run, rows):
    file = run_images.open_images(run).file("test", 0)
    file.unlink()
    file.symlink_to("/etc/passwd")
    found = unpacked(run, rows)
    assert "cannot be read: not a picture" in found.pop("left_out.txt").decode()
    assert len(found) == 3
    assert not any(b"root:" in data for data in found.values())


def test_names_fit_every_file_system():
    row = {"split": "test", "index": 7, "label": 0, "pred": 1}
    name = export.file_name(["猫" * 60, "a/b"], row, ".jpeg")
    assert name.endswith("-as-a_b.jpeg")
    assert len(name.encode()) < 255
