"""The weights of a run are those that were given, however they lay in memory."""

import numpy as np
import pytest

WEIGHT = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.mark.parametrize(
    "weight", [WEIGHT, WEIGHT.T.copy().T, np.repeat(WEIGHT, 2, axis=1)[:, ::2], WEIGHT[::-1][::-1]]
)
def test_weights_come_back_as_they_were(save_tiny, weight):
    bias = np.array([1, 2, 3], dtype=np.float32)
    run = save_tiny(weights={"head.weight": weight, "head.bias": bias[::-1]})
    found = run.head()
    assert np.array_equal(found[0], WEIGHT)
    assert np.array_equal(found[1], [3, 2, 1])
