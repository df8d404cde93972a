"""What each kind of move makes of grey images, of which some have a cue of its kind."""

from __future__ import annotations

import pytest
import torch

from core.fixes.imagined import moves

SIDE = 32


@pytest.fixture
def plain():
    """Greyish noise, coarse enough to be blurred."""
    noise = torch.rand((40, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(0))
    return 60 + 120 * noise


def with_patch(images, colour=(250.0, 20.0, 120.0)):
    made = images.clone()
    made[:, :, 4:12, 20:28] = torch.tensor(colour)[:, None, None]
    return made


def test_a_colour_that_only_they_have_is_found_wherever_it_is(plain):
    masks = moves.colour(with_patch(plain), plain)
    turned = with_patch(plain).flip(2, 3)
    where = masks(turned)[:, 0]
    assert where[:, 20:28, 4:12].mean() > 0.9
    assert where.mean() < 0.1


def test_a_place_at_which_they_differ_is_found_on_any_image(plain):
    where = moves.place(with_patch(plain), plain)(plain[:2])[:, 0]
    assert where[:, 5:11, 21:27].min() == 1
    assert where[:, 16:].max() == 0


def test_a_cast_is_put_on_colours(plain):
    cast = torch.tensor([1.1, 0.8, 0.5])[:, None, None]
    made = moves.tone(plain * cast, plain)(plain)
    torch.testing.assert_close(made, plain * cast, atol=1.0, rtol=0.01)


def test_a_blur_takes_detail_away_and_leaves_the_tone(plain):
    blurred = torch.nn.functional.avg_pool2d(plain, 5, 1, 2, count_include_pad=False)
    made = moves.sharpness(blurred, plain)(plain)
    assert made.std() < 0.4 * plain.std()
    assert made.mean() == pytest.approx(float(plain.mean()), abs=1)
    unchanged = moves.sharpness(plain, plain)(plain)
    torch.testing.assert_close(unchanged, plain, atol=0.1, rtol=0)


def test_a_compression_shows_in_the_picture(plain):
    rough, fine = (moves.compression(q)(plain) for q in (8, 95))
    assert (rough - plain).abs().mean() > (fine - plain).abs().mean() > 0
    assert rough.shape == plain.shape


def test_what_is_pasted_comes_from_the_donor_and_a_change_from_the_image_itself(plain):
    one, other, half = plain[:2], with_patch(plain)[2:4], torch.full((2, 1, SIDE, SIDE), 0.5)
    pasted = moves.moved(moves.Move("place", masks=lambda x: x), one, other, half, torch.ones(2))
    torch.testing.assert_close(pasted.float(), (one + other) / 2, atol=1.0, rtol=0)
    changed = moves.moved(
        moves.Move("tone", change=lambda x: x / 2), one, other, None, torch.ones(2)
    )
    torch.testing.assert_close(changed.float(), one / 2, atol=1.0, rtol=0)
