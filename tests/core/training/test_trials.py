"""Networks that look at one colour: shown the wrong one, they would do better otherwise."""

import numpy as np
import pytest
import torch
from torch import nn

from core.inference import extraction
from core.models import preprocessing
from core.models.classifier import Classifier
from core.training import trials

VIEW = preprocessing.notebook(8)
CPU = torch.device("cpu")


class Colour(nn.Module):
    """The mean of one channel."""

    def __init__(self, channel: int) -> None:
        super().__init__()
        self.channel = channel

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.mean(dim=(2, 3))[:, self.channel : self.channel + 1]


def dark_or_bright(channel: int, border: float) -> Classifier:
    """Class 1 where the channel's mean, as it is shown, is above the border."""
    model = Classifier(Colour(channel), 1, 2)
    with torch.no_grad():
        model.head.weight.copy_(torch.tensor([[-1.0], [1.0]]))
        model.head.bias.copy_(torch.tensor([border, -border]))
    return model.eval()


@pytest.fixture
def reds():
    """Images and labels: label 1 has a bright red; blue says the opposite, green nothing."""
    labels = np.arange(96) % 2
    images = np.full((96, 3, 8, 8), 128, dtype=np.uint8)
    images[:, 0] += (labels * 100).astype(np.uint8)[:, None, None]
    images[:, 2] -= (labels * 100).astype(np.uint8)[:, None, None]
    return images, labels


def told(model, images, labels):
    features = extraction.extract(model.backbone, images, VIEW, CPU, exact=True)
    return trials.told(model, images, labels, features, VIEW, CPU)


def test_a_network_that_is_right_is_not_tried(reds):
    assert told(dark_or_bright(0, 1.0), *reds) == ""


def test_red_for_blue(reds):
    said = told(dark_or_bright(2, 1.0), *reds)
    assert said.startswith("With red and blue swapped 96 of 96 images are right, not 48: ")


def test_a_mean_that_was_forgotten(reds):
    said = told(dark_or_bright(0, 0.7 * 255), *reds)
    assert said.startswith("Normalised otherwise (0..255) 96 of 96 images are right, not 48: ")
    assert "--mean 0,0,0 --std 0.00392157,0.00392157,0.00392157" in said


def test_nothing_is_said_where_nothing_helps(reds):
    images, labels = reds
    assert told(dark_or_bright(1, 1.0), images, labels) == ""


@pytest.mark.parametrize(
    ("before", "others", "said"),
    [(92, [], ""), (91, [96, 0, 0, 0], ""), (80, [94, 0, 0, 0], ""),
     (80, [95, 0, 0, 0], "Normalised otherwise (0..1) 95 of 96 images are right, not 80:"),
     (10, [20, 60, 59, 60], "Normalised otherwise (-1..1) 60 of 96 images are right, not 10:"),
     (10, [20, 60, 59, 61], "With red and blue swapped 61 of 96 images are right, not 10:")],
)  # fmt: skip
def test_a_sample_that_is_hardly_wrong_or_hardly_better_tells_nothing(
    reds, monkeypatch, before, others, said
):
    """Of 96 images 92 right are enough, and 15 more are a gain."""
    images, labels = reds
    counts = iter([before, *others])
    monkeypatch.setattr(trials, "_right", lambda *_: next(counts))
    features = np.zeros((96, 1), dtype=np.float32)
    found = trials.told(dark_or_bright(0, 1.0), images, labels, features, VIEW, CPU)
    assert found.startswith(said)
    assert bool(found) == bool(said)
    assert next(counts, None) is None


def test_of_many_images_a_sample_from_all_over_is_asked(reds):
    images, labels = reds
    asked = np.linspace(0, 40 * 96 - 1, 96).astype(int)
    said, wrong = np.tile(labels, 40), np.tile(1 - labels, 40)
    wrong[asked] = said[asked]
    assert told(dark_or_bright(0, 1.0), np.tile(images, (40, 1, 1, 1)), wrong) == ""
