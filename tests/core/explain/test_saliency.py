"""Where a network looked: maps that add up to the features, and what stands in for them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import VisionTransformer

from core.errors import ExplainError
from core.explain import saliency
from core.inference import decoding, extraction
from core.models.classifier import Classifier, build_model
from core.models.preprocessing import notebook
from core.runs import images as run_images
from tests import drawn

SIZE = 64


@pytest.fixture
def dataset(artifacts_root, tmp_path):
    return drawn.draw(tmp_path / "photos")


def save(dataset, run_id: str = "drawn"):
    """A run of a network that learned nothing, with its own features."""
    network = build_model("small", "none", len(dataset.classes), seed=3).eval()
    decoded = decoding.decode(dataset, notebook(SIZE), workers=0)
    found = extraction.extract(
        network.backbone, decoded.values, notebook(SIZE), torch.device("cpu")
    )
    n = len(dataset.train)
    return drawn.save(
        dataset,
        run_id=run_id,
        features=np.concatenate([found[n:], found[:n]]),  # its table has test first
        state={k: v.numpy() for k, v in network.state_dict().items()},
        model="small",
        size=SIZE,
    )


@pytest.fixture
def run(dataset):
    return save(dataset)


def picture(run, index: int = 3):
    return run_images.open_images(run).image("test", index)


def test_the_map_of_a_channel_has_the_feature_as_its_mean(run):
    found = saliency.activations(run, picture(run))
    assert found.shape == (256, 4, 4)
    stored = run.features()[3].astype(np.float32)
    assert found.mean(axis=(1, 2)) == pytest.approx(stored, rel=0.02, abs=0.002)


def test_a_channel_map_is_its_activation_upsampled(run):
    raw = saliency.activations(run, picture(run))
    channel = int(raw.mean(axis=(1, 2)).argmax())
    found = saliency.channel_map(run, picture(run), channel)
    assert found.shape == (SIZE, SIZE)
    assert 0 <= found.min() <= found.max() <= 1
    centres = found[8::16, 8::16]  # of the 16 pixels that a place of the map covers
    assert centres == pytest.approx(raw[channel] / raw[channel].max(), abs=0.05)


def test_a_direction_is_mapped_where_it_exceeds_what_others_have(run):
    raw = saliency.activations(run, picture(run))
    direction = np.random.default_rng(0).normal(size=len(raw)).astype(np.float32)
    along = np.tensordot(direction, raw, axes=1)
    least = float(np.median(along))
    found = saliency.direction_map(run, picture(run), direction, least)
    assert found.shape == (SIZE, SIZE)
    by_hand = np.maximum(along - least, 0)
    assert found[8::16, 8::16] == pytest.approx(by_hand / by_hand.max(), abs=0.05)
    nothing = saliency.direction_map(run, picture(run), direction, float(along.max()) + 1)
    assert not nothing.any()


def test_grad_cam_is_the_positive_part_of_the_weighted_maps(run):
    raw = saliency.activations(run, picture(run))
    weight, _ = run.head()
    by_hand = np.maximum(np.tensordot(weight[1], raw, axes=1), 0)
    found = saliency.grad_cam(run, picture(run), 1)
    assert np.isfinite(found).all()
    assert 0 <= found.min() <= found.max() <= 1
    assert found[8::16, 8::16] == pytest.approx(by_hand / max(by_hand.max(), 1e-12), abs=0.05)


def test_weighted_maps_of_a_network_small_enough_for_a_formula():
    """One map, then a ReLU in place, a mean and a weight: logit = 3 * mean(max(A, 0))."""
    maps = nn.Conv2d(1, 1, 1, bias=False)
    head = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        maps.weight.fill_(2)
        head.weight.fill_(3)
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    model = nn.Sequential(maps, nn.ReLU(inplace=True), pool, head).requires_grad_(False)
    shown = torch.tensor([[[[1.0, -2.0], [0.5, 4.0]]]])
    # The gradient is 3/4 where A > 0, at three places of four: its mean is 9/16.
    by_hand = 9 / 16 * 2 * shown[0, 0]
    assert torch.allclose(saliency.weighted_maps(model, maps, shown, 0), by_hand)


def test_input_times_gradient_of_a_linear_network_is_input_times_weight():
    torch.manual_seed(0)
    linear = nn.Linear(3 * 4 * 4, 2)
    shown = torch.randn(1, 3, 4, 4)
    model = nn.Sequential(nn.Flatten(), linear).requires_grad_(False)
    found = saliency.input_times_gradient(model, shown, 1)
    assert torch.allclose(found, shown[0] * linear.weight[1].reshape(3, 4, 4))
    assert torch.allclose(found.sum() + linear.bias[1], model(shown)[0, 1], atol=1e-5)


def test_the_picture_that_was_asked_about_stays_as_it_was(run):
    network = saliency.open_network(run)
    shown = network.input(picture(run))
    saliency.weighted_maps(network.model, network.pooled, shown, 0)
    saliency.input_times_gradient(network.model, shown, 0)
    assert not shown.requires_grad
    assert all(p.grad is None for p in network.model.parameters())


def test_a_picture_that_is_wide_is_seen_as_its_centre(run):
    wide = picture(run).resize((96, 48))
    centre = wide.crop((24, 0, 72, 48))
    assert saliency.activations(run, wide) == pytest.approx(saliency.activations(run, centre))


@pytest.mark.parametrize(
    ("name", "grid", "is_features"),
    [("resnet18", (2, 2), True), ("mobilenet_v3_small", (2, 2), False)],
)
def test_which_map_is_pooled(name, grid, is_features):
    model = build_model(name, "none", 3, seed=0).eval()
    module, shape = saliency._pooled(model, SIZE)
    assert module is not None
    assert shape[1:] == grid
    assert (shape[0] == model.head.in_features) == is_features


def tiny_transformer() -> Classifier:
    network = VisionTransformer(
        image_size=SIZE, patch_size=16, num_layers=1, num_heads=2, hidden_dim=24, mlp_dim=24
    )
    network.heads = nn.Identity()
    return Classifier(network.eval(), 24, 3)


def test_a_transformer_gets_attributions(run, monkeypatch):
    torch.manual_seed(0)
    model = tiny_transformer()
    with torch.no_grad():
        model.head.weight.normal_()
    pooled, shape = saliency._pooled(model, SIZE)
    network = saliency.Network(model, notebook(SIZE), SIZE, pooled, shape[1:], False)
    monkeypatch.setitem(saliency._open, str(run.folder), network)
    assert saliency.open_network(run).pooled is None
    with pytest.raises(ExplainError, match="no map for each of its channels"):
        saliency.activations(run, picture(run))
    for found in (
        saliency.channel_map(run, picture(run), 5),
        saliency.grad_cam(run, picture(run), 0),
        saliency.direction_map(run, picture(run), np.eye(24, dtype=np.float32)[5], 0.0),
    ):
        assert found.shape == (SIZE, SIZE)
        assert np.isfinite(found).all()
        assert found.max() == pytest.approx(1, abs=0.2)


def test_what_is_not_there(run):
    with pytest.raises(ExplainError, match="no channel 256: run Drawn has 256"):
        saliency.channel_map(run, picture(run), 256)
    with pytest.raises(ExplainError, match="no class 3"):
        saliency.grad_cam(run, picture(run), 3)


def test_a_run_without_a_network(dataset):
    with pytest.raises(ExplainError, match="keeps no network that can be opened"):
        saliency.open_network(drawn.save(dataset, model="small", size=SIZE))


def test_it_opens_without_the_data_set(run, tmp_path):
    image = picture(run)
    (tmp_path / "photos").rename(tmp_path / "elsewhere")
    assert saliency.activations(run, image).shape == (256, 4, 4)


def test_few_networks_stay_open(dataset):
    for k in range(saliency.KEPT + 1):
        saliency.open_network(save(dataset, run_id=f"run-{k}"))
    assert len(saliency._open) == saliency.KEPT
