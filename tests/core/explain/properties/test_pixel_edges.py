"""Where a hue becomes another, a colour vivid, a line uneven, and which neighbours JPEG parts."""

from __future__ import annotations

from colorsys import hsv_to_rgb

import numpy as np
import pytest
from PIL import Image

from core.explain.properties import pixels
from core.explain.properties.pixels import BLOCKS, BORDER, HUES, RED, SIDE, YELLOW, measure

EDGES = [("red", "orange", 15), ("orange", "yellow", 45), ("yellow", "green", 70),
         ("green", "cyan", 165), ("cyan", "blue", 200), ("blue", "purple", 260),
         ("purple", "pink", 295), ("pink", "red", 345)]  # fmt: skip


def vivid(*colours: tuple[float, float, float]) -> dict[str, float]:
    """The shares of each vivid colour in a row of pixels."""
    found = pixels._colours(np.array([colours], dtype=np.float32))
    return {name: found[f"vivid {name}"] for name in HUES if found[f"vivid {name}"]}


@pytest.mark.parametrize(("before", "after", "hue"), EDGES)
def test_where_one_colour_becomes_the_next(before, after, hue):
    one, other = (hsv_to_rgb((hue + off) / 360, 0.5, 0.8) for off in (-0.5, 0.5))
    assert vivid(one) == {before: 1}
    assert vivid(other) == {after: 1}
    assert vivid(one, other, other, other) == {before: 0.25, after: 0.75}


def test_the_circle_of_hues_closes_at_red():
    assert vivid((1, 0, 0), (1, 0, 0.01), (1, 0.01, 0)) == {"red": 1}


@pytest.mark.parametrize(
    ("low", "shares"), [(0.149, {"red": 1}), (0.151, {}), (0.12, {"red": 1}), (0.5, {})]
)
def test_a_colour_is_vivid_from_a_chroma_of_a_third_on(low, shares):
    assert vivid((0.5, low, low)) == shares


@pytest.mark.parametrize(("off", "even"), [(0.0, 1), (0.0298, 1), (0.0302, 0), (0.0315, 0)])
def test_a_line_is_even_up_to_a_deviation_of_three_hundredths(off, even):
    y = np.tile([0.5 - off, 0.5 + off], (4, 4))
    assert pixels._even(y) == even


def test_even_lines_are_counted_from_the_first_on():
    y = np.tile([0.0, 1.0], (10, 5))
    y[:2], y[5] = 0.5, 0.5
    assert pixels._even(y) == 0.2
    assert pixels._border(y) == 0
    y[-3:] = 0.25
    assert pixels._border(y) == 0.2
    assert pixels._border(y.T) == 0.2


def test_neighbours_across_the_grid_are_compared_with_those_within():
    """Every step within a block is 0.01; those after 8 and 16 lines are 0.11."""
    steps = np.where(np.arange(1, 20) % 8 == 0, 0.11, 0.01)
    y = np.concatenate([[0], np.cumsum(steps)])[:, None] * np.ones((1, 5))
    assert pixels._across(y) == pytest.approx(np.log(0.112 / 0.012))
    assert pixels._across(-y) == pytest.approx(np.log(0.112 / 0.012))
    assert pixels._blocks(y) == pytest.approx(np.log(0.112 / 0.012) / 2)
    assert pixels._blocks(y.T) == pytest.approx(np.log(0.112 / 0.012) / 2)
    assert pixels._across(y[:8]) == 0  # no grid is crossed
    assert pixels._across(y[:9]) != 0
    assert pixels._across(y[:1]) == 0


def test_colours_are_measured_on_a_copy_and_blocks_on_the_picture_itself():
    stripes = np.zeros((256, 256, 3), dtype=np.uint8)
    stripes[::2] = 255
    picture = Image.fromarray(stripes)
    assert SIDE == 128
    assert measure(picture)[BORDER] == 1  # of one grey, in the copy
    assert picture.size == (256, 256)
    grid = np.zeros((64, 64, 3), dtype=np.uint8)
    grid[8:16], grid[24:32], grid[40:48], grid[56:] = (200, 200, 200, 200)
    assert measure(Image.fromarray(grid))[BLOCKS] > 1
    assert np.isnan(measure(Image.fromarray(grid), whole=False)[BLOCKS])


@pytest.mark.parametrize(
    ("colour", "yellow", "red"), [((255, 0, 0), 0.5, 1), ((0, 255, 0), 0.5, -1),
                                  ((0, 0, 255), -1, 0), ((51, 102, 204), -0.5, -0.2)]
)  # fmt: skip
def test_tints_are_differences_of_means(colour, yellow, red):
    found = measure(Image.new("RGB", (4, 4), colour))
    assert (found[YELLOW], found[RED]) == pytest.approx((yellow, red), abs=1e-6)


def test_a_corner_is_a_quarter_of_width_and_height():
    y = np.zeros((8, 16), dtype=np.float32)
    y[:2, :4] = 1
    found = pixels._corners(y)
    assert found["brightness top left"] == pytest.approx(1 - 1 / 16)
    assert found["brightness top right"] == pytest.approx(-1 / 16)
    assert pixels._corners(np.array([[0.25, 0.75]]))["brightness bottom right"] == 0.25
