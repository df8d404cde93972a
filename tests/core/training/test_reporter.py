"""What training tells while it runs."""

from __future__ import annotations

from typing import Any

import pytest

from core.runs.history import EpochMetrics, StepMetrics
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
    clock[0] = 1000.0
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


def test_the_seconds_of_a_stage_end_with_it_and_add_up_over_those_of_one_name(clock):
    reporter = Reporter(Heard(), 1, silent=True)
    assert reporter.so_far() == {"waited": 0}
    for name, seconds in (("images", 1.5), ("train", 2.0044), ("images", 3.0)):
        reporter.stage(name, "")
        clock[0] += seconds
    assert reporter.timings == {"images": 1.5, "train": 2.004}
    assert reporter.so_far() == {"images": 4.5, "train": 2.004, "waited": 0}
    reporter.close()
    clock[0] += 99
    reporter.close()
    assert reporter.timings == {"images": 4.5, "train": 2.004}
    assert reporter.so_far() == {"images": 4.5, "train": 2.004, "waited": 0}


def test_going_on_twice_adds_up_too(clock):
    reporter = Reporter(Heard(), 1, silent=True)
    for _ in range(2):
        reporter.go_on({"train": 1.0044, "images": 2.0, "waited": 0.5})
    assert (reporter.timings, reporter.waited) == ({"train": 2.008, "images": 4.0}, 1.0)


@pytest.mark.parametrize("silent", [False, True])
def test_notes_and_stages_are_told_to_the_job_and_at_the_terminal_unless_silent(capsys, silent):
    heard = Heard()
    reporter = Reporter(heard, 1, silent=silent)
    reporter.stage("images", "Decoding")
    reporter.note("slow")
    reporter.progress(3, 9)
    assert capsys.readouterr().out == ("" if silent else "Decoding\nslow\n")
    assert heard.events == [
        {"event": "stage", "stage": "images", "text": "Decoding", "number": None, "stages": 0},
        {"event": "note", "text": "slow"},
        {"event": "progress", "stage": "images", "done": 3, "total": 9},
    ]


@pytest.mark.parametrize(("images", "told"), [(240, []), (241, ["About 1 min 0 s on this CPU "])])
def test_what_takes_more_than_a_minute_is_long(images, told, capsys):
    heard = Heard()
    Reporter(heard, 1).expect(0.25, images, "Stay.")
    assert [event["text"] for event in heard.events] == [f"{t}(4.0 images/s). Stay." for t in told]
    assert capsys.readouterr().out == "".join(f"{t}(4.0 images/s). Stay.\n" for t in told)


def step(number, epoch=1):
    return StepMetrics(number, epoch, loss=0.5, accuracy=0.75, lr=0.1, images_per_second=90.0)


def test_a_step_tells_where_training_is_and_the_time_left_by_its_pace_so_far(clock):
    """The first step told is the fifth; ten more in 20 s, so 25 more take 50."""
    heard, left = Heard(), []
    reporter = Reporter(heard, 4, silent=True)
    for number, seconds in ((5, 7.0), (15, 20.0), (40, 30.0)):
        clock[0] += seconds
        reporter.step(step(number, epoch=2), 40)
        left.append(heard.events[-1]["seconds_left"])
    assert left == [None, 50.0, 0.0]
    assert heard.events[1] == {
        "event": "step", "step": 15, "steps": 40, "epoch": 2, "epochs": 4, "loss": 0.5,
        "accuracy": 0.75, "lr": 0.1, "images_per_second": 90.0, "seconds_left": 50.0,
    }  # fmt: skip


def test_without_a_step_between_the_pace_is_that_of_one(clock):
    heard = Heard()
    reporter = Reporter(heard, 4, silent=True)
    for _ in range(2):
        reporter.step(step(5), 8)
        clock[0] += 2
    assert heard.events[-1]["seconds_left"] == 6


@pytest.mark.parametrize(("best", "ending"), [(True, "  best\n"), (False, "for data\n")])
def test_an_epoch_in_an_event_and_in_a_line(capsys, best, ending):
    heard = Heard()
    reporter = Reporter(heard, 12)
    metrics = EpochMetrics(
        epoch=3, step=60, train_loss=0.25, train_accuracy=0.9, held_loss=0.5, held_accuracy=0.8,
        lr=0.1, images_per_second=1234.4, data_wait=1.5, best=best,
    )  # fmt: skip
    for _ in range(2):
        reporter.epoch(metrics, "val")
    assert reporter.waited == 3.0
    assert heard.events[0] == {
        "event": "epoch", "epoch": 3, "epochs": 12, "step": 60, "split": "val", "loss": 0.5,
        "accuracy": 0.8, "train_loss": 0.25, "train_accuracy": 0.9, "images_per_second": 1234.4,
        "data_wait": 1.5,
    }  # fmt: skip
    line = capsys.readouterr().out.splitlines(keepends=True)[0]
    assert line.startswith(
        "epoch   3/12  train loss 0.2500 accuracy 90.00%  val loss 0.5000 accuracy 80.00%  "
        "1,234 images/s, 1.5 s waited for data"
    )
    assert line.endswith(ending)


class Bar:
    """What a person sees of a progress bar."""

    def __init__(self, total, initial, **options) -> None:
        self.total, self.n, self.options = total, initial, options
        self.closed, self.said = False, {}
        bars.append(self)

    def update(self, more) -> None:
        self.n += more

    def set_postfix(self, **said) -> None:
        self.said = said

    def close(self) -> None:
        self.closed = True


bars: list[Bar] = []


@pytest.fixture
def seen(monkeypatch):
    """The progress bars of a test, in their order."""
    bars.clear()
    monkeypatch.setattr(reporter_module, "tqdm", Bar)
    return bars


def test_a_bar_a_stage_goes_on_from_the_first_count(seen):
    reporter = Reporter(Heard(), 1, silent=True)
    for stage in ("download", "images"):
        reporter.stage(stage, "")
        for done in (4, 6, 9):
            reporter.progress(done, 9)
    assert [(bar.n, bar.total, bar.closed) for bar in seen] == [(9, 9, True), (9, 9, False)]
    shown = [{k: bar.options[k] for k in ("desc", "unit", "unit_scale", "leave")} for bar in seen]
    assert shown == [
        {"desc": "download", "unit": "B", "unit_scale": True, "leave": False},
        {"desc": "images", "unit": "it", "unit_scale": False, "leave": False},
    ]


@pytest.mark.parametrize(("silent", "disable"), [(True, True), (False, None)])
def test_a_bar_of_steps_has_loss_and_accuracy_and_is_hidden_where_nobody_looks(
    seen, silent, disable, monkeypatch
):
    reporter = Reporter(Heard(), 1, silent=silent)
    monkeypatch.setattr(reporter, "_say", lambda text: None)
    reporter.stage("train", "")
    reporter.step(step(5), 40)
    [bar] = seen
    assert (bar.n, bar.total, bar.options["unit"]) == (5, 40, "step")
    assert bar.options["disable"] is disable  # None: where there is no terminal
    assert bar.said == {"loss": "0.500", "accuracy": "75.0%"}
