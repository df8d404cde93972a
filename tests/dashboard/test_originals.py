"""What goes out as it lies on the disk, what is made, and what is kept in memory."""

from __future__ import annotations

import os

import pytest
from PIL import ExifTags, Image

from dashboard.server import images, originals
from dashboard.server.kept import Kept


@pytest.fixture
def place(run, tmp_path):
    """The file of image 0 of test."""
    return tmp_path / "photos/test/cat/000.png"


def sent(run, size: int = 256) -> tuple[bytes, str]:
    return images.encoded(run, "test", 0, size)


@pytest.mark.parametrize(
    ("kind", "type_"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_a_small_picture_goes_out_as_it_lies(run, place, kind, type_):
    Image.new("RGB", (40, 30), "red").save(place, kind)  # its first bytes count, not its name
    assert sent(run) == (place.read_bytes(), type_)


def test_it_is_looked_into_once_and_again_when_it_changed(run, place, monkeypatch):
    sent(run)
    looked = []
    monkeypatch.setattr(
        originals.picture, "as_browsers_show", lambda data: looked.append(len(data))
    )
    assert sent(run)[0] == place.read_bytes()
    assert looked == []
    Image.new("RGB", (40, 31), "red").save(place)
    sent(run)
    assert looked == [place.stat().st_size]


def turned(place):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.new("RGB", (40, 30), "red").save(place, "JPEG", exif=exif)


def moving(place):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(place, "WEBP", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("save", "size"),
    [
        (turned, (30, 40)),
        (moving, (40, 30)),
        (lambda place: Image.new("RGBA", (40, 30), (255, 0, 0, 9)).save(place), (40, 30)),
        (lambda place: Image.new("I;16", (40, 30), 900).save(place, "PNG"), (40, 30)),
        (lambda place: Image.new("CMYK", (40, 30)).save(place, "JPEG"), (40, 30)),
        (lambda place: Image.new("RGB", (40, 30)).save(place, "BMP"), (40, 30)),
        (lambda place: Image.new("RGB", (900, 30)).save(place), (256, 9)),
    ],
    ids=["turned", "moving", "transparent", "deep", "inks", "bmp", "large"],
)
def test_what_browsers_show_otherwise_is_made(run, place, tmp_path, save, size):
    save(place)
    data, _ = sent(run)
    assert data != place.read_bytes()
    (tmp_path / "made").write_bytes(data)
    with Image.open(tmp_path / "made") as made:
        assert made.size == size


@pytest.mark.parametrize("data", [b"secret", b"\x89PNG\r\n\x1a\n secret", b"\xff\xd8\xff secret"])
def test_no_byte_of_what_is_no_picture_goes_out(run, place, data):
    place.write_bytes(data)
    assert originals.as_it_lies(place, 256) is None
    with pytest.raises(images.DatasetError):
        sent(run)


def test_half_a_picture_does_not_go_out(run, place):
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2])
    assert originals.as_it_lies(place, 256) is None


def test_a_file_of_many_bytes_is_made_smaller(run, place, monkeypatch):
    monkeypatch.setattr(originals, "MOST", place.stat().st_size - 1)
    assert originals.as_it_lies(place, 256) is None


def test_what_is_made_is_kept_in_memory_until_its_file_changes(run, place, monkeypatch):
    Image.new("RGB", (40, 30), "red").save(place, "BMP")
    first = sent(run)
    with monkeypatch.context() as patch:
        patch.setattr(images, "reduced", lambda *_: pytest.fail("made again"))
        assert sent(run) == first
    Image.new("RGB", (40, 30), "blue").save(place, "BMP")
    os.utime(place, (1, 1))
    assert sent(run) != first


def test_the_longest_unused_go_first_when_the_bytes_are_too_many():
    kept = Kept(limit=10)
    for name in ("a", "b"):
        kept.put(name, (b"1234", "image/png"))
    kept.get("a")
    assert kept.put("c", (b"1234", "image/png")) == (b"1234", "image/png")
    assert [kept.get(name) is None for name in "abc"] == [False, True, False]
    kept.put("c", (b"1", "image/png"))
    assert kept.size == 5
    kept.put("d", (b"0" * 11, "image/png"))
    assert (kept.get("d"), kept.size) == (None, 0)
