"""What answers betray of how they were brought, on tables counted by hand."""

import numpy as np
import pytest

from core.evaluation.suspicions import in_order, order_told, splits_told, told

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
    assert in_order(np.array([[0, 9, 0], [0, 0, 9], [0, 0, 0]]), CLASSES) == ("dog", "cat", "deer")


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
        {"test": (100, 100)},
        {"train": (0, 100)},
    ],
)
def test_a_difference_that_says_nothing(right):
    assert splits_told(right) == ""


def test_most_of_five_images_is_the_least_that_tells_an_order():
    for own, moved, of in ((2, 3, "said"), (0, 4, "not"), (5, 5, "not"), (12, 13, "said")):
        counts = np.array([[own, moved, 0], [9, 0, 0], [0, 0, 9]])
        assert in_order(counts, CLASSES) == (("deer", "cat", "dog") if of == "said" else None)


def test_twenty_names_are_said_whole_and_of_more_those_that_moved():
    for n, begins in ((20, "c1,c0,c2,c3,"), (21, "0 is c1, not c0, 1 is c0, not c1. Then")):
        names = [f"c{k}" for k in range(n)]
        said = ["c1", "c0", *names[2:]]
        counts = np.diag([9] * n)[[1, 0, *range(2, n)]]
        assert f"in another order: {begins}" in order_told(counts, names, said)


@pytest.mark.parametrize(
    ("n", "named", "more"), [(21, 20, " and 1 more. Then"), (1030, 20, " and 1,010 more. Then")]
)
def test_of_many_that_moved_twenty_are_named(n, named, more):
    names = [f"c{k}" for k in range(n)]
    text = order_told(np.ones((n, n), dtype=int), names, [*names[1:], names[0]])
    assert text.count(", not c") == named
    assert more in text


def test_twenty_of_more_that_moved_are_all_named():
    names = [f"c{k}" for k in range(21)]
    said = [*names[1:20], names[0], names[20]]
    text = order_told(np.ones((21, 21), dtype=int), names, said)
    assert text.count(", not c") == 20
    assert "19 is c0, not c19. Then" in text


@pytest.mark.parametrize(("right", "said"), [(68, False), (69, True)])
def test_test_must_be_four_standard_errors_better_than_train(right, said):
    """Of 100 each, 40 right in train: 28 points are 3.97 standard errors, 29 are 4.12."""
    assert bool(splits_told({"train": (40, 100), "test": (right, 100)})) is said


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_split_without_images_tells_nothing(split):
    right = {"train": (0, 100), "test": (100, 100)} | {split: (0, 0)}
    assert splits_told(right) == ""


def test_an_order_is_told_before_a_swap_of_splits():
    split = np.repeat(["train", "test"], [40, 60])
    label = np.tile([0, 1, 2, 0, 1], 20)
    swapped = np.array([1, 0, 2])[label]
    assert told(split, label, swapped, CLASSES).startswith("The classes seem to be in another")
    learned = np.where((split == "train") & (np.arange(100) % 2 == 0), (label + 1) % 3, label)
    assert told(split, label, learned, CLASSES).startswith(
        "It is right on 100% of test and 50% of train"
    )
    assert told(split, label, label, CLASSES) == ""
    few = np.repeat([0, 1, 2], [4, 4, 9])
    assert told(np.repeat("test", 17), few, np.array([1, 0, 2])[few], CLASSES) == ""
