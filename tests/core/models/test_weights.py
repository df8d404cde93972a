"""Weights as trainings leave them: behind a prefix, inside of a dict, as a program, as a pickle."""

import argparse
import warnings

import pytest
import torch
from torch import nn
from torchvision import models

from core.errors import ModelError
from core.models.classifier import build_model


@pytest.fixture(scope="module")
def whole():
    """A ResNet-18 as its author has it, head and all."""
    torch.manual_seed(7)
    return models.resnet18()


def loaded(path):
    model = build_model("resnet18", str(path), 5, 0)
    return model, model.backbone.state_dict()["layer1.0.conv1.weight"]


def saved(found, tmp_path):
    torch.save(found, tmp_path / "w.pth")
    return tmp_path / "w.pth"


def prefixed(state, prefix):
    return {f"{prefix}{key}": value for key, value in state.items()}


PREFIXES = ("module.", "_orig_mod.", "module._orig_mod.", "model.", "net.", "backbone.", "0.0.",
            "encoder_q.", "student.backbone.")  # fmt: skip
PLACES = ("state_dict", "model_state_dict", "model", "ema")


@pytest.mark.parametrize(
    ("place", "prefix"), [*(("", p) for p in PREFIXES), *((p, "module.") for p in PLACES)]
)
def test_weights_that_fit_once_something_is_taken_off(tmp_path, whole, place, prefix):
    state = prefixed(whole.state_dict(), prefix)
    beside = {"epoch": 3, "optimizer": {"state": {}}, "args": argparse.Namespace(lr=0.1)}
    model, found = loaded(saved({place: state, **beside} if place else state, tmp_path))
    assert torch.equal(found, whole.layer1[0].conv1.weight)
    assert prefix in model.note or prefix == "backbone."
    assert model.note.count("\n") == 0


def test_weights_as_they_are_need_no_word(tmp_path, whole):
    assert loaded(saved(whole.state_dict(), tmp_path))[0].note == ""


def test_what_lies_beside_the_network_does_not_matter(tmp_path, whole):
    """A network's head of several layers, and a loss with weights, as Lightning keeps them."""
    state = prefixed(whole.state_dict(), "model.") | {
        "criterion.weight": torch.ones(3), "metric.a.weight": torch.ones(2),
    }  # fmt: skip
    _, found = loaded(saved({"state_dict": state}, tmp_path))
    assert torch.equal(found, whole.layer1[0].conv1.weight)


def test_fastai_names_parts_by_their_place(tmp_path, whole):
    head = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(3, 4), nn.Linear(4, 2))
    state = nn.Sequential(nn.Sequential(*list(whole.children())[:-2]), head).state_dict()
    _, found = loaded(saved({"model": state, "opt": {}}, tmp_path))
    assert torch.equal(found, whole.layer1[0].conv1.weight)


def test_two_networks_in_a_file_are_named(tmp_path, whole):
    state = whole.state_dict()
    both = prefixed(state, "student.") | prefixed(state, "teacher.")
    with pytest.raises(ModelError, match=r"more than one network, under student\. and teacher\."):
        loaded(saved(both, tmp_path))


def test_weights_of_another_network_are_named_behind_a_prefix(tmp_path):
    state = prefixed(models.mobilenet_v3_small().state_dict(), "module.")
    with pytest.raises(ModelError, match=r"has no 'conv1\.weight': is it for resnet18"):
        loaded(saved(state, tmp_path))


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickled_module_is_named_and_not_opened(tmp_path, whole, zipped):
    torch.save(whole, tmp_path / "w.pth", _use_new_zipfile_serialization=zipped)
    with pytest.raises(ModelError, match=r"holds a whole ResNet, .*state_dict\(\)"):
        loaded(tmp_path / "w.pth")


def test_a_torchscript_program_is_named_and_not_opened(tmp_path, whole):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.trace(whole.eval(), torch.zeros(1, 3, 32, 32)), tmp_path / "w.pt")
    with pytest.raises(ModelError, match="TorchScript program, which is not opened here") as found:
        loaded(tmp_path / "w.pt")
    assert "weights_only" not in str(found.value)


def test_a_transformer_of_another_size_takes_its_weights_interpolated(tmp_path):
    state = build_model("vit_b_16", "none", 2, 1, 64).backbone.state_dict()
    torch.save({f"module.{key}": value for key, value in state.items()}, tmp_path / "w.pth")
    model = build_model("vit_b_16", str(tmp_path / "w.pth"), 2, 0, 96)
    assert model.backbone.encoder.pos_embedding.shape[1] == 1 + 6 * 6
    with pytest.raises(ModelError, match=r"--size 100 .* it takes 224 and 96"):
        build_model("vit_b_16", "none", 2, 0, 100)
