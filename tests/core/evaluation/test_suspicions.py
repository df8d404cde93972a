"""What answers betray of how they were brought, on tables counted by hand."""

import numpy as np
import pytest

from core.evaluation.suspicions import in_order, order_told, splits_told

CLASSES = ("cat", "deer", "dog")


def test_classes_in_another_order():
    counts = np.array([[1, 9, 0], [0, 1, 9], [8, 1, 1]])  # cat is 1, deer is 2, dog is 0
    said = in_order(counts, CLASSES)
    assert said == ("dog", "cat", "deer")
    assert order_told(counts, CLASSES, said) == (
        "The classes seem to be in another order: dog,cat,deer. Then 87% of 30 images are right, "
        "not 10%: say so with --classes."
    )


def test_two_of_three_classes_changed_places():
    assert in_order(np.diag([9, 9, 9])[[1, 0, 2]], CLASSES) == ("deer", "cat", "dog")


@pytest.mark.parametrize(
    "counts",
    [
        np.diag([9, 9, 9]),
        [[2, 8, 0], [1, 9, 0], [0, 0, 9]],  # cats are taken for deer, but deer are not for cats
        [[4, 5, 1], [5, 4, 1], [0, 0, 9]],  # two classes that it cannot tell apart
        [[0, 4, 0], [4, 0, 0], [0, 0, 9]],  # too few to say
        np.full((3, 3), 3),
    ],
)
def test_a_network_that_errs_is_in_order(counts):
    assert in_order(np.array(counts), CLASSES) is None


def test_a_class_without_an_image_keeps_its_place():
    assert in_order(np.array([[0, 9, 0], [9, 0, 0], [0, 0, 0]]), CLASSES) == ("deer", "cat", "dog")


def test_of_many_classes_those_that_moved_are_named():
    names = [f"c{k}" for k in range(30)]
    said = ["c1", "c0", *names[2:]]
    assert "order: 0 is c1, not c0, 1 is c0, not c1. Then 100%" in order_told(
        np.diag([9] * 30)[[1, 0, *range(2, 30)]], names, said
    )


def test_test_that_was_learned_from():
    assert splits_told({"train": (800, 1000), "test": (499, 500)}) == (
        "It is right on >99% of test and 80% of train: it seems to have learned from test. Were "
        "the two folders swapped?"
    )


@pytest.mark.parametrize(
    "right",
    [
        {"train": (990, 1000), "test": (400, 500)},
        {"train": (80, 100), "test": (9, 10)},
        {"train": (100, 100), "test": (10, 10)},
        {"test": (10, 10)},
    ],
)
def test_a_difference_that_says_nothing(right):
    assert splits_told(right) == ""
