"""A network and data sets of a person's own program, as a run."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils.data import Subset, TensorDataset
from torchvision import datasets, models

import fencepost as fp
from core.explain import saliency
from core.runs.images import open_images
from core.runs.table import predictions
from tests import drawn

SHOWN = models.ResNet18_Weights.DEFAULT.transforms()


@pytest.fixture
def folder(artifacts_root, tmp_path):
    """torchvision's view of drawn pictures: a function from a split to its data set."""
    drawn.draw(tmp_path / "photos")
    return lambda split, how=SHOWN: datasets.ImageFolder(str(tmp_path / "photos" / split), how)


@pytest.fixture
def network():
    torch.manual_seed(3)
    made = models.resnet18(num_classes=3)
    torch.nn.init.normal_(made.fc.weight, std=0.5)
    return made


def table_of(run):
    return predictions.read(run.table_path, run.classes)


def test_a_network_of_torchvisions_on_a_folder(folder, network):
    run = fp.evaluate(network, folder("test"), train=folder("train"), arch="resnet18", name="mine")
    assert (run.name, run.classes) == ("mine", ("cat", "deer", "dog"))
    assert {name: each["n"] for name, each in run.metrics.items()} == {"train": 18, "test": 120}
    table = table_of(run)
    network.eval()
    with torch.no_grad():
        batch = torch.stack([folder("test")[k][0] for k in (0, 50, 119)])
        p = network(batch).softmax(1).numpy()
    found = table[table["split"] == "test"].iloc[[0, 50, 119]]
    assert np.abs(found[["p_cat", "p_deer", "p_dog"]].to_numpy() - p).max() < 1e-3
    assert found["path"].tolist() == ["test/cat/000.png", "test/deer/010.png", "test/dog/039.png"]
    assert table["brightness"].notna().all()
    image = open_images(run).image("test", 0)
    assert image.getpixel((0, 0)) == (0, 0, 1)
    assert saliency.channel_map(run, image, 0).shape == (224, 224)
    assert fp.save_fix(run, fp.fix(run, "mute", channels=[0], strength=1.0)).parent == run.id
    assert "right on test" in run._repr_html_()
    assert "did not train this network" in str(run)


def test_a_network_shown_something_else_is_not_opened_again(folder, network):
    def dark(image):
        return SHOWN(image) - 2

    run = fp.evaluate(network, Subset(folder("test", dark), [0, 90]), arch="resnet18")
    assert run.classes == ("cat", "deer", "dog")
    assert "resnet18, shown images as it was published with, says something else" in str(run)
    assert run.config["model"] == "ResNet"
    assert table_of(run)["path"].tolist() == ["cat/000.png", "dog/010.png"]
    assert np.array_equal(run.head()[0], network.fc.weight.detach().numpy())


def test_tensors_are_their_own_pictures(artifacts_root):
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2))
    images = torch.rand(6, 3, 2, 2)
    run = fp.evaluate(net, TensorDataset(images, torch.tensor([0, 1] * 3)), classes=["a", "b"])
    assert run.features().shape == (6, 12)
    assert "The pictures are what the network was given" in str(run)
    assert open_images(run).image("test", 5).size == (2, 2)


def test_pictures_may_be_given_beside(artifacts_root):
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2))
    data = TensorDataset(torch.rand(4, 3, 2, 2), torch.tensor([0, 1] * 2))
    beside = np.arange(4 * 12, dtype=np.uint8).reshape(4, 2, 2, 3)
    run = fp.evaluate(net, data, images=beside)
    assert run.classes == ("class 0", "class 1")
    assert open_images(run).image("test", 1).getpixel((0, 0)) == (12, 13, 14)
    with pytest.raises(fp.FencepostError, match="3 images were given for the 4 of test"):
        fp.evaluate(net, data, images=beside[:3])
    with pytest.raises(fp.FencepostError, match="images= are of test, and the data sets are train"):
        fp.evaluate(net, data, train=data, images=beside)


def test_a_network_without_a_head_has_no_channels(artifacts_root):
    class Doubled(torch.nn.Linear):
        def forward(self, images):
            return 2 * super().forward(images.flatten(1))

    data = TensorDataset(torch.rand(4, 3, 2, 2), torch.tensor([0, 1] * 2))
    run = fp.evaluate(torch.nn.Sequential(Doubled(12, 2), torch.nn.Softmax(1)), data)
    assert run.features() is None
    assert "no channels to explain, and no head to fix" in str(run)
    with pytest.raises(fp.FencepostError, match="kept no features"):
        fp.fix(run, "mute", channels=[0], strength=1.0)


@pytest.mark.parametrize(
    ("labels", "classes", "refused"),
    [
        ([1, 2, 3], (), "labels run from 1 to 3, not from 0 to 2: subtract 1"),
        ([0, 2, 5], (), "labels run from 0 to 5, and the network has classes 0 to 2"),
        ([-1, 0, 1], (), "labels run from -1 to 1"),
        ([0, 1, 2], ["a", "b"], "gives 3 classes and 2 are named"),
        ([0, 1, 2], ["a", "b", "b"], "gives 3 classes and 2 are named"),
    ],
)
def test_labels_and_names_that_do_not_fit(artifacts_root, labels, classes, refused):
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 3))
    with pytest.raises(fp.FencepostError, match=refused):
        fp.evaluate(net, TensorDataset(torch.rand(3, 3, 2, 2), torch.tensor(labels)),
                    classes=classes)  # fmt: skip


def test_what_is_no_data_set(artifacts_root):
    with pytest.raises(fp.FencepostError, match=r"must give \(tensor, label\)"):
        fp.evaluate(torch.nn.Linear(3, 3), iter([]))


def test_another_network_than_its_name_says(folder, network):
    with pytest.raises(fp.FencepostError, match="layer1"):
        fp.evaluate(network, folder("test"), arch="resnet50")


def test_softmax_twice_is_said(artifacts_root):
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 3), torch.nn.Softmax(1),
                              torch.nn.Softmax(1))  # fmt: skip
    run = fp.evaluate(net, TensorDataset(torch.rand(3, 3, 2, 2), torch.tensor([0, 1, 2])))
    assert "Softmax is applied twice" in str(run)
