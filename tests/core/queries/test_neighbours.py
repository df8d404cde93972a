"""Nearest images by the cosine of their features."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import RunError
from core.queries import neighbours

FEATURES = np.array([[1, 0], [2, 0.2], [0, 1], [-1, 0], [0, 0]], dtype=np.float16)


def test_the_closest_direction_first_and_itself_left_out():
    found = neighbours.nearest(FEATURES, 0, np.arange(5), top=2)
    assert [row for row, _ in found] == [1, 2]
    assert found[0][1] == pytest.approx(2 / np.hypot(2, 0.2), abs=1e-3)


def test_only_among_the_rows_given():
    assert [row for row, _ in neighbours.nearest(FEATURES, 0, np.array([2, 3]), top=5)] == [2, 3]
    assert neighbours.nearest(FEATURES, 0, np.array([0]), top=5) == []


def test_an_image_without_features_is_like_none():
    assert dict(neighbours.nearest(FEATURES, 4, np.arange(5), top=5)) == dict.fromkeys(range(4), 0)


def test_rows_between_those_given_are_passed_over():
    features = np.random.default_rng(0).normal(size=(500, 8)).astype(np.float16)
    among = np.arange(7, 480, 40)
    unit = (
        features.astype(np.float32) / np.linalg.norm(features.astype(np.float32), axis=1)[:, None]
    )
    expected = among[np.argsort(-(unit[among] @ unit[3]))][:5]
    assert [row for row, _ in neighbours.nearest(features, 3, among, top=5)] == expected.tolist()


def test_the_nearest_of_few_rows_are_found_among_many_that_are_nearer():
    """Of 400 rows every tenth may be shown, and all of those are further than the others."""
    angles = np.linspace(0.01, 0.5, 400)
    angles[::10] += 1
    features = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float16)
    features = np.concatenate([features, [[1, 0]]]).astype(np.float16)
    found = neighbours.nearest(features, 400, np.arange(0, 400, 10), top=5)
    assert [row for row, _ in found] == [0, 10, 20, 30, 40]
    every = neighbours.nearest(features, 400, np.arange(0, 400, 10), top=40)
    assert [row for row, _ in every] == list(range(0, 400, 10))


def test_an_image_beyond_the_features_has_no_neighbours(tiny_run):
    with pytest.raises(RunError, match="no features"):
        neighbours.of_image(tiny_run, 8, "test", top=3)


def test_an_image_whose_features_are_no_numbers_is_named(save_tiny):
    features = np.eye(8, 4)
    features[6] = np.nan
    run = save_tiny(features=features)
    with pytest.raises(RunError, match="number"):
        neighbours.of_image(run, 6, "val", top=3)


def test_of_an_image_among_a_split(save_tiny):
    angles = np.array([0, 20, 50, 10, 30, 40, 5, 60]) * np.pi / 180
    run = save_tiny(features=np.column_stack([np.cos(angles), np.sin(angles)]))
    assert [row for row, _ in neighbours.of_image(run, 0, "test", top=3)] == [3, 1, 4]
    assert [row for row, _ in neighbours.of_image(run, 0, "train", top=9)] == [6]


def test_a_run_without_features_says_so(tiny_run):
    (tiny_run.folder / "features.npy").unlink()
    with pytest.raises(RunError, match="no features"):
        neighbours.of_image(tiny_run, 0, "test", top=3)


def test_an_image_alone_in_its_split_must_have_features_too(save_tiny):
    features = np.eye(8, 4)
    assert neighbours.of_image(save_tiny(features=features), 7, "val", top=3) == []
    features[7] = np.nan
    with pytest.raises(RunError, match="number"):
        neighbours.of_image(save_tiny(features=features), 7, "val", top=3)
