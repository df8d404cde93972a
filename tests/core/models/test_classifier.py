import os
import pickle
import sys
from types import SimpleNamespace

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


class Spy:
    """A pickle that leaves a folder behind where it is run."""

    def __init__(self, trace) -> None:
        self.trace = str(trace)

    def __reduce__(self):
        return os.mkdir, (self.trace,)


@pytest.fixture
def plant(tmp_path):
    """A function that leaves a pickle with code at a path; and the trace that it would leave."""

    def plant_(path, whole: bool):
        path.parent.mkdir(parents=True, exist_ok=True)
        value = {"fc.weight": torch.zeros(1), "x": Spy(tmp_path / "ran")}
        if whole:
            torch.save(value, path)
        else:
            path.write_bytes(pickle.dumps(value))
        return tmp_path / "ran"

    return plant_


@pytest.mark.parametrize("whole", [True, False])
def test_a_pickle_planted_in_the_cache_of_torch_is_not_run(plant, tmp_path, monkeypatch, whole):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    ran = plant(tmp_path / "hub/checkpoints/resnet18-f37072fd.pth", whole)
    with pytest.raises(ModelError, match=r"might run code, so it is not opened: delete it.*\.$"):
        build("resnet18", "default")
    assert not ran.exists()


def test_weights_are_downloaded_by_their_hash_then_read(monkeypatch, tmp_path):
    def download(url, place, hash_prefix, progress):
        assert (url.rsplit("/", 1)[-1], hash_prefix) == ("resnet18-f37072fd.pth", "f37072fd")
        torch.save(build("resnet18", seed=3).backbone.state_dict(), place)

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.download_url_to_file", download)
    found = build("resnet18", "default").backbone.conv1.weight
    assert torch.equal(found, build("resnet18", seed=3).backbone.conv1.weight)


@pytest.mark.parametrize("variable", [None, "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"])
def test_a_pickle_that_timm_would_open_is_not_run(plant, tmp_path, monkeypatch, variable):
    """An old timm asks torch.hub, which unpickles."""

    def create_model(name, pretrained, num_classes):
        return torch.hub.load_state_dict_from_url(f"https://nowhere.example/{name}.pth")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    if variable:
        monkeypatch.setenv(variable, "1")
    before = dict(os.environ)
    timm = SimpleNamespace(is_model=lambda name: True, create_model=create_model)
    monkeypatch.setitem(sys.modules, "timm", timm)
    ran = plant(tmp_path / "hub/checkpoints/old.pth", True)
    with pytest.raises(ModelError, match="timm/old cannot be loaded"):
        build("timm/old", "default")
    assert not ran.exists()
    assert dict(os.environ) == before


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
