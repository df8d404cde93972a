import pickle

import pytest
import torch
from safetensors.torch import save_file

from core.errors import ModelError
from core.models.classifier import build_model
from core.models.weights import read_state


def build(name="small", weights="none", n_classes=5, seed=0):
    return build_model(name, str(weights), n_classes, seed)


@pytest.mark.parametrize(
    ("name", "n_features"),
    [
        ("small", 256),
        ("resnet18", 512),
        ("mobilenet_v3_small", 1024),
        ("squeezenet1_1", 512),
        ("vit_b_16", 768),
    ],
)
def test_features_then_a_linear_head(name, n_features):
    model = build(name).eval()
    side = 224 if name.startswith("vit") else 64
    with torch.no_grad():
        features = model.backbone(torch.zeros(2, 3, side, side))
    assert features.shape == (2, n_features)
    assert model.head(features).shape == (2, 5)


def test_the_seed_decides_the_start():
    first, again, other = (build(seed=s).state_dict()["head.weight"] for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("resnet51", "no classifier 'resnet51'"),
        ("timm/", "timm"),
        ("../x", "no classifier"),
    ],
)
def test_networks_that_do_not_exist(name, reason):
    with pytest.raises(ModelError, match=reason):
        build(name)


def test_small_has_no_pretrained_weights():
    with pytest.raises(ModelError, match="use --weights none"):
        build(weights="default")


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_weights_from_a_file_but_for_the_head(tmp_path, suffix):
    path, other = tmp_path / f"w{suffix}", build(seed=7)
    save = save_file if suffix == ".safetensors" else torch.save
    save(other.state_dict(), path)
    model = build(weights=path)
    assert torch.equal(model.backbone.stem[0].weight, other.backbone.stem[0].weight)
    assert not torch.equal(model.head.weight, other.head.weight)


def test_a_missing_tensor_and_a_wrong_shape_are_named(tmp_path):
    state = build("resnet18").backbone.state_dict()
    save_file(
        {k: v for k, v in state.items() if k != "layer2.0.conv1.weight"}, tmp_path / "a.safetensors"
    )
    with pytest.raises(ModelError, match=r"no 'layer2\.0\.conv1\.weight': is it for resnet18"):
        build("resnet18", tmp_path / "a.safetensors")
    state["conv1.weight"] = torch.zeros(64, 1, 7, 7)
    save_file(state, tmp_path / "b.safetensors")
    with pytest.raises(ModelError, match=r"'conv1\.weight' is \(64, 1, 7, 7\) in .* and \(64, 3"):
        build("resnet18", tmp_path / "b.safetensors")


class Evil:
    def __reduce__(self):
        return eval, ("1/0",)


def test_pickled_code_is_not_run(tmp_path):
    torch.save({"x": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(ModelError, match="might run code"):
        read_state(tmp_path / "evil.pth")


@pytest.mark.parametrize("name", ["x.pth", "x.safetensors"])
@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(40), pickle.dumps([1])])
def test_damaged_weights(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=r"damaged|might run code|no state dict"):
        read_state(tmp_path / name)


def test_a_missing_file_and_a_list(tmp_path):
    with pytest.raises(ModelError, match="There is no weights file"):
        read_state(tmp_path / "gone.pth")
    torch.save([torch.zeros(1)], tmp_path / "list.pth")
    with pytest.raises(ModelError, match="not a state dict"):
        read_state(tmp_path / "list.pth")


def test_weights_that_cannot_be_downloaded(monkeypatch, tmp_path):
    import urllib.error

    def offline(*_, **__):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.download_url_to_file", offline)
    with pytest.raises(ModelError, match=r"resnet18-\w+\.pth cannot .*no route.* into .*--weights"):
        build("resnet18", "default")


def test_weights_inside_another_dict(tmp_path):
    state = {f"module.{k}": v for k, v in build().backbone.state_dict().items()}
    torch.save({"state_dict": state, "epoch": 3}, tmp_path / "w.pth")
    assert "stem.0.weight" in read_state(tmp_path / "w.pth")
