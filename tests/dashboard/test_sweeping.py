"""A server that starts removes what nobody needs any more, once its first page is drawn."""

from __future__ import annotations

import os
import threading

import pytest

from core import artifacts
from core.inference import cache
from core.training import jobs
from core.training.config import TrainConfig
from dashboard.server import sweeping, thumbnails, uploads


@pytest.fixture
def left(artifacts_root):
    """A leftover of each kind."""
    with jobs.record(TrainConfig(dataset="demo")) as job:
        job.end("done", run_id="a")
    found = [
        job.checkpoint, artifacts_root / ".run_names.json-ab12_cd3",
        artifacts.features_dir() / ".a.writing/features.npy", artifacts_root / "uploads/a/t.csv",
    ]  # fmt: skip
    for path in found:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (0, 0))
        os.utime(path.parent, (0, 0))
    (artifacts.features_dir() / "b").mkdir()
    return found


@pytest.fixture
def begun(monkeypatch):
    """The timers that were set."""
    found = []
    monkeypatch.setattr(sweeping, "LATER", 3600)
    monkeypatch.setattr(threading.Timer, "start", lambda timer: found.append(timer))
    return found


def test_every_kind_of_leftover_goes(left, begun):
    sweeping.begin()
    begun[0].function()
    assert [path for path in left if path.exists()] == []
    assert cache.limit() == 20e9


def test_a_read_only_server_removes_nothing(begun, monkeypatch):
    monkeypatch.setenv("FENCEPOST_READ_ONLY", "1")
    sweeping.begin()
    assert begun == []


def test_one_kind_that_cannot_be_removed_leaves_the_others(left, monkeypatch, caplog):
    def refuse():
        raise PermissionError("not yours")

    monkeypatch.setattr(cache, "sweep", refuse)
    swept = []
    monkeypatch.setattr(uploads, "sweep", lambda: swept.append(1))
    monkeypatch.setattr(thumbnails, "sweep", lambda: swept.append(2))
    sweeping.sweep()
    assert swept == [2, 1]
    assert "not yours" in caplog.text
