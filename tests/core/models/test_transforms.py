import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, functional

from core.models import preprocessing, transforms
from core.models.preprocessing import notebook


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


def white(side=96):
    return torch.full((1, 3, side, side), 255, dtype=torch.uint8)


def still(shift=(0.0, 0.0), angle=0.0, flip=1.0):
    return torch.tensor([shift]), torch.tensor([angle]), torch.tensor([flip])


def test_the_crop_starts_so_many_pixels_right_and_down():
    image = torch.zeros(1, 3, 96, 96, dtype=torch.uint8)
    image[..., 50, 40] = 255
    moved = transforms.warp(image, 96, *still(shift=(3.0, -2.0)))[0, 0]
    assert moved.argmax() == 52 * 96 + 37
    assert moved.max() == pytest.approx(255, abs=0.01)


def test_beside_the_image_the_crop_is_black():
    moved = transforms.warp(white(), 96, *still(shift=(4.0, 0.0)))[0, 0]
    assert moved[:, :92].min() == pytest.approx(255, abs=0.01)
    assert moved[:, 92:].max() < 0.01


@pytest.mark.parametrize(("shift", "side"), [(-4.0, -1), (4.0, 0)])
def test_what_a_turned_crop_does_not_cover_is_black_though_the_image_goes_on(shift, side):
    """Moved to one side, the image would fill the corners that the turned crop leaves free."""
    turned = transforms.warp(white(), 96, *still(shift=(shift, 0.0), angle=5.0))[0, 0]
    assert turned[48, 48] == pytest.approx(255, abs=0.01)
    assert (turned[:, side] == 0).sum() == 40 + 4  # rows beside the crop, rows above or below it


def test_it_turns_anticlockwise_and_mirrors_left_and_right():
    image = torch.zeros(1, 3, 96, 96, dtype=torch.uint8)
    image[..., 46:50, 80:84] = 255  # right of the middle
    turned = transforms.warp(image, 96, *still(angle=90.0))[0]
    assert (turned - image[0].float().rot90(1, (1, 2))).abs().max() < 1
    mirrored = transforms.warp(image, 96, *still(flip=-1.0))[0]
    assert (mirrored - image[0].flip(2)).abs().max() < 1


@pytest.mark.parametrize(("side", "most"), [(96, 4), (24, 1), (224, 9), (11, 0), (1200, 50)])
def test_the_crop_moves_by_4_in_96_of_the_images_own_side(side, most):
    shift, _, _ = transforms.draw(2000, side, torch.Generator().manual_seed(0))
    assert sorted(set(shift.flatten().tolist())) == list(range(-most, most + 1))


def test_what_is_trained_on_is_drawn_by_the_images_side_not_by_the_networks():
    images = white().repeat(200, 1, 1, 1)
    found = transforms.train_transform(images, notebook(224), torch.Generator().manual_seed(0))
    light = found[:, 0, 112, :] > 0
    widths = light.sum(dim=1)
    assert widths.min() >= 224 * 92 // 96 - 4  # 4 of 96 pixels, and what the turn takes
    assert widths.min() <= 224 * 93 // 96


def test_the_draws_cover_what_the_notebook_draws():
    shift, angle, flip = transforms.draw(5000, 96, torch.Generator().manual_seed(0))
    assert sorted(set(shift.flatten().tolist())) == list(range(-4, 5))
    assert angle.min() >= -5
    assert angle.max() <= 5
    assert angle.std() == pytest.approx(10 / 12**0.5, rel=0.05)
    assert angle.mean().abs() < 0.2
    assert set(flip.tolist()) == {-1.0, 1.0}
    assert flip.mean().abs() < 0.05
    assert (shift[:, 0] != shift[:, 1]).any()


def test_each_image_has_its_own_draw_and_the_seed_repeats_it():
    batch = tensor(picture()).repeat(3, 1, 1, 1)
    first, again = (
        transforms.train_transform(batch, notebook(64), torch.Generator().manual_seed(1))
        for _ in range(2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first[0], first[1])


def test_eval_only_resizes_and_normalises():
    found = transforms.eval_transform(tensor(picture()), notebook(224))
    expected = functional.normalize(
        functional.to_tensor(functional.resize(picture(), [224, 224])),
        preprocessing.IMAGENET_MEAN,
        preprocessing.IMAGENET_STD,
    )
    assert (found[0] - expected).abs().max() < 0.03


def test_every_channel_has_imagenets_mean_and_deviation():
    grey = torch.full((2, 3, 8, 8), 51, dtype=torch.uint8)  # a fifth
    found = transforms.eval_transform(grey, notebook(8))
    expected = [(0.2 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
    assert found.shape == (2, 3, 8, 8)
    assert found[1, :, 3, 3].tolist() == pytest.approx(expected, abs=1e-5)


def test_an_image_of_the_right_size_is_shown_as_it_is():
    image = tensor(picture(side=64))
    found = transforms.eval_transform(image, notebook(64))
    assert torch.equal(found, transforms.normalise(image.float(), notebook(64)))


def test_as_many_images_as_they_are_to_be_wide_are_resized_too():
    assert transforms.eval_transform(white().repeat(32, 1, 1, 1), notebook(32)).shape == (
        32,
        3,
        32,
        32,
    )


def test_enlarging_is_plain_bilinear():
    found = transforms.eval_transform(tensor(picture(side=48)), notebook(96))
    plain = torch.nn.functional.interpolate(
        tensor(picture(side=48)).float(), (96, 96), mode="bilinear"
    )
    assert torch.allclose(found, transforms.normalise(plain, notebook(96)), atol=1e-5)


def test_reducing_does_not_alias():
    stripes = torch.zeros(1, 3, 96, 96, dtype=torch.uint8)
    stripes[..., ::2] = 255
    grey = transforms.eval_transform(stripes, notebook(32))[0, 0, 8:-8, 8:-8]
    assert grey.std() < 0.3  # every third column, unfiltered, would give 2.2


PLAIN = {"mean": (0.0,) * 3, "std": (1 / 255,) * 3}  # values as they are, 0 to 255


def numbered(side):
    """Every pixel of another value, in every channel."""
    return torch.arange(side * side, dtype=torch.uint8).view(1, 1, side, side).repeat(2, 3, 1, 1)


@pytest.mark.parametrize(("resize", "size", "first"), [(8, 4, 2), (9, 4, 2), (11, 4, 4), (9, 9, 0)])
def test_the_centre_of_what_is_resized_is_shown(resize, size, first):
    view = preprocessing.Preprocessing(size, resize, "centre", **PLAIN)
    found = transforms.eval_transform(numbered(resize), view)
    inner = slice(first, first + size)
    torch.testing.assert_close(found, numbered(resize)[..., inner, inner].float())


def test_bicubic_is_sharper_than_bilinear_and_stays_within_what_a_pixel_holds():
    edge = torch.zeros(1, 3, 8, 8, dtype=torch.uint8)
    edge[..., 4:] = 255
    found = {
        how: transforms.eval_transform(edge, preprocessing.Preprocessing(32, 32, "centre", how,
                                                                         **PLAIN))[0, 0]
        for how in ("bicubic", "bilinear")
    }  # fmt: skip
    assert found["bicubic"].diff(dim=1).max() > 1.2 * found["bilinear"].diff(dim=1).max()
    assert (found["bicubic"].min(), found["bicubic"].max()) == (0, 255)
    assert (found["bicubic"] == 255).float().mean() > 0.3  # beyond it, were it not cut off


def test_an_image_that_was_cut_when_it_was_read_is_not_cut_again():
    view = preprocessing.Preprocessing(4, 8, "centre", **PLAIN)
    torch.testing.assert_close(transforms.eval_transform(numbered(4), view), numbered(4).float())


@pytest.mark.parametrize(("side", "first"), [(8, 2), (4, 0)])
def test_of_an_image_that_was_not_cut_yet_training_sees_the_centre_too(monkeypatch, side, first):
    monkeypatch.setattr(transforms, "draw", lambda n, side, _: [d.repeat(n, *[1] * (d.ndim - 1))
                                                                for d in still()])  # fmt: skip
    view = preprocessing.Preprocessing(4, 8, "centre", **PLAIN)
    found = transforms.train_transform(numbered(side), view, torch.Generator())
    inner = slice(first, first + 4)
    torch.testing.assert_close(found, numbered(side)[..., inner, inner].float())
