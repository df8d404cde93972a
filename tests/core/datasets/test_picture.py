"""Image files of any kind, opened upright as RGB."""

import os
import struct

import numpy as np
import pytest
from PIL import Image

from core.datasets import folder, picture
from core.datasets.picture import square
from tests.trees import draw


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA", "YCbCr"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    path = tmp_path / ("x.jpg" if mode in ("CMYK", "YCbCr") else "x.png")
    draw(path, (255, 255, 255), mode=mode)
    image = picture.open_upright(path)
    assert image.mode == "RGB"
    assert np.asarray(image).min() > 250


def test_16_bits_keep_their_greys(tmp_path):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    found = np.asarray(picture.open_upright(tmp_path / "deep.png"))[..., 0].ravel()
    assert (np.diff(found.astype(int)) >= 0).all()
    assert len(np.unique(found)) > 250


def test_transparency_lies_over_white(tmp_path):
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert np.asarray(picture.open_upright(tmp_path / "clear.png")).min() == 255


def test_exif_rotation(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rows are columns
    draw(tmp_path / "turned.jpg", size=(40, 30), exif=exif)
    assert picture.open_upright(tmp_path / "turned.jpg").size == (30, 40)


def damaged_exif():
    """An orientation of 6, and text where the width, a number, belongs."""
    turned = struct.pack("<HHLHH", 0x0112, 3, 1, 6, 0)
    width = struct.pack("<HHL4s", 0x0100, 2, 4, b"abc")
    return b"Exif\0\0II*\0" + struct.pack("<LH", 8, 2) + turned + width + bytes(4)


def test_a_damaged_exif_tag_is_told_like_other_damage(tmp_path):
    draw(tmp_path / "damaged.jpg", exif=damaged_exif())
    with pytest.raises(OSError, match="damaged: "):
        picture.open_upright(tmp_path / "damaged.jpg")


def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(OSError, match="not a file"):
        picture.open_upright(tmp_path / "pipe.jpg")


def test_want_of_memory_is_no_damage(tmp_path, monkeypatch):
    def fail(_):
        raise MemoryError

    draw(tmp_path / "whole.jpg")
    monkeypatch.setattr("core.datasets.picture._to_rgb", fail)
    with pytest.raises(MemoryError):
        picture.open_upright(tmp_path / "whole.jpg")


@pytest.mark.parametrize("content", [b"", b"no picture", b"GIF89a" + bytes(50), None])
def test_bytes_that_are_no_picture(tmp_path, content):
    path = tmp_path / "x.png"
    if content is None:
        draw(path, size=(300, 300))
        content = path.read_bytes()[:200]
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"no JPEG|truncated|broken|PNG"):
        picture.open_upright(path)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    draw(tmp_path / "bomb.png", size=(300, 300))
    with pytest.raises(OSError, match="decompression bomb"):
        picture.open_upright(tmp_path / "bomb.png")


def test_large_jpegs_are_decoded_at_the_scale_that_is_needed(tmp_path):
    smooth = np.linspace(0, 255, 2400 * 1600 * 3).reshape(1600, 2400, 3).astype(np.uint8)
    for k, name in enumerate(("a", "b")):
        (tmp_path / name).mkdir()
        for n in range(2):
            Image.fromarray(smooth[:, :, ::-1] if k else smooth).save(tmp_path / name / f"{n}.jpg")
    split = folder.read(tmp_path).train
    assert split.images[0].size == (2400, 1600)
    assert split.reduced_to(224).images[0].size == (1200, 800)
    assert split.reduced_to(64).images[0].size == (600, 400)
    small = square(split.reduced_to(64).images[0], 64).astype(int)
    assert np.abs(small - square(split.images[0], 64)).max() <= 4
