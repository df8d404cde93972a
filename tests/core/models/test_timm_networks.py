"""timm's networks: as many features as they give, and built for the size that is asked for."""

import pytest
import torch

from core.errors import ModelError
from core.models.classifier import build_model, check_side

pytest.importorskip("timm")
VIT = "vit_tiny_patch16_224"


@pytest.mark.parametrize(
    "name",
    ["mobilenetv3_small_050", "lcnet_050", "ghostnet_050", "resnet10t", VIT],
)
def test_the_head_fits_the_features_that_a_network_gives(name):
    model = build_model(f"timm/{name}", "none", 3, 0).eval()
    with torch.no_grad():
        assert model(torch.zeros(1, 3, 224, 224)).shape == (1, 3)


def test_a_transformer_is_built_for_the_size():
    model = build_model(f"timm/{VIT}", "none", 2, 0, 96).eval()
    check_side(model, VIT, 96)
    with torch.no_grad():
        assert model(torch.zeros(1, 3, 96, 96)).shape == (1, 2)
    with pytest.raises(ModelError, match=r"\(224\) doesn't match model \(96\)"):
        check_side(model, VIT, 224)


def test_a_transformers_weights_of_another_size_are_interpolated(tmp_path):
    large = build_model(f"timm/{VIT}", "none", 2, 1, 224).backbone.state_dict()
    torch.save({"model": {f"module.{k}": v for k, v in large.items()}}, tmp_path / "w.pth")
    model = build_model(f"timm/{VIT}", str(tmp_path / "w.pth"), 2, 0, 96)
    assert torch.equal(model.backbone.blocks[0].mlp.fc1.weight, large["blocks.0.mlp.fc1.weight"])


def test_a_failure_that_is_not_of_the_size_does_not_blame_it(monkeypatch):
    def fails(*_):
        raise RuntimeError("an operator is missing")

    model = build_model("timm/resnet10t", "none", 2, 0)
    monkeypatch.setattr(type(model.backbone), "forward", fails)
    with pytest.raises(ModelError, match=r"cannot be used here \(an operator is missing\): choose"):
        check_side(model, "timm/resnet10t", 224)
