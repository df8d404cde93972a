"""Work in a thread: how long it still takes, that it stops when asked, and what went wrong."""

from __future__ import annotations

import time

import pytest

from core.errors import DatasetError
from dashboard.server.background import Work, about


def wait(work):
    deadline = time.monotonic() + 10
    while not work.finished and time.monotonic() < deadline:
        time.sleep(0.01)
    assert work.finished
    return work


def test_its_result_is_kept():
    work = wait(Work().start(lambda progress: progress(3, 4) or "made"))
    assert (work.result, work.done, work.total, work.error) == ("made", 3, 4, "")


def test_what_is_short_is_waited_for():
    assert Work().start(lambda progress: None).wait(5)
    assert not Work().wait(0)


def test_it_stops_with_its_next_word():
    def endless(progress):
        while True:
            progress(1, 2)
            time.sleep(0.005)

    work = Work().start(endless)
    work.stop()
    assert wait(work).stopped
    assert work.error == ""


def test_what_stops_it_is_said():
    def fails(progress):
        raise DatasetError("There is no folder.")

    assert wait(Work().start(fails)).error == "There is no folder."


def test_what_nobody_foresaw_leaves_no_tab_waiting():
    work = Work()
    with pytest.raises(ZeroDivisionError):  # for the log
        work._run(lambda progress: 1 / 0)
    assert "failed unexpectedly" in wait(work).error


def test_the_time_left_is_the_pace_of_this_part(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    work = Work()
    work.enter("Reading")
    work._advance(10, 100)  # where an earlier call had come to
    now[0] += 1
    work._advance(20, 100)
    assert work.seconds_left() is None
    now[0] += 9
    work._advance(60, 100)
    assert work.seconds_left() == pytest.approx(8)
    work.enter("Looking")
    assert work.seconds_left() is None


def test_times_in_words():
    assert about(12) == "less than a minute left"
    assert about(130) == "about 2 min left"
    assert about(7300) == "about 2 h left"
