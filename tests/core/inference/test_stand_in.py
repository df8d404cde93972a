"""Features by another network, where the one that predicted gives none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torchvision import models

import fencepost as fp
from core import queries, runs
from core.datasets import Split
from core.datasets.trees.folder import FileImages
from core.inference import stand_in
from core.queries import neighbours
from core.training import command
from tests import drawn, onnx_graphs

PATHS = ["cat/000.png", "deer/001.png", "dog/002.png"]
TABLE = pd.DataFrame(
    {"path": PATHS, "label": ["cat", "deer", "dog"], "pred": ["cat", "cat", "dog"],
     "confidence": [0.9, 0.8, 0.7]}
)  # fmt: skip


@pytest.fixture
def photos(tmp_path, artifacts_root):
    drawn.draw(tmp_path / "photos")
    return tmp_path / "photos"


@pytest.fixture
def r18(tmp_path):
    """A network as torchvision has it, and how a stand-in is named by it."""
    torch.manual_seed(3)
    made = models.resnet18(num_classes=5).eval()
    torch.save(made.state_dict(), tmp_path / "r18.pth")
    return made, f"resnet18={tmp_path / 'r18.pth'}"


def test_each_image_as_the_network_alone_sees_it(photos, r18):
    made, by = r18
    images = FileImages(photos / "test", PATHS)
    found, unreadable = stand_in.features(by, {"all": Split(images, np.zeros(3))}, workers=0)
    shown = models.ResNet18_Weights.DEFAULT.transforms()
    batch = torch.stack([shown(images[k]) for k in range(3)])
    made.fc = torch.nn.Identity()
    with torch.no_grad():
        alone = made(batch).numpy()
    assert not unreadable
    assert np.abs(found - alone).max() < 0.02 * np.abs(alone).max()


@pytest.mark.parametrize(
    ("by", "parts"),
    [("resnet18", ("resnet18", "default")), ("small=/w.pth", ("small", "/w.pth"))],
)
def test_its_name_and_its_weights(by, parts):
    assert stand_in.parted(by) == parts


@pytest.mark.parametrize("by", ["", "=w.pth", "resnet18="])
def test_a_stand_in_that_is_not_named(by):
    with pytest.raises(fp.FencepostError, match="say MODEL or MODEL=WEIGHTS"):
        stand_in.parted(by)


def test_a_table_of_answers_gains_neighbours(photos, r18):
    made = fp.from_table(TABLE, images=str(photos / "test"), features_by=r18[1])
    assert made.run.features().shape == (3, 512)
    assert [row for row, _ in neighbours.of_image(made.run, 0, "test", 2)] == [1, 2]
    assert any("features are by resnet18, not by the network" in note for note in made.run.notes)


def test_a_table_with_a_picture_that_is_missing(photos, r18):
    (photos / "test" / PATHS[1]).unlink()
    with pytest.raises(fp.FencepostError, match=r"1 of 3 images cannot be read.*001\.png"):
        fp.from_table(TABLE, images=str(photos / "test"), features_by=r18[1])
    assert runs.list_runs() == []


def test_a_table_that_has_features_needs_none(photos):
    with pytest.raises(fp.FencepostError, match="features of its own"):
        fp.from_table(TABLE, images=str(photos / "test"), features=np.eye(3), features_by="small")


def test_a_network_without_a_linear_head(photos, r18, tmp_path):
    path = onnx_graphs.save(tmp_path / "n.onnx", "doubled")
    asked = [str(path), f"--data=folder:{photos}", "--workers=0", "--device=cpu"]
    assert command.predict([*asked, f"--features-by={r18[1]}"]) == 0
    run = runs.list_runs()[0]
    n = sum(each["n"] for each in run.metrics.values())
    assert run.features().shape == (n, 512)
    assert ["no linear layer" in run.notes[1], "by resnet18" in run.notes[2]] == [True, True]
    with Image.open(photos / "test" / PATHS[0]) as image:
        image.load()
        alone = models.ResNet18_Weights.DEFAULT.transforms()(image.convert("RGB"))
    r18[0].fc = torch.nn.Identity()
    with torch.no_grad():
        alone = r18[0](alone[None]).numpy()[0]
    row = queries.ask(run, "SELECT row FROM run WHERE split = 'test' AND path LIKE ?",
                      [f"%test/{PATHS[0]}"])["row"][0]  # fmt: skip
    assert np.abs(run.features()[row] - alone).max() < 0.02 * np.abs(alone).max()
