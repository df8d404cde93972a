"""Folders of Hugging Face: predicted as transformers does, fixed, and loaded there again."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

import fencepost as fp
from core import runs
from core.errors import ModelError
from core.explain import saliency
from core.exports import exporting
from core.models import huggingface_networks
from core.runs.table import predictions
from core.training import command
from tests import drawn

transformers = pytest.importorskip("transformers")
NAMES = {0: "dog", 1: "Cat", 2: "deer"}
NORMALISED = {"do_normalize": True, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4],
              "do_rescale": True, "rescale_factor": 1 / 255}  # fmt: skip


def vit():
    config = transformers.ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        image_size=32, patch_size=8, id2label=NAMES,
    )  # fmt: skip
    processor = transformers.ViTImageProcessor(
        size={"height": 32, "width": 32}, resample=3, **NORMALISED
    )
    return transformers.ViTForImageClassification(config), processor


def resnet():
    config = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic", id2label=NAMES
    )
    processor = transformers.ViTImageProcessor(
        size={"height": 40, "width": 40}, resample=2, **NORMALISED
    )
    return transformers.ResNetForImageClassification(config), processor


@pytest.mark.parametrize("make", [vit, resnet])
def test_predicted_fixed_and_taken_home(artifacts_root, tmp_path, make):
    drawn.draw(tmp_path / "photos")
    torch.manual_seed(0)
    network, processor = make()
    network.eval().save_pretrained(tmp_path / "network")
    processor.save_pretrained(tmp_path / "network")
    argv = [str(tmp_path / "network"), f"--data=folder:{tmp_path / 'photos'}", "--workers=0"]
    assert command.predict(argv) == 0
    run = runs.list_runs()[0]
    assert run.classes == ("dog", "Cat", "deer")
    table = predictions.read(run.table_path, run.classes)
    assert table.loc[table["path"].str.contains("/cat/"), "label"].unique().tolist() == [1]
    some = table.iloc[[0, 20, 130]]
    images = [Image.open(tmp_path / "photos" / path) for path in some["path"]]
    with torch.no_grad():
        p = network(**processor(images, return_tensors="pt")).logits.softmax(1).numpy()
    assert np.abs(some[[f"p_{name}" for name in run.classes]].to_numpy() - p).max() < 1e-3
    assert saliency.grad_cam(run, images[0], 0).shape[0] in (32, 40)
    fixed = fp.save_fix(run, fp.fix(run, "mute", channels=[0, 1], strength=1.0))
    made = exporting.export(fixed, folder=tmp_path / "home")
    assert made.files == ("config.json", "load.py", "model.safetensors", "preprocessor_config.json")
    assert made.proof.holds, made.proof.words
    with pytest.raises(fp.FencepostError, match="is of transformers: take --to huggingface"):
        exporting.export(fixed, "safetensors", tmp_path / "other")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"size": {"height": 30, "width": 30}}, (30, 30, "squash")),
        ({"size": {"shortest_edge": 32}, "do_center_crop": True, "crop_size": 28},
         (28, 32, "centre")),
        ({"size": {"shortest_edge": 224}, "crop_pct": 0.875}, (224, 256, "centre")),
        ({"size": {"shortest_edge": 384}, "crop_pct": 0.875}, (384, 384, "squash")),
        ({"size": 20}, (20, 20, "squash")),
    ],
)  # fmt: skip
def test_what_it_is_shown(tmp_path, said, shown):
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({**said, **NORMALISED}))
    view = huggingface_networks.view_of(tmp_path)
    assert (view.size, view.resize, view.cut) == shown
    assert view.mean == pytest.approx((0.5, 0.4, 0.3))
    assert view.interpolation == "bilinear"


def test_other_scales_become_ours(tmp_path):
    said = {"size": 20, **NORMALISED, "do_rescale": False, "image_mean": [127.5] * 3,
            "image_std": [127.5] * 3}  # fmt: skip
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    view = huggingface_networks.view_of(tmp_path)
    assert (view.mean, view.std) == ((0.5,) * 3, (0.5,) * 3)


@pytest.mark.parametrize("text", ["{}", "[", '{"size": {}, "image_mean": 1, "image_std": 2}'])
def test_what_it_is_shown_is_not_said(tmp_path, text):
    (tmp_path / "preprocessor_config.json").write_text(text)
    with pytest.raises(ModelError, match="does not say in a way known here"):
        huggingface_networks.view_of(tmp_path)


def test_a_folder_that_is_none(artifacts_root, tmp_path, capsys):
    (tmp_path / "config.json").write_text("{}")
    assert command.predict([str(tmp_path), "--data=demo"]) == 1
    assert "has no model.safetensors: name a folder of Hugging Face" in capsys.readouterr().err
