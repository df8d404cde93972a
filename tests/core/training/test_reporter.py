"""What training tells while it runs."""

from __future__ import annotations

from typing import Any

import pytest

from core.training import reporter as reporter_module
from core.training.config import TrainConfig
from core.training.reporter import Reporter
from core.training.task import stages


class Heard:
    """A job that remembers its events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def event(self, kind: str, **values: Any) -> None:
        self.events.append({"event": kind, **values})


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test sets, in a list of one."""
    now = [0.0]
    monkeypatch.setattr(reporter_module.time, "perf_counter", lambda: now[0])
    return now


def test_a_stage_knows_its_place(clock):
    heard = Heard()
    reporter = Reporter(heard, 1, stages(TrainConfig(mode="head")), silent=True)
    reporter.stage("features", "Computing")
    reporter.stage("download", "Drawing")
    assert [(e["number"], e["stages"]) for e in heard.events] == [(3, 5), (None, 5)]


def test_a_compiled_training_has_one_stage_more():
    assert "compile" not in stages(TrainConfig())
    assert stages(TrainConfig(compile="on")).index("compile") == 2


@pytest.mark.parametrize(
    ("seconds", "told"), [(6.4, ["About 1 min 26 s on this CPU (10.0 images/s). Stay."]), (1, [])]
)
def test_the_first_two_batches_foretell_the_rest_where_it_is_long(clock, seconds, told):
    heard = Heard()
    progress = Reporter(heard, 1, silent=True).foretelling("Stay.")
    for done in (64, 128, 192):
        progress(done, 988)
        clock[0] += seconds
    assert [e["text"] for e in heard.events if e["event"] == "expected"] == told
    assert [e["done"] for e in heard.events if e["event"] == "progress"] == [64, 128, 192]


def test_a_resumed_training_counts_its_first_attempt_too(clock):
    first, second = Reporter(Heard(), 1, silent=True), Reporter(Heard(), 1, silent=True)
    first.stage("train", "Training")
    clock[0] += 40
    first.waited = 2.0
    kept = first.so_far()
    assert kept == {"train": 40.0, "waited": 2.0}
    second.stage("train", "Training")
    second.go_on(kept)
    clock[0] += 5
    second.close()
    assert (second.timings, second.waited) == ({"train": 45.0}, 2.0)
