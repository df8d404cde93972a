"""Events written by hand, folded into what a progress bar says."""

from __future__ import annotations

from core.training.jobs.progress import curve_of, fold


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
