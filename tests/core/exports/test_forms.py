"""Which forms a run's network can be taken home in, by what it is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.errors import RunError
from core.exports import forms


def run(model: str, *, mode="finetune", weights="default", file="", **meta):
    config = {"model": model, "mode": mode, "weights": weights}
    return SimpleNamespace(config=config, meta=meta, brought={"file": file})


PROGRAM = {"mode": "predict", "weights": ""}  # as fp.evaluate brings it


@pytest.mark.parametrize(
    ("which", "allowed", "natural"),
    [
        (run("resnet18"), ["torchvision", "safetensors", "head"], "torchvision"),
        (run("timm/vit"), ["timm", "safetensors", "head"], "timm"),
        (run("small"), ["safetensors", "head"], "safetensors"),
        (run("onnx"), ["onnx", "head"], "onnx"),
        (run("huggingface"), ["huggingface", "head"], "huggingface"),
        (run("mine", **PROGRAM), ["safetensors", "head"], "safetensors"),
        (run("resnet18", mode="predict", weights="a.pth"),
         ["torchvision", "safetensors", "head"], "torchvision"),
        (run("resnet18", **PROGRAM, preprocessing={}),
         ["torchvision", "safetensors", "head"], "torchvision"),
        (run("resnet18", weights=""), ["torchvision", "safetensors", "head"], "torchvision"),
        (run("resnet18", file="a.safetensors"),
         ["torchvision", "safetensors", "head"], "safetensors"),
        (run("resnet18", file="a.safetensors.pth"),
         ["torchvision", "safetensors", "head"], "torchvision"),
    ],
)  # fmt: skip
def test_a_network_goes_home_in_the_forms_of_its_library(which, allowed, natural):
    assert [name for name, form in forms.FORMS.items() if form.problem(which) == ""] == allowed
    assert forms.natural(which) == natural
    assert all(forms.form_of(which, name) is forms.FORMS[name] for name in allowed)


@pytest.mark.parametrize(
    ("which", "form", "said"),
    [
        (run("resnet18"), "timm", "resnet18 is of torchvision, not of timm: take --to torchvision"),
        (run("timm/vit"), "torchvision", "is of timm, not of torchvision: take --to timm"),
        (run("small"), "timm", "small is of Fencepost, not of timm: take --to safetensors"),
        (run("mine", **PROGRAM), "torchvision", "of your own program, which alone can build it"),
        (run("onnx"), "timm", "ONNX graph: take --to onnx"),
        (run("huggingface"), "safetensors", "of transformers: take --to huggingface"),
        (run("resnet18"), "onnx", "Only a network that came as ONNX"),
        (run("resnet18"), "huggingface", "Only a network that came from a folder of Hugging Face"),
        (run("small"), "keras", "no form 'keras' to export to: choose torchvision, timm, onnx"),
    ],
)
def test_another_form_is_refused_with_the_one_to_take(which, form, said):
    with pytest.raises(RunError, match=said):
        forms.form_of(which, form)


def test_a_head_alone_is_asked_by_features():
    of_each = {name: forms.FORMS[name].by_features for name in forms.FORMS}
    assert forms.form_of(run("small"), "head").by_features
    assert [name for name, by_features in of_each.items() if by_features] == ["head"]
