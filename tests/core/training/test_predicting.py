"""Predicting with a network trained elsewhere: its own answers, and what betrays a slip."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import models

import fencepost as fp
from core import runs
from core.explain import saliency
from core.models.classifier import build_model
from core.runs.table import predictions
from core.training import command
from core.training.config import TrainConfig
from core.training.options import parse_predict
from tests import drawn


@pytest.fixture
def photos(artifacts_root, tmp_path):
    drawn.draw(tmp_path / "photos")
    return tmp_path / "photos"


@pytest.fixture
def network(tmp_path):
    """A ResNet-18 for three classes as torchvision has it, and the file of its weights."""
    torch.manual_seed(3)
    made = models.resnet18(num_classes=3).eval()
    torch.nn.init.normal_(made.fc.weight, std=0.5)
    torch.save({"model": {f"module.{k}": v for k, v in made.state_dict().items()}},
               tmp_path / "r18.pth")  # fmt: skip
    return made, tmp_path / "r18.pth"


@pytest.fixture
def small(tmp_path):
    """A small network with a head for three classes, as a run of ours keeps it."""
    torch.save(build_model("small", "none", 3, seed=1).state_dict(), tmp_path / "small.pth")
    return str(tmp_path / "small.pth")


def predict(weights, photos, *more):
    argv = [str(weights), f"--data=folder:{photos}", "--workers=0", "--device=cpu", *more]
    return command.predict(argv)


def newest():
    return runs.list_runs()[0]


def test_the_table_is_what_the_network_says_alone(photos, network):
    made, weights = network
    assert predict(weights, photos, "--model=resnet18") == 0
    run = newest()
    table = predictions.read(run.table_path, run.classes)
    shown = models.ResNet18_Weights.DEFAULT.transforms()
    with torch.no_grad():
        batch = torch.stack([shown(Image.open(photos / path)) for path in table["path"]])
        p = torch.cat([made(part).softmax(1) for part in batch.split(32)]).numpy()
    assert np.abs(table[["p_cat", "p_deer", "p_dog"]].to_numpy() - p).max() < 1e-3
    assert (table["pred"].to_numpy() == p.argmax(axis=1)).all()
    assert run.features().shape == (len(table), 512)
    assert np.allclose(run.head()[0], made.fc.weight.detach())
    assert run.config["mode"] == "predict"
    assert "did not train this network" in run.notes[0]


def test_such_a_run_has_maps_and_can_be_fixed(photos, small):
    predict(small, photos, "--model=small", "--size=32")
    run = newest()
    assert {split: each["n"] for split, each in run.metrics.items()} == {
        "train": 15, "val": 3, "test": 120,
    }  # fmt: skip
    with Image.open(photos / "test" / "cat" / "000.png") as image:
        assert saliency.channel_map(run, image, 0).shape == (32, 32)
    fixed = fp.save_fix(run, fp.fix(run, "mute", channels=[0], strength=1.0))
    assert fixed.parent == run.id


def test_classes_of_the_network_that_have_no_image(photos, tmp_path):
    torch.save(build_model("small", "none", 5, seed=1).state_dict(), tmp_path / "five.pth")
    (tmp_path / "names.txt").write_text("ape\nDog\ncat\nyak\ndeer\n")
    said = f"--classes={tmp_path / 'names.txt'}"
    assert predict(tmp_path / "five.pth", photos, "--model=small", "--size=32", said) == 0
    run = newest()
    assert run.classes == ("ape", "Dog", "cat", "yak", "deer")
    table = predictions.read(run.table_path, run.classes)
    folders = table["path"].str.split("/").str[1].unique().tolist()
    assert folders == ["cat", "deer", "dog"]
    assert table["label"].unique().tolist() == [2, 4, 1]


@pytest.mark.parametrize(
    ("n", "said", "refused"),
    [
        (4, "", r"gives 4 classes and folder:\S+ has 3 \(cat, deer, dog\): name .* Is the first"),
        (2, "cat,dog,deer", r"gives 2 classes and --classes names 3"),
        (3, "cat,deer,cow", r"has no class 'dog', of which \S+ has images"),
        (3, "cat,deer,cat", r"The class 'cat' is named twice"),
        (3, "cat", r"'cat' names no classes: give a,b,c or a file"),
    ],
)
def test_classes_that_cannot_be_meant(photos, tmp_path, capsys, n, said, refused):
    torch.save(build_model("small", "none", n, seed=1).state_dict(), tmp_path / "n.pth")
    assert predict(tmp_path / "n.pth", photos, "--model=small", f"--classes={said}") == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    with pytest.raises(AssertionError, match=refused):
        raise AssertionError(told)


@pytest.mark.parametrize(
    ("kept", "refused"),
    [
        (lambda state: state.pop("head.weight"), "has no head: no linear layer of its 256"),
        (lambda state: state.update(other=state["head.weight"][:1]), None),
        (lambda state: state.update({"b.weight": torch.ones(9, 256)}), "could be its head, head"),
        (lambda state: state.update({"head.weight": torch.ones(1, 256)}), "gives 1 number"),
        (lambda state: state["head.bias"].fill_(torch.nan), "numbers that are not finite"),
        (lambda state: state.pop("head.bias"), None),
    ],
)
def test_a_head_that_is_no_linear_layer_is_refused(photos, small, capsys, kept, refused):
    state = torch.load(small)
    kept(state)
    torch.save(state, small)
    assert predict(small, photos, "--model=small", "--size=32") == int(bool(refused))
    assert (refused or "") in capsys.readouterr().err


def test_weights_must_be_named(photos, capsys):
    assert predict("default", photos, "--model=resnet18") == 1
    assert "Name the file of the trained network's weights" in capsys.readouterr().err


def test_what_is_said_of_colours_is_shown_and_kept(photos, small):
    predict(small, photos, "--model=small", "--size=32", "--mean=0.5,0.5,0.5", "--std=1,1,1")
    assert newest().meta["preprocessing"]["mean"] == [0.5, 0.5, 0.5]
    assert newest().meta["preprocessing"]["std"] == [1, 1, 1]


@pytest.mark.parametrize("bad", [{"mean": "1,2"}, {"std": "0,1,1"}, {"mean": "red"}])
def test_colours_that_are_none(bad):
    [name] = bad
    with pytest.raises(fp.FencepostError, match=name):
        TrainConfig(**bad)


def test_another_network_than_the_demos_has_its_own_size():
    assert parse_predict(["w.pth", "--data", "demo", "--arch", "resnet18"]).size == 0
    assert parse_predict(["w.pth", "--data", "demo", "--arch", "small"]).size == 64
