"""What of an image stands out, on images made by hand, and its paste over others."""

from __future__ import annotations

import pytest
import torch

from core.fixes.imagined.pasting import _odd, pasted, standing_out


def picture(side=64):
    """A plain grey image with one dark line down its twentieth column, and one broad block."""
    image = torch.full((1, 3, side, side), 128.0)
    image[..., 20] = 40
    image[..., 40:, 40:] = 200
    return image


def test_a_thin_line_stands_out_and_what_is_broad_or_plain_does_not():
    where = standing_out(picture())[0, 0]
    assert (where[:, 20] == 1).all()
    where[:, 20] = 0
    assert where.max() == 0


def test_amid_much_detail_the_same_line_stands_out_less():
    rng = torch.Generator().manual_seed(0)
    busy = (picture() + 60 * torch.randn((1, 3, 64, 64), generator=rng)).clamp(0, 255)
    assert standing_out(busy)[0, 0, :, 20].mean() < 0.6


def test_widths_grow_with_the_side():
    wide = picture().repeat_interleave(4, dim=2).repeat_interleave(4, dim=3)
    assert (standing_out(wide)[0, 0, :, 80:84] > 0.9).all()


def test_what_is_pasted_is_opaque_and_lit():
    own, other = torch.full((2, 3, 4, 4), 10.0), torch.full((2, 3, 4, 4), 200.0)
    where = torch.zeros(2, 1, 4, 4)
    where[..., 0] = 1
    made = pasted(own, other, where, torch.tensor([0.5, 2.0]))
    assert made.dtype == torch.uint8
    assert made[0, :, :, 0].unique().tolist() == [100]
    assert made[1, :, :, 0].unique().tolist() == [255]
    assert made[..., 1:].unique().tolist() == [10]


def lined(depth, columns=(30,), channels=(0, 1, 2)):
    """A plain grey image of 64 pixels a side with lines so much darker; how they stand out."""
    image = torch.full((1, 3, 64, 64), 128.0)
    for channel in channels:
        image[:, channel, :, list(columns)] -= depth
    return standing_out(image)[0, 0]


@pytest.mark.parametrize("depth", [4, -4])
def test_a_faint_line_stands_out_in_part_be_it_darker_or_lighter(depth):
    """Four grey levels, where three are grain and a thirteenth of them is usual around it."""
    found = lined(depth)
    assert found[:, 30].tolist() == pytest.approx([4 / (4 / 13 + 3) - 0.6] * 64, abs=1e-5)
    assert found[:, :30].max() == found[:, 31:].max() == 0
    assert lined(3 * depth, channels=(1,))[5, 30] == pytest.approx(float(found[5, 30]))


def test_what_is_usual_is_asked_of_the_image_alone():
    assert lined(4, (3,))[0, 3] == pytest.approx(4 / (4 / 10 + 3) - 0.6, abs=1e-5)
    assert lined(4, (6,))[0, 6] == pytest.approx(4 / (4 / 13 + 3) - 0.6, abs=1e-5)
    near, far = lined(4, (30, 36)), lined(4, (30, 37))
    assert near[0, 30] == pytest.approx(4 / (8 / 13 + 3) - 0.6, abs=1e-5)
    assert far[0, 30] == pytest.approx(4 / (4 / 13 + 3) - 0.6, abs=1e-5)


def test_two_pixels_of_sixty_four_are_fine_and_three_are_not():
    assert (lined(40, (30, 31))[:, 30:32] == 1).all()
    assert lined(40, (30, 31, 32)).max() == 0
    assert lined(1).max() == 0  # grain


def test_windows_have_odd_widths():
    assert [_odd(pixels) for pixels in (0, 3, 3.9, 4.1, 5, 13, 52)] == [
        3, 3, 3, 5, 5, 13, 53
    ]  # fmt: skip


def test_what_stands_out_in_part_is_pasted_in_part():
    own, other = torch.full((1, 3, 1, 1), 10.0), torch.full((1, 3, 1, 1), 200.0)
    made = pasted(own, other, torch.full((1, 1, 1, 1), 0.25), torch.tensor([1.0]))
    assert made.unique().tolist() == [57]
    dark = pasted(own, -other, torch.ones(1, 1, 1, 1), torch.tensor([1.0]))
    assert dark.unique().tolist() == [0]
