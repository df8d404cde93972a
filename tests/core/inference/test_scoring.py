"""In which precision features of a network from elsewhere are kept."""

import numpy as np
import pytest

from core.inference import scoring

BIAS = np.zeros(2, dtype=np.float32)


@pytest.mark.parametrize(
    ("features", "weight", "kind"),
    [
        ([[1, 2], [3, 4]], [[1, 0], [0, 1]], np.float16),
        ([[1e5, 1e5], [0, 0]], [[1, 0], [0, 1]], np.float32),  # more than float16 holds
        ([[1.0004, 1.0], [0, 0]], [[400, 0], [0, 400]], np.float32),  # less than it tells apart
    ],
)
def test_float16_is_enough_where_the_head_says_the_same(monkeypatch, features, weight, kind):
    monkeypatch.setattr(scoring, "FEW", 0)
    values = np.array(features, dtype=np.float32)
    kept = scoring.as_kept(values, np.array(weight, dtype=np.float32), BIAS)
    assert kept.dtype == kind


def test_few_stay_as_they_are():
    values = np.ones((2, 2), dtype=np.float32)
    assert scoring.as_kept(values, np.eye(2, dtype=np.float32), BIAS) is values
