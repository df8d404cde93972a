import time

import pytest
import torch

from core.examples import Awaited, Examples, pieces


def test_pieces_cover_every_row_once_and_may_start_late():
    assert [p.tolist() for p in pieces(5, 2)] == [[0, 1], [2, 3], [4]]
    assert [p.tolist() for p in pieces(5, 2, start=3)] == [[3, 4]]
    assert pieces(0, 2) == []


def test_batches_are_the_rows_asked_for():
    images = torch.arange(4, dtype=torch.uint8).view(4, 1, 1, 1)
    examples = Examples(images, torch.tensor([10, 11, 12, 13]))
    [(found, labels)] = examples.batches([torch.tensor([3, 1])])
    assert found.flatten().tolist() == [3, 1]
    assert labels.tolist() == [13, 11]


def test_only_waiting_is_counted_as_waiting(monkeypatch):
    ticks = iter([0, 2, 10, 13, 20, 20.5])
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    awaited = Awaited(iter("ab"))
    assert list(awaited) == ["a", "b"]
    assert awaited.seconds == pytest.approx(2 + 3 + 0.5)
