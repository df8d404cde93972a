"""Which images of train choose the epoch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import DatasetError
from core.training.config import TrainConfig
from core.training.task import HELD_OUT, hold_out, stages

CLASSES = ("cat", "deer", "ship")


def images(*counts, test=5):
    """So many train images of each class, and as many test images of each as asked for."""
    label = np.concatenate([np.repeat(np.arange(3), counts), np.repeat(np.arange(3), test)])
    split = np.repeat(["train", "test"], [sum(counts), 3 * test])
    return pd.DataFrame({"split": split, "label": label})


def held(found):
    return found[found["split"] == "val"]["label"].value_counts().sort_index().tolist()


def test_a_tenth_of_every_class_is_held_out():
    found = hold_out(images(100, 45, 14), HELD_OUT, 0, CLASSES)
    assert held(found) == [10, 4, 1]
    assert (found["split"] == "test").sum() == 15
    assert held(hold_out(images(100, 55, 16), HELD_OUT, 0, CLASSES)) == [10, 6, 2]


def test_of_a_small_class_one_image_is_held_out_and_one_is_left():
    assert held(hold_out(images(2, 3, 4), HELD_OUT, 0, CLASSES)) == [1, 1, 1]


@pytest.mark.parametrize(
    ("counts", "said"),
    [((5, 1, 5), "'deer' has 1 train image,"), ((5, 5, 0), "'ship' has 0 train images,")],
)
def test_a_class_with_too_few_images_is_named(counts, said):
    with pytest.raises(DatasetError, match=f"The class {said} too few to hold some out"):
        hold_out(images(*counts), HELD_OUT, 0, CLASSES)


def test_a_class_may_give_all_but_one():
    assert held(hold_out(images(10, 10, 10), 0.94, 0, CLASSES)) == [9, 9, 9]
    with pytest.raises(DatasetError, match="'cat' has 10 train images"):
        hold_out(images(10, 20, 20), 0.96, 0, CLASSES)


def test_a_seed_holds_out_the_same_images_in_every_release():
    def rows(seed, *counts):
        found = hold_out(images(*counts), HELD_OUT, seed, CLASSES)
        return np.flatnonzero(found["split"] == "val").tolist()

    assert rows(0, 20, 20, 10) == [4, 19, 20, 30, 48]
    assert rows(1, 20, 20, 10) == [1, 10, 26, 27, 48]
    assert rows(0, 20, 20, 30)[:4] == rows(0, 20, 20, 10)[:4]  # a class is drawn by itself


def test_the_images_given_stay_as_they_are():
    given = images(20, 20, 20)
    hold_out(given, HELD_OUT, 0, CLASSES)
    assert not (given["split"] == "val").any()


def test_the_stages_of_a_training():
    assert stages(TrainConfig(mode="head")) == ["model", "images", "features", "train", "save"]
    assert stages(TrainConfig()) == ["model", "images", "train", "predict", "save"]
