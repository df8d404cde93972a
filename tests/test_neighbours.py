"""Nearest images by the cosine of their features."""

from __future__ import annotations

import numpy as np
import pytest

from core import neighbours
from core.errors import RunError

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


def test_chunks_change_nothing(monkeypatch):
    features = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float16)
    whole = neighbours.nearest(features, 3, np.arange(50), top=9)
    monkeypatch.setattr(neighbours, "CHUNK", 7)
    assert [r for r, _ in neighbours.nearest(features, 3, np.arange(50), top=9)] == [
        r for r, _ in whole
    ]


def test_of_an_image_among_a_split(tiny_run):
    assert [row for row, _ in neighbours.of_image(tiny_run, 0, "test", top=1)] == [1]
    assert [row for row, _ in neighbours.of_image(tiny_run, 0, "train", top=9)] == [6]


def test_a_run_without_features_says_so(tiny_run):
    (tiny_run.folder / "features.npy").unlink()
    with pytest.raises(RunError, match="no features"):
        neighbours.of_image(tiny_run, 0, "test", top=3)
