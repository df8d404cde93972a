"""Image files of any kind, opened upright as RGB."""

import os
import struct

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from core.datasets import levels, picture
from core.datasets.picture import square
from core.datasets.trees import folder
from tests.trees import draw


def test_much_text_and_a_large_colour_profile_in_a_png(tmp_path):
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", "x" * 20_000_000, zip=True)
    draw(tmp_path / "long.png", pnginfo=info, icc_profile=bytes(5_000_000))
    assert picture.open_upright(tmp_path / "long.png").size == (40, 30)


@pytest.mark.parametrize("kind", ["bmp", "gif", "tiff", "jp2", "avif", "ppm", "tga", "pcx", "qoi"])
def test_what_pillow_opens_safely(tmp_path, kind):
    draw(tmp_path / f"x.{kind}", (250, 250, 250))
    assert np.asarray(picture.open_upright(tmp_path / f"x.{kind}")).mean() == pytest.approx(250, 3)


def test_a_picture_is_what_its_bytes_say(tmp_path):
    draw(tmp_path / "x.gif", (255, 255, 255))
    (tmp_path / "x.gif").rename(tmp_path / "x.jpg")
    assert picture.open_upright(tmp_path / "x.jpg").size == (40, 30)


def test_the_first_of_several_frames(tmp_path):
    red, blue = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    red.save(tmp_path / "x.gif", save_all=True, append_images=[blue])
    assert picture.open_upright(tmp_path / "x.gif").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA", "YCbCr"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    path = tmp_path / ("x.jpg" if mode in ("CMYK", "YCbCr") else "x.png")
    draw(path, (255, 255, 255), mode=mode)
    image = picture.open_upright(path)
    assert image.mode == "RGB"
    assert np.asarray(image).min() > 250


def deep(path, most, kind="uint16", least=0):
    """A noisy picture with values from `least` to `most`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(0).uniform(least, most, (32, 32))
    values.flat[:2] = least, most
    Image.fromarray(values.astype(kind)).save(path)
    return path


def brightness(path, levels=None):
    return np.asarray(picture.open_upright(path, levels=levels)).mean()


def test_16_bits_keep_their_greys(tmp_path):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    found = np.asarray(picture.open_upright(tmp_path / "deep.png"))[..., 0].ravel()
    assert found.tolist() == list(range(256))


@pytest.mark.parametrize("ending", ["png", "tif", "jp2"])
def test_16_bits_are_shown_by_one_rule_whatever_their_greatest_value(tmp_path, ending):
    bright, dark = (deep(tmp_path / f"{most}.{ending}", most) for most in (300, 240))
    assert brightness(bright) == pytest.approx(0.6, abs=0.05)
    assert brightness(dark) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("most", "kind", "white", "note"),
    [
        ((200, 240), "uint16", {"sixteen": 255}, "above 240: 255 is shown as white"),
        ((300, 240), "uint16", {}, "nearly black: their greatest value is 300 of 65,535"),
        ((4000, 300), "uint16", {"sixteen": 4095}, "above 4,000: 4,095 is shown as white"),
        ((60_000, 300), "uint16", {}, ""),
        ((1, 0.5), "float32", {"more": 1}, "from 0 to 1: 1 is shown as white"),
        ((255, 100), "float32", {"more": 255}, "255 is shown as white"),
        ((60_000, 100), "int32", {"more": 65535}, "65,535 is shown as white"),
        ((1e6, 100), "float32", {"more": 0}, "they are left out"),
    ],
)
def test_what_is_white_is_said_for_the_whole_data_set(tmp_path, most, kind, white, note):
    paths = [deep(tmp_path / f"{k}.tif", value, kind) for k, value in enumerate(most)]
    found, notes = levels.survey(paths, picture.FORMATS)
    assert found == levels.Levels(**white)
    assert note in "".join(notes)


def test_values_below_zero_are_refused_and_levels_survive_json(tmp_path):
    path = deep(tmp_path / "ct.tif", 3000, "int32", least=-1000)
    found, _ = levels.survey([path], picture.FORMATS)
    with pytest.raises(OSError, match="not clear what is white"):
        picture.open_upright(path, levels=found)
    assert levels.of(levels.Levels(4095, 1).to_dict()) == levels.Levels(4095, 1)
    assert levels.of({"of": "another version"}) == levels.Levels()


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


def odd_exif():
    """An orientation of 6, and the camera's make, a text, as a fraction."""
    turned = struct.pack("<HHLHH", 0x0112, 3, 1, 6, 0)
    make = struct.pack("<HHLL", 0x010F, 5, 1, 38)
    return b"Exif\0\0II*\0" + struct.pack("<LH", 8, 2) + turned + make + bytes(4) + bytes(8)


@pytest.mark.parametrize("exif", [damaged_exif(), odd_exif()])
def test_a_damaged_exif_tag_does_not_keep_a_picture_from_being_turned(tmp_path, exif):
    draw(tmp_path / "turned.jpg", exif=exif)
    assert picture.open_upright(tmp_path / "turned.jpg").size == (30, 40)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_exif_that_is_no_exif_leaves_the_pixels_as_they_are(tmp_path):
    draw(tmp_path / "odd.jpg", exif=b"Exif\0\0MM*\0" + b"\xff" * 40)
    assert picture.open_upright(tmp_path / "odd.jpg").size == (40, 30)


def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(OSError, match="not a file"):
        picture.open_upright(tmp_path / "pipe.jpg")


def test_want_of_memory_is_no_damage(tmp_path, monkeypatch):
    def fail(*_):
        raise MemoryError

    draw(tmp_path / "whole.jpg")
    monkeypatch.setattr("core.datasets.picture.to_rgb", fail)
    with pytest.raises(MemoryError):
        picture.open_upright(tmp_path / "whole.jpg")


@pytest.mark.parametrize("content", [b"", b"no picture", b"GIF89a" + bytes(50), None])
def test_bytes_that_are_no_picture(tmp_path, content):
    path = tmp_path / "x.png"
    if content is None:
        draw(path, size=(300, 300))
        content = path.read_bytes()[:200]
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"not a picture|truncated|broken|damaged"):
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
