import functools
import os
import signal
import time

import pytest
import torch
from torch.utils.data import DataLoader

from core.errors import TrainingError
from core.inference.batches import Awaited, Examples, pieces, working


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


class Faulty(torch.utils.data.Dataset):
    """What becomes of a worker that reads."""

    def __init__(self, act):
        self.act = act

    def __len__(self):
        return 1

    def __getitem__(self, _):
        self.act()


def fail():
    raise RuntimeError("a bug")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_bug_in_a_worker_is_told_as_what_it_is():
    with pytest.raises(RuntimeError, match="a bug"):
        list(working(DataLoader(Faulty(fail), num_workers=1)))


@pytest.mark.parametrize("act", [die, functools.partial(os._exit, 9)])
def test_a_worker_that_was_killed_is_told_with_the_remedy(act):
    with pytest.raises(TrainingError, match="--workers 0"):
        list(working(DataLoader(Faulty(act), num_workers=1)))
