"""Events written by hand, folded into what a progress bar says."""

from __future__ import annotations

import math
from datetime import datetime

import pytest

from core.runs.run_json import number
from core.training.jobs.progress import curve_of, duration, fold, when


def step(step: int, **others) -> dict:
    return {"event": "step", "step": step, "steps": 40, "epochs": 4, "accuracy": 0.5} | others


def epoch(epoch: int) -> dict:
    return {"event": "epoch", "epoch": epoch, "epochs": 4, "split": "val", "accuracy": 0.8}


def test_nothing_yet():
    assert (fold([]).text, fold([]).fraction) == ("Starting", None)


def test_stage_counts():
    events = [
        {"event": "stage", "stage": "images", "text": "Decoding 8 images"},
        {"event": "progress", "done": 2, "total": 8},
    ]
    assert (fold(events).text, fold(events).fraction) == ("Decoding 8 images", 0.25)
    assert fold([*events, {"event": "stage", "stage": "save"}]).fraction is None


def test_a_stage_among_those_to_come_and_its_time_left():
    events = [
        {"event": "stage", "stage": "features", "text": "Features", "number": 3, "stages": 5},
        {"event": "progress", "done": 2, "total": 12, "time": 100.0},
        {"event": "progress", "done": 6, "total": 12, "time": 102.0},
    ]
    found = fold(events)
    assert (found.part, found.seconds_left, found.images_per_second) == ((3, 5), 3.0, 2.0)
    assert fold(events[:2]).seconds_left is None
    assert fold([*events, {"event": "stage", "stage": "other"}]).part is None


def test_step_within_its_epoch():
    found = fold([epoch(1), step(15, epoch=2, seconds_left=7.5)])
    assert (found.epoch, found.epochs, found.fraction) == (2, 4, 0.375)
    assert (found.accuracy, found.held_out, found.seconds_left) == (0.5, 0.8, 7.5)


def test_notes_are_kept_and_bounded():
    found = fold({"event": "note", "text": f"note {k}"} for k in range(100))
    assert found.notes[-1] == "note 99"
    assert len(found.notes) == 20


def test_curve_counts_epochs():
    found = curve_of([step(5), step(10), epoch(1), step(15)])
    assert [(row["at"], row["split"]) for row in found] == [
        (0.5, "train"),
        (1.0, "train"),
        (1.0, "val"),
        (1.5, "train"),
    ]


def test_curve_of_a_resumed_job_forgets_what_is_done_again():
    found = curve_of([epoch(1), step(15), {"event": "resumed"}, step(12)])
    assert [row["at"] for row in found] == [1.0, 1.2]


def test_resumed_job_begins_its_bar_anew():
    assert fold([step(15, epoch=2), {"event": "resumed"}]).text == "Resuming"


def test_what_was_expected_gives_way_to_the_time_left():
    expected = {"event": "expected", "text": "About 7 min on this CPU"}
    assert fold([expected]).expected == "About 7 min on this CPU"
    step = {"event": "step", "step": 5, "steps": 10, "seconds_left": 16}
    assert fold([expected, step]).expected == ""
    assert fold([expected, {"event": "stage", "stage": "train"}]).expected == ""


def counted(done, time, total=10, stage="images", **others) -> list[dict]:
    """A stage, and its counts at these times."""
    pairs = zip(done, time, strict=True)
    counts = [{"event": "progress", "done": d, "total": total, "time": t} for d, t in pairs]
    return [{"event": "stage", "stage": stage} | others, *counts]


def test_the_time_left_is_that_of_the_pace_since_the_first_count():
    """A stage that goes on where another stopped counts from there: 4 images in 8 s, 2 to go."""
    found = fold(counted([4, 5, 8], [100.0, 101.0, 108.0]))
    assert (found.fraction, found.seconds_left, found.images_per_second) == (0.8, 4.0, 0.5)


@pytest.mark.parametrize(
    ("done", "time"), [([4], [1.0]), ([4, 4], [1.0, 2.0]), ([4, 5], [1.0, 1.0]), ([0, 1], [1, "x"])]
)
def test_without_a_pace_nothing_is_foretold(done, time):
    found = fold([*counted(done, time), {"event": "none of ours"}])
    assert (found.seconds_left, found.images_per_second) == (None, None)


def test_a_new_stage_has_a_pace_of_its_own():
    first = counted([0, 10], [0.0, 1.0])
    found = fold([*first, *counted([0, 2], [10.0, 20.0], stage="predict")])
    assert (found.seconds_left, found.images_per_second) == (40.0, 0.2)
    assert fold([*first, {"event": "stage", "stage": "fit"}]).seconds_left is None
    assert fold([*first, {"event": "stage", "stage": "fit"}]).images_per_second is None


@pytest.mark.parametrize("stage", ["images", "features", "predict", "download", "fit"])
def test_only_stages_that_count_images_have_images_a_second(stage):
    speed = fold(counted([0, 2], [0.0, 1.0], stage=stage)).images_per_second
    assert speed == (None if stage in ("download", "fit") else 2.0)


def test_a_count_beyond_the_whole_is_the_whole():
    found = fold(counted([0, 12], [0.0, 1.0]))
    assert (found.fraction, found.seconds_left) == (1.0, 0.0)
    assert fold(counted([-3], [0.0])).fraction == 0.0
    assert fold(counted([1], [0.0], total=0)).fraction is None


def test_a_pace_replaces_what_was_expected():
    expected = {"event": "expected", "text": "About 7 min"}
    stage, *counts = counted([0, 2], [0.0, 1.0])
    assert fold([stage, expected, counts[0]]).expected == "About 7 min"
    assert fold([stage, expected, *counts]).expected == ""


def test_words_of_an_event_are_bounded():
    long = "x" * 1000
    found = fold(
        [
            {"event": "note", "text": long},
            {"event": "stage", "stage": long, "text": long},
            {"event": "expected", "text": long},
        ]
    )
    lengths = [len(text) for text in (found.notes[0], found.stage, found.text, found.expected)]
    assert lengths == [500, 40, 200, 500]


def test_a_stage_without_words_is_called_by_its_name():
    assert fold([{"event": "stage", "stage": "save"}]).text == "save"
    assert fold([{"event": "stage", "stage": "save", "text": ""}]).text == "save"
    assert fold([{"event": "stage"}]).stage == ""


@pytest.mark.parametrize(
    ("at", "of", "part"), [(1, 5, (1, 5)), (None, 5, None), (2, None, None), (2, 0, None)]
)
def test_a_stage_is_in_its_place_where_that_is_known(at, of, part):
    assert fold([{"event": "stage", "stage": "a", "number": at, "stages": of}]).part == part


def test_an_epoch_ends_with_the_accuracy_that_chooses():
    found = fold([step(10, epoch=1, loss=0.7, images_per_second=90.0), epoch(1)])
    assert (found.epoch, found.epochs, found.fraction, found.held_out) == (1, 4, 0.25, 0.8)
    assert (found.accuracy, found.loss, found.images_per_second) == (0.5, 0.7, 90.0)


def test_an_epoch_of_which_no_step_was_told_counts_all_the_same():
    found = fold([epoch(2)])
    assert (found.epoch, found.epochs, found.fraction) == (2, 4, 0.5)


def test_events_of_other_kinds_are_no_notes_and_no_points():
    other = {"event": "heartbeat", "text": "still here", "epoch": 1, "step": 1, "steps": 2}
    assert fold([other]).notes == ()
    assert curve_of([other | {"epochs": 3}]) == []


@pytest.mark.parametrize("missing", ["done", "total", "time"])
def test_a_count_that_lacks_something_foretells_nothing(missing):
    events = counted([0, 2], [0.0, 1.0])
    events[2].pop(missing)
    assert fold(events).seconds_left is None


def test_a_share_of_nothing_known_is_none():
    assert fold([{"event": "epoch", "epochs": 4}]).fraction is None


def test_a_job_resumed_twice_goes_on_from_its_last_epoch():
    events = [epoch(1), epoch(2), step(25), {"event": "resumed"}, step(24)]
    assert [row["at"] for row in curve_of(events)] == [1.0, 2.0, 2.4]


def test_a_resumed_job_keeps_only_the_accuracy_of_its_last_epoch():
    found = fold([epoch(2), {"event": "note", "text": "slow"}, {"event": "resumed"}])
    assert (found.held_out, found.epoch, found.notes, found.fraction) == (0.8, None, (), None)


def test_the_last_twenty_notes_are_kept():
    found = fold({"event": "note", "text": str(k)} for k in range(25))
    assert found.notes == tuple(map(str, range(5, 25)))


def test_the_curve_has_loss_and_accuracy_of_both_splits():
    found = curve_of([step(10, epoch=1, loss=0.7), epoch(1) | {"loss": 0.3}, step(11)])
    assert found == [
        {"at": 1.0, "epoch": 1, "split": "train", "loss": 0.7, "accuracy": 0.5},
        {"at": 1.0, "epoch": 1, "split": "val", "loss": 0.3, "accuracy": 0.8},
        {"at": 1.1, "epoch": None, "split": "train", "loss": None, "accuracy": 0.5},
    ]


def test_the_curve_of_a_job_resumed_before_its_first_epoch_begins_anew():
    assert curve_of([step(5), {"event": "resumed"}]) == []
    assert [row["at"] for row in curve_of([step(10), epoch(1), {"event": "resumed"}])] == [1, 1]


def test_what_has_no_place_on_the_curve_is_left_out():
    odd = [{"event": "step"}, {"event": "step", "step": 1, "steps": 2}, {"event": "epoch"}]
    odd += [{"event": "step", "step": 1, "epochs": 3}, {"event": "note", "epoch": 1}]
    assert curve_of(odd) == []
    assert curve_of([epoch(1) | {"split": "v" * 30}])[0]["split"] == "v" * 20


@pytest.mark.parametrize(
    ("value", "found"),
    [(3, 3.0), (0.5, 0.5), (-1, -1.0), (True, None), ("1", None), (None, None), ([], None),
     (math.nan, None), (math.inf, None), (10**400, None)],
)  # fmt: skip
def test_a_number_is_a_finite_one(value, found):
    assert number(value) == found


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (42.4, "42 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"),
     (3599, "59 min 59 s"), (3600, "1 h 0 min"), (18_630, "5 h 10 min"), (90_000, "25 h 0 min")],
)  # fmt: skip
def test_a_duration_in_words(seconds, words):
    assert duration(seconds) == words


def test_a_moment_is_told_in_this_machines_time(monkeypatch):
    zone = datetime(2026, 3, 9).astimezone().tzname()
    assert when("2026-03-09T07:05:00") == f"9 Mar 2026, 07:05 {zone}"
    assert when("yesterday") == "yesterday"
    assert when("") == ""
