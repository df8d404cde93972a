"""Which layer makes what a network answers, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from core.bringing import modules
from core.errors import DatasetError, ModelError

IMAGES = torch.rand(6, 3, 4, 4, generator=torch.Generator().manual_seed(0))


class Net(nn.Module):
    """Two linear layers, and what a test puts after them."""

    def __init__(self, end=lambda logits: logits):
        super().__init__()
        torch.manual_seed(0)
        self.inner, self.fc, self.end = nn.Linear(48, 5), nn.Linear(5, 3), end
        self.dropout = nn.Dropout(0.5)

    def forward(self, images):
        return self.end(self.fc(self.dropout(torch.relu(self.inner(images.flatten(1))))))


def asked(net, dataset, batch_size=4):
    with modules.as_it_predicts(net):
        head = modules.find_head(net, dataset[:][0] if hasattr(dataset, "tensors") else IMAGES)
        return head, modules.ask(
            net, dataset, head, batch_size=batch_size, workers=0, progress=lambda done, total: None
        )


def items(labels=(0, 1, 2, 0, 1, 2)):
    return torch.utils.data.TensorDataset(IMAGES, torch.tensor(labels))


@pytest.mark.parametrize(
    ("ends", "end"),
    [
        ("", lambda logits: logits),
        ("", lambda logits: (logits, "more")),
        ("softmax", lambda logits: logits.softmax(1)),
        ("log_softmax", lambda logits: functional.log_softmax(logits, 1)),
        (modules.TWICE, lambda logits: logits.softmax(1).softmax(1)),
    ],
)
def test_the_head_is_found_whatever_follows_it(ends, end):
    net = Net(end)
    head, answers = asked(net, items())
    assert (head.name, head.ends) == ("fc", ends)
    net.eval()
    with torch.no_grad():
        logits = net.fc(torch.relu(net.inner(IMAGES.flatten(1))))
    assert np.allclose(answers.probabilities, logits.softmax(1), atol=1e-6)
    assert np.allclose(answers.features @ net.fc.weight.detach().numpy().T, logits
                       - net.fc.bias.detach(), atol=1e-5)  # fmt: skip
    assert answers.labels.tolist() == [0, 1, 2, 0, 1, 2]


def test_the_network_is_left_in_the_mode_that_it_was_in():
    net = Net().train()
    net.dropout.eval()
    asked(net, items())
    assert (net.training, net.fc.training, net.dropout.training) == (True, True, False)


@pytest.mark.parametrize(
    "end",
    [
        lambda logits: logits * 2,
        lambda logits: (logits * 2).softmax(1),
        lambda logits: (logits * 2).log_softmax(1),
    ],
)
def test_an_output_that_is_no_linear_layer_has_no_features(end):
    net = Net(end)
    head, answers = asked(net, items())
    assert (head, answers.features) == (None, None)
    net.eval()
    with torch.no_grad():
        logits = 2 * net.fc(torch.relu(net.inner(IMAGES.flatten(1))))
    assert np.allclose(answers.probabilities, logits.softmax(1), atol=1e-6)


@pytest.mark.parametrize(
    ("end", "refused"),
    [
        (lambda logits: logits.sigmoid(), "ends in sigmoids"),
        (lambda logits: logits[:, 0], r"answers \(6,\) for 6 images"),
        (lambda logits: logits[:, :1], r"answers \(6, 1\) for 6 images"),
        (lambda logits: {"out": logits}, "answers dict for 6 images"),
    ],
)
def test_an_output_that_chooses_no_class_is_refused(end, refused):
    with pytest.raises(ModelError, match=refused):
        asked(Net(end), items())


def test_an_output_that_something_else_goes_into():
    """For half of the images."""
    net = Net(lambda logits: logits + (5 if len(logits) == 2 else 0))
    with pytest.raises(ModelError, match="layer fc is given does not make the network's output"):
        asked(net, items())


def test_an_output_that_is_no_number():
    net = Net()
    with torch.no_grad():
        net.fc.bias[0] = torch.inf
    with pytest.raises(ModelError, match="not finite numbers"):
        asked(net, items())


@pytest.mark.parametrize("dataset", [[IMAGES[0]] * 2, [(IMAGES[0], "cat")] * 2, [(3, 0)] * 2])
def test_items_that_are_no_tensor_with_a_label(dataset):
    with pytest.raises(DatasetError, match=r"must be \(tensor, label\)"):
        asked(Net(), dataset)
