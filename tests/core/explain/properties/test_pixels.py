"""Each property of a picture is large where it was drawn, and is not otherwise."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.explain.properties.pixels import BLOCKS, BORDER, CORNERS, HUES, RED, YELLOW, measure

GREY, WHITE = (128, 128, 128), (255, 255, 255)


def even(colour: tuple[int, int, int], size: tuple[int, int] = (64, 64)) -> Image.Image:
    return Image.new("RGB", size, colour)


def noise(size: tuple[int, int] = (64, 64)) -> Image.Image:
    values = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    return Image.fromarray(values)


def test_a_grey_picture_has_nothing():
    found = measure(even(GREY))
    assert found.pop(BORDER) == 1
    assert all(value == pytest.approx(0, abs=1e-6) for value in found.values())


def test_tints_by_hand():
    found = measure(even((204, 153, 51)))
    assert found[YELLOW] == pytest.approx((0.8 + 0.6) / 2 - 0.2, abs=1e-6)
    assert found[RED] == pytest.approx(0.2, abs=1e-6)
    assert found["saturation"] == pytest.approx(0.6, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("red", (220, 20, 30)), ("orange", (250, 140, 20)), ("yellow", (235, 205, 70)),
        ("green", (40, 180, 40)), ("cyan", (20, 200, 220)), ("blue", (30, 60, 220)),
        ("purple", (120, 30, 220)), ("pink", (230, 40, 120)),
    ],
)  # fmt: skip
def test_a_vivid_sticker_is_named_by_its_colour(name, colour):
    picture = even(GREY)
    picture.paste(colour, (40, 4, 56, 20))
    found = measure(picture)
    assert found[f"vivid {name}"] == pytest.approx(16 * 16 / 64**2)
    assert not any(found[f"vivid {other}"] for other in HUES if other != name)


def test_a_pale_colour_is_not_vivid():
    assert not any(measure(even((150, 128, 120)))[f"vivid {hue}"] for hue in HUES)


@pytest.mark.parametrize(("corner", "x", "y"), [(0, 0, 0), (1, 48, 0), (2, 0, 48), (3, 48, 48)])
def test_a_corner_that_is_white(corner, x, y):
    picture = even((0, 0, 0))
    picture.paste(WHITE, (x, y, x + 16, y + 16))
    found = {name: measure(picture)[f"brightness {name}"] for name in CORNERS}
    assert found[CORNERS[corner]] == pytest.approx(1 - 1 / 16)
    assert all(found[name] == pytest.approx(-1 / 16) for name in CORNERS if name != CORNERS[corner])


def test_a_border_stands_on_both_sides():
    framed, sky = even((10, 10, 10)), noise()
    framed.paste(noise((64, 48)), (0, 8))
    sky.paste((90, 120, 250), (0, 0, 64, 20))
    assert measure(framed)[BORDER] == pytest.approx(8 / 64)
    assert measure(sky)[BORDER] == 0


def test_blocks_are_seen_where_jpeg_left_them():
    smooth = Image.fromarray(np.tile(np.linspace(0, 255, 64, dtype=np.uint8), (64, 1))).convert(
        "RGB"
    )
    kept = io.BytesIO()
    noise().resize((16, 16)).resize((64, 64)).save(kept, "JPEG", quality=5)
    assert measure(smooth)[BLOCKS] == pytest.approx(0, abs=0.1)
    assert measure(Image.open(kept).convert("RGB"))[BLOCKS] > 0.5
    assert np.isnan(measure(smooth, whole=False)[BLOCKS])


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (2000, 3)])
def test_pictures_of_any_shape(size):
    assert all(np.isfinite(list(measure(even(GREY, size)).values())))
