from types import SimpleNamespace

import numpy as np
import pytest

from core.fixes.imagined import looks


class Look:
    """Makes as many as it is asked to, and can afford 50."""

    def __init__(self, *_) -> None:
        self.asked = []

    def affordable(self, wanted):
        return min(wanted, 50)

    def overlays(self, count):
        self.asked.append(count)
        return count


@pytest.mark.parametrize(
    ("mode", "n", "made"), [("finetune", 10, 40), ("head", 10, 10), ("finetune", 20, 50)]
)
def test_images_that_the_network_was_trained_on_are_made_four_times(monkeypatch, mode, n, made):
    monkeypatch.setattr(looks, "Overlaid", Look)
    run = SimpleNamespace(config={"mode": mode}, seed=0)
    real = SimpleNamespace(rows=np.arange(n), labels=np.zeros(n, dtype=int))
    all_looks = looks.Looks(SimpleNamespace(run=run, material=real, features=np.zeros((n, 2))))
    who = SimpleNamespace(shows=np.ones(n, dtype=bool))
    assert [all_looks.made("fence", who) for _ in range(2)] == [made, made]
    assert all_looks.learned()["fence"].asked == [made]  # once
