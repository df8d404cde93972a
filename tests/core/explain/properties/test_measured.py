"""Properties are measured once and kept; what cannot be read is left out and tried again."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.errors import DatasetError
from core.explain.properties import measured
from core.explain.properties.heads import BYTES, NOTHING, PIXELS, head
from core.explain.properties.measured import ASPECT
from core.explain.properties.pixels import YELLOW
from tests import drawn


@pytest.fixture
def run(artifacts_root, tmp_path):
    return drawn.save(drawn.draw(tmp_path / "photos"))


def test_the_head_of_a_file(tmp_path):
    exif = Image.Exif()
    exif[271], exif[272] = "Acme", "Acme  X100\0"
    Image.new("RGB", (40, 90)).save(tmp_path / "a.jpg", exif=exif)
    found = head(tmp_path / "a.jpg")
    assert found == {
        PIXELS: 60,
        BYTES: (tmp_path / "a.jpg").stat().st_size,
        "format": "JPEG",
        "camera": "Acme X100",
    }


def test_the_head_of_what_is_no_picture(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    assert head(tmp_path / "a.jpg").keys() == NOTHING.keys()
    assert head(tmp_path / "a.jpg")["format"] == ""


def test_images_are_measured_once(run, monkeypatch):
    seen: list[tuple[int, int]] = []
    first = measured.measured(run, [3, 5], lambda *at: seen.append(at))
    assert seen == [(1, 2), (2, 2)]
    assert first.index.tolist() == [3, 5]
    assert first[ASPECT].tolist() == [1, 1]
    assert first[YELLOW].iloc[0] == pytest.approx((60 + 120) / 2 / 255 - 188 / 255, abs=0.01)
    monkeypatch.setattr(measured, "_measure", None)
    assert measured.measured(run, [5]).equals(first.loc[[5]])


def test_what_cannot_be_read_is_tried_again(run, tmp_path):
    file = tmp_path / "photos" / "test" / "cat" / "003.png"
    kept = file.read_bytes()
    file.write_bytes(b"no picture")
    assert measured.measured(run, [3, 5]).index.tolist() == [5]
    assert measured.measured(run, [3]).empty
    file.write_bytes(kept)
    assert measured.measured(run, [3, 5]).index.tolist() == [3, 5]


def test_large_pictures_are_decoded_small(run, tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "LARGE", 40)
    found = measured.measured(run, [3])
    assert found[[PIXELS, ASPECT]].to_numpy().tolist() == [[drawn.SIDE, 1]]
    assert np.isnan(found["JPEG blocks"].iloc[0])


def test_a_damaged_file_of_measures_is_made_anew(run):
    whole = measured.measured(run, [3])
    measured._path(run).write_bytes(b"damaged")
    assert measured.measured(run, [3]).equals(whole)


def test_some_of_many(run, monkeypatch):
    monkeypatch.setattr(measured, "MOST", 3)
    found = measured.of_some(run, np.arange(9), np.arange(20, 22))
    assert found.index.tolist() == [0, 4, 8, 20, 21]


def test_without_the_images(run, tmp_path):
    (tmp_path / "photos").rename(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="There is no folder"):
        measured.measured(run, [3])


def test_pictures_that_are_yet_to_be_drawn_are_not_waited_for(save_tiny):
    with pytest.raises(DatasetError, match="demo are not stored yet"):
        measured.measured(save_tiny(dataset="demo"), [3])
