import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import ModelError
from core.inference import network
from core.models import classifier
from tests import drawn


@pytest.fixture
def dataset(artifacts_root, tmp_path):
    return drawn.draw(tmp_path / "photos")


def weights(n_classes=3):
    made = classifier.build_model("small", "none", n_classes, seed=1)
    return {name: value.numpy() for name, value in made.state_dict().items()}


def test_the_network_of_a_run_is_the_one_that_was_saved(dataset):
    state = weights()
    run = drawn.save(dataset, state=state, model="small", weights="none", size=32)
    found = network.open_classifier(run)
    assert not found.training
    np.testing.assert_array_equal(found.head.weight.detach().numpy(), state["head.weight"])
    assert found(torch.zeros(1, 3, 32, 32)).shape == (1, 3)


def test_the_stored_side_is_that_of_a_typical_image_and_at_most_the_networks(dataset, tmp_path):
    run = drawn.save(dataset, state=weights(), model="small", weights="none", size=224)
    shown = network.stored_side(run)
    assert shown == min(dataset.train.images[0].size)
    first = sorted((tmp_path / "photos").rglob("*.png"))[0]
    with Image.open(first) as image:
        image.resize((9, 9)).save(first)  # one small image changes nothing
    assert network.stored_side(run) == shown
    small = drawn.save(dataset, run_id="s", state=weights(), model="small", weights="none", size=16)
    assert network.stored_side(small) == 16
    (tmp_path / "photos").rename(tmp_path / "gone")
    assert network.stored_side(run) == 224


def test_weights_of_another_network_are_named(dataset):
    run = drawn.save(dataset, state=weights(5), model="small", weights="none")
    with pytest.raises(ModelError, match="small of this run cannot be read"):
        network.open_classifier(run)
    (run.folder / "model.safetensors").write_bytes(b"cut")
    network._opened.cache_clear()
    with pytest.raises(ModelError, match="train it again"):
        network.open_classifier(run)
