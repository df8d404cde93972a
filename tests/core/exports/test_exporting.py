"""A network that was brought, fixed, and taken home: loaded there, it says what the run says."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torchvision import models

import fencepost as fp
from core import runs
from core.exports import exporting, forms, script
from core.models.classifier import build_model
from core.runs.table import predictions
from core.training import command
from tests import drawn


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with drawn photos and artifacts of its own, for all tests here."""
    found = tmp_path_factory.mktemp("exports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENCEPOST_ARTIFACTS", str(found / "artifacts"))
        drawn.draw(found / "photos")
        yield found


@pytest.fixture
def photos(place):
    return place / "photos"


def brought(weights, photos, model, *more):
    argv = [str(weights), f"--data=folder:{photos}", f"--model={model}", "--workers=0", *more]
    assert command.predict(argv) == 0
    return runs.list_runs()[0]


def fixed(run):
    return fp.save_fix(run, fp.fix(run, "mute", channels=[0, 1, 2], strength=1.0))


@pytest.fixture(scope="module")
def resnet(place):
    """The run of a fixed ResNet-18, and the state dict that it was brought in."""
    torch.manual_seed(3)
    made = models.resnet18(num_classes=3)
    torch.nn.init.normal_(made.fc.weight, std=0.5)
    state = {f"module.{k}": v for k, v in made.state_dict().items()}
    torch.save({"model": state, "epoch": 3}, place / "r18.pth")
    return fixed(brought(place / "r18.pth", place / "photos", "resnet18", "--size=64")), state


def test_only_the_head_of_a_state_dict_differs(resnet, tmp_path):
    run, before = resnet
    made = fp.export(run, folder=tmp_path / "home")
    assert made.files == ("load.py", "weights.pth")
    after = torch.load(tmp_path / "home" / "weights.pth", weights_only=True)
    assert list(after) == list(before)
    changed = [key for key in before if not torch.equal(before[key], after[key])]
    assert changed == ["module.fc.weight", "module.fc.bias"]
    assert np.array_equal(after["module.fc.weight"].numpy(), run.head()[0])
    assert made.proof.holds, made.proof.words
    assert made.proof.n == 120
    assert "all probabilities are those of the run, to 0.001" in str(made)


def test_without_its_file_it_has_the_names_of_its_library(resnet, tmp_path, monkeypatch):
    run, before = resnet
    monkeypatch.setitem(run.meta["brought"], "sha256", "of another file")
    made = exporting.export(run, "torchvision", tmp_path / "home")
    after = torch.load(tmp_path / "home" / "weights.pth", weights_only=True)
    assert {f"module.{key}" for key in after} == set(before)
    models.resnet18(num_classes=3).load_state_dict(after)
    assert made.proof.holds, made.proof.words


def test_the_lines_load_it(resnet, tmp_path, photos):
    run, _ = resnet
    made = exporting.export(run, "safetensors", tmp_path / "home", proof=False)
    table = predictions.read(run.table_path, run.classes)
    row = table[table["split"] == "test"].iloc[0]
    code = made.lines.replace("picture.jpg", str(photos / row["path"]))
    done = subprocess.run([sys.executable, "-c", f"{code}\nprint(p.tolist())"],
                          capture_output=True, text=True, cwd=tmp_path, check=True)  # fmt: skip
    p = row[[f"p_{name}" for name in run.classes]].to_numpy(dtype=float)
    assert np.allclose(json.loads(done.stdout), p, atol=1e-3)


def test_a_head_alone(resnet, tmp_path):
    run, _ = resnet
    made = exporting.export(run, "head", tmp_path / "home")
    kept = load_file(tmp_path / "home" / "head.safetensors")
    assert np.array_equal(kept["weight"].numpy(), run.head()[0])
    assert made.proof.holds


def test_ours_needs_nothing_of_ours(photos, tmp_path):
    torch.save(build_model("small", "none", 3, seed=1).state_dict(), tmp_path / "small.pth")
    run = brought(tmp_path / "small.pth", photos, "small", "--size=32")
    made = fp.export(run, folder=tmp_path / "home")
    assert "core" not in (tmp_path / "home" / "load.py").read_text()
    assert made.proof.holds, made.proof.words


@pytest.mark.parametrize(
    ("name", "options"), [("timm/resnet10t", []), ("timm/vit_tiny_patch16_224", ["--size=64"])]
)
def test_networks_of_timm(photos, tmp_path, name, options):
    timm = pytest.importorskip("timm")
    own = name.removeprefix("timm/")
    sized = {"img_size": 64} if options else {}
    torch.manual_seed(0)
    made = timm.create_model(own, num_classes=3, **sized)
    torch.save(made.state_dict(), tmp_path / "t.pth")
    run = fixed(brought(tmp_path / "t.pth", photos, name, *options))
    taken = fp.export(run, "timm", folder=tmp_path / "home")
    assert taken.files == ("load.py", "model.safetensors")
    assert taken.proof.holds, taken.proof.words


def test_what_is_not_the_same_is_said(resnet, tmp_path):
    run, _ = resnet
    features = np.load(run.folder / "features.npy")
    other = features.copy()
    other[18] = 0  # the first of test
    np.save(run.folder / "features.npy", other)
    made = exporting.export(run, "head", tmp_path / "home")
    np.save(run.folder / "features.npy", features)
    assert not made.proof.holds
    assert made.proof.words.startswith(
        "Of 120 test images, 1 get a probability that is more than 0.001 from the run's, "
        "test/cat/000.png ("
    )


def test_images_that_are_gone_are_not_proved(resnet, tmp_path, photos):
    run, _ = resnet
    photos.rename(tmp_path / "moved")
    made = exporting.export(run, "torchvision", tmp_path / "home")
    (tmp_path / "moved").rename(photos)
    assert (made.proof.n, made.proof.holds) == (0, False)
    assert made.proof.words.startswith("Not proved: There is no folder")


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        ("timm", "resnet18 is of torchvision, not of timm: take --to torchvision"),
        (
            "keras",
            "no form 'keras' to export to: choose torchvision, timm, onnx",
        ),
    ],
)
def test_forms_that_a_run_cannot_have(resnet, tmp_path, form, refused):
    with pytest.raises(fp.FencepostError, match=refused):
        exporting.export(resnet[0], form, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_folder_that_exists_is_left_alone(resnet, tmp_path):
    (tmp_path / "home").mkdir()
    with pytest.raises(fp.FencepostError, match=r"home exists: name another folder"):
        exporting.export(resnet[0], "head", tmp_path / "home")
    assert not list(tmp_path.glob(".home*"))


def test_a_network_of_a_program_gives_its_weights(artifacts_root, tmp_path):
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2))
    data = torch.utils.data.TensorDataset(torch.rand(8, 3, 2, 2), torch.tensor([0, 1] * 4))
    run = fixed(fp.evaluate(net, data, train=data))
    with pytest.raises(fp.FencepostError, match="is of your own program"):
        fp.export(run, "torchvision")
    made = fp.export(run, folder=tmp_path / "home")
    state = load_file(tmp_path / "home" / "model.safetensors")
    assert list(state) == ["1.bias", "1.weight"]
    net.load_state_dict(state)
    assert np.array_equal(net[1].weight.detach().numpy(), run.head()[0])
    assert "Not proved: your own program" in made.proof.words


def test_names_are_data_in_the_script():
    run = runs.Run('x"""\nimport os', None, "n", {"classes": ['a"""', "b'\n"], "config": {}})
    text = script.for_head(run)
    assert compile(text, "load.py", "exec")
    assert "\nimport os" not in text
    assert repr(['a"""', "b'\n"]) in text


def test_the_natural_form_is_the_one_it_came_in(resnet, monkeypatch):
    run, _ = resnet
    assert forms.natural(run) == "torchvision"
    monkeypatch.setitem(run.meta["brought"], "file", "w.safetensors")
    assert forms.natural(run) == "safetensors"
