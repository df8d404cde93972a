import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, functional

from core.models import transforms


def picture(seed=0, side=96):
    """Smooth colour noise, so that interpolations differ little; edges differ all the same."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (12, 12, 3), dtype=np.uint8))
    return small.resize((side, side), Image.Resampling.BICUBIC)


def tensor(image):
    return torch.from_numpy(np.asarray(image).transpose(2, 0, 1).copy())[None]


def by_torchvision(image, left, top, angle, flip):
    """The notebook's transforms with the draws given: pad 4, crop, resize, rotate, flip."""
    padded = functional.pad(image, 4)
    cropped = functional.crop(padded, top, left, 96, 96)
    resized = functional.resize(cropped, [224, 224])
    turned = functional.rotate(resized, angle, InterpolationMode.BILINEAR)
    return functional.hflip(turned) if flip else turned


def ours(image, left, top, angle, flip):
    found = transforms.warp(
        tensor(image),
        224,
        torch.tensor([[left - 4.0, top - 4.0]]),
        torch.tensor([float(angle)]),
        torch.tensor([-1.0 if flip else 1.0]),
    )
    return found[0].numpy().transpose(1, 2, 0)


@pytest.mark.parametrize(
    ("left", "top", "angle", "flip", "most"),
    [
        (4, 4, 0, False, 0.9),  # resized: torchvision rounds to whole values
        (4, 4, 0, True, 0.9),
        (0, 8, 0, False, 7),  # cropped: ours sees half a pixel past the crop's edge
        (4, 4, 5, False, 3),  # turned: torchvision interpolates twice, ours once
        (7, 2, -4.3, True, 4.5),
    ],
)
def test_the_warp_is_what_torchvision_does(left, top, angle, flip, most):
    """Of 255, `most` is the largest deviation inside the picture, on smooth colours.

    On photographs it is the same without crop and rotation, and up to 51 at single sharp edges
    with them, where one interpolation keeps what two blur; without bias above half a value.
    """
    draws = (left, top, angle, flip)
    expected = np.asarray(by_torchvision(picture(), *draws), dtype=float)
    difference = np.abs(ours(picture(), *draws) - expected)
    white = Image.new("RGB", (96, 96), "white")
    frames = np.minimum(by_torchvision(white, *draws), ours(white, *draws)).min(axis=2)
    inside = frames > 254.9
    assert inside.mean() > 0.9
    assert difference[inside].max() <= most
    # The edges of the black frame differ, one pixel wide.
    assert np.median(difference) < 1
    assert np.quantile(difference, 0.97) < 8


def test_the_draws_cover_what_the_notebook_draws():
    shift, angle, flip = transforms.draw(5000, 96, torch.Generator().manual_seed(0))
    assert sorted(set(shift.flatten().tolist())) == list(range(-4, 5))
    assert angle.min() >= -5
    assert angle.max() <= 5
    assert angle.std() == pytest.approx(10 / 12**0.5, rel=0.05)
    assert flip.mean().abs() < 0.05


def test_each_image_has_its_own_draw_and_the_seed_repeats_it():
    batch = tensor(picture()).repeat(3, 1, 1, 1)
    first, again = (
        transforms.train_transform(batch, 64, torch.Generator().manual_seed(1)) for _ in range(2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first[0], first[1])


def test_eval_only_resizes_and_normalises():
    found = transforms.eval_transform(tensor(picture()), 224)
    expected = functional.normalize(
        functional.to_tensor(functional.resize(picture(), [224, 224])),
        transforms.IMAGENET_MEAN,
        transforms.IMAGENET_STD,
    )
    assert (found[0] - expected).abs().max() < 0.03


def test_reducing_does_not_alias():
    stripes = torch.zeros(1, 3, 96, 96, dtype=torch.uint8)
    stripes[..., ::2] = 255
    grey = transforms.eval_transform(stripes, 32)[0, 0, 8:-8, 8:-8]
    assert grey.std() < 0.3  # every third column, unfiltered, would give 2.2
