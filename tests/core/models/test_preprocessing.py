"""What a network is shown is what its authors' own transforms make of an image."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import models

from core.datasets.picture import shown
from core.errors import ModelError
from core.models import preprocessing
from core.models.preprocessing import Preprocessing, notebook
from core.models.transforms import eval_transform

TORCHVISION = ("resnet18", "resnet50", "efficientnet_v2_l", "efficientnet_b0", "inception_v3",
               "vit_b_16", "vit_h_14", "swin_t", "convnext_tiny", "mobilenet_v3_small")  # fmt: skip
TIMM = ("vit_tiny_patch16_224", "mixer_b16_224", "resnetv2_50x1_bit", "beit_base_patch16_224",
        "vit_base_patch16_clip_224", "inception_v4", "efficientnet_b3", "mobilenetv3_small_050",
        "swinv2_tiny_window8_256", "convnext_tiny", "regnetz_040")  # fmt: skip


def grey(side):
    return Image.new("RGB", (side, side), (128, 128, 128))


def ramp(width, height):
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([across, down, 255 - across], axis=-1).astype(np.uint8))


def ours(image, view):
    return eval_transform(torch.from_numpy(shown(image, view, view.size).copy())[None], view)[0]


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_networks_see_their_own_transforms(name):
    view = preprocessing.of_network(name)
    theirs = models.get_model_weights(name).DEFAULT.transforms()
    for image in (grey(480), ramp(300, 211), ramp(640, 481), ramp(97, 96)):
        assert (ours(image, view) - theirs(image)).abs().max() < 1e-3


@pytest.mark.parametrize("name", TIMM)
def test_timms_networks_see_their_own_transforms(name):
    timm = pytest.importorskip("timm")
    data = pytest.importorskip("timm.data")
    view = preprocessing.of_network(f"timm/{name}")
    own = timm.get_pretrained_cfg(name, allow_unregistered=True).to_dict()
    theirs = data.create_transform(**data.resolve_data_config(pretrained_cfg=own))
    for image in (grey(480), ramp(300, 211), ramp(640, 481), ramp(97, 96)):
        assert (ours(image, view) - theirs(image)).abs().max() < 1e-3


@pytest.mark.parametrize("cut", ["squash", "border"])
def test_the_rarer_cuts_of_timm(cut):
    data = pytest.importorskip("timm.data")
    own = {"input_size": (3, 64, 64), "crop_pct": 0.9, "interpolation": "bicubic",
           "crop_mode": cut, "mean": (0.5,) * 3, "std": (0.5,) * 3}  # fmt: skip
    theirs = data.create_transform(**own)
    view = Preprocessing(64, 71, cut, "bicubic", (0.5,) * 3, (0.5,) * 3)
    for image in (ramp(300, 211), ramp(97, 160)):
        assert (ours(image, view) - theirs(image)).abs().max() < 1e-3


def test_a_size_changes_nothing_but_the_size():
    own = preprocessing.of_network("resnet18")
    assert (own.size, own.resize) == (224, 256)
    assert own.sized(112) == Preprocessing(112, 128, "centre")
    assert own.sized(0) == own
    assert preprocessing.of_network("small", size=64) == notebook(64)


def test_a_file_of_torchvisions_has_the_preprocessing_that_it_was_made_with():
    swag = "vit_b_16_swag-9ac1b537.pth"
    assert preprocessing.of_network("vit_b_16", f"/weights/{swag}").size == 384
    assert preprocessing.of_network("vit_b_16", "/weights/mine.pth").size == 224


def test_a_run_keeps_it_and_an_earlier_one_was_made_with_the_notebooks():
    view = preprocessing.of_network("efficientnet_v2_l")
    assert preprocessing.of_run({}, view.to_dict()) == view
    assert preprocessing.of_run({"size": 96}, None) == notebook(96)
    for other in ({"cut": "by magic"}, {"size": "8"}, {"mean": [1]}, {"new": 1}, {"resize": 1e9}):
        with pytest.raises(ModelError, match="update Fencepost"):
            preprocessing.of_run({}, view.to_dict() | other)


def test_small_images_enlarged_on_the_device_look_as_if_pillow_had_done_it():
    image = ramp(96, 96)
    for name in ("resnet18", "vit_b_16"):
        view = preprocessing.of_network(name)
        kept = torch.from_numpy(shown(image, view, 96).copy())[None]
        assert (eval_transform(kept, view)[0] - ours(image, view)).abs().max() < 0.02


def test_what_is_seen_of_a_picture():
    assert notebook().seen(300, 200) == (50, 0, 250, 200)
    assert Preprocessing(50, 100, "centre").seen(300, 200) == (100, 50, 200, 150)
    assert Preprocessing(50, 100, "squash").seen(300, 200) == (75, 50, 225, 150)
    assert Preprocessing(100, 100, "border").seen(300, 200) == (0, -50, 300, 250)
