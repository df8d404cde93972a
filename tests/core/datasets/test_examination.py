"""What a data set is found to hold before a training."""

import shutil

import numpy as np
import pytest

from core.datasets import load_dataset
from core.datasets.examination import examine, twins
from tests.trees import draw, tree


@pytest.fixture
def folder(tmp_path):
    """Every image has a colour of its own but one of test, which is in train too."""
    for k in range(12):
        place = f"{('train', 'test')[k >= 8]}/{'ab'[k % 2]}/{k}.png"
        draw(tmp_path / place, (k * 9, 5, 5), (40 + k, 30))
    shutil.copy(tmp_path / "train/a/2.png", tmp_path / "test/a/copy.png")
    draw(tmp_path / "train/b/grey.png", mode="L", size=(200, 100))
    (tmp_path / "train/b/broken.png").write_bytes(b"broken")
    return f"folder:{tmp_path}"


def test_counts_sizes_and_modes(folder):
    found = examine(load_dataset(folder))
    assert {name: n.tolist() for name, n in found.counts.items()} == {
        "train": [4, 6],
        "test": [3, 2],
    }
    assert found.looked_at == 15
    assert found.modes == {"RGB": 13, "L": 1}
    assert found.sizes.max(axis=0).tolist() == [200, 100]
    assert found.damaged[0].startswith("train/b/broken.png: ")
    assert found.few() == [("a", 4), ("b", 6)]
    assert found.seconds > 0


def test_three_images_a_class_are_from_all_over_train(folder):
    assert examine(load_dataset(folder)).shown == {
        0: (("train", 0), ("train", 1), ("train", 3)),
        1: (("train", 0 + 4), ("train", 6), ("train", 9)),
    }


def test_images_of_test_that_are_in_train(folder):
    dataset = load_dataset(folder)
    [(one, other)] = twins(dataset)
    assert (dataset.train.paths[one], dataset.test.paths[other]) == (
        "train/a/2.png",
        "test/a/copy.png",
    )


def test_so_with_arrays(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (8, 4, 4), dtype=np.uint8)
    images[7] = images[2]
    np.savez(
        tmp_path / "a.npz", x_train=images[:6], y_train=[0, 1] * 3, x_test=images[6:], y_test=[0, 1]
    )
    found = examine(load_dataset(f"npz:{tmp_path}/a.npz"))
    assert found.twins == [(2, 1)]
    assert found.sizes.tolist() == [[4, 4]] * 8
    assert found.modes == {"RGB": 8}


def test_images_that_are_drawn_are_not_compared(artifacts_root):
    assert twins(load_dataset("demo")) is None


def test_a_data_set_without_twins_has_none(tmp_path):
    name = tree(tmp_path, "train/a/1.png", "train/b/2.png", "test/a/3.jpg")
    assert twins(load_dataset(name)) == []
