import json

from core.errors import RunError
from core.runs.annotations import channel_marks

CAT, DEER = 0, 1


def test_marks_are_kept_by_class(tiny_run, artifacts_root):
    channel_marks.mark(tiny_run, CAT, 3, "spurious")
    channel_marks.mark(tiny_run, CAT, 1, "spurious")
    channel_marks.mark(tiny_run, CAT, 2, "belongs")
    channel_marks.mark(tiny_run, DEER, 3, "belongs")
    assert channel_marks.of_class(tiny_run, CAT) == {1: "spurious", 2: "belongs", 3: "spurious"}
    assert channel_marks.of_class(tiny_run, DEER) == {3: "belongs"}
    assert channel_marks.spurious(tiny_run, CAT) == [1, 3]
    assert channel_marks.spurious(tiny_run, DEER) == []
    assert (artifacts_root / "marks" / f"{tiny_run.id}.json").is_file()


def test_a_mark_is_changed_and_taken_away(tiny_run):
    channel_marks.mark(tiny_run, CAT, 3, "spurious")
    channel_marks.mark(tiny_run, CAT, 3, "belongs")
    assert channel_marks.of_class(tiny_run, CAT) == {3: "belongs"}
    channel_marks.mark(tiny_run, CAT, 3, None)
    assert channel_marks.of_class(tiny_run, CAT) == {}


def test_marks_made_at_once_are_all_kept(tiny_run, at_once):
    at_once(lambda channel: channel_marks.mark(tiny_run, CAT, channel, "spurious"), range(3))
    assert channel_marks.spurious(tiny_run, CAT) == [0, 1, 2]


def test_the_run_itself_stays_as_it_was(tiny_run):
    before = {p: p.stat().st_mtime_ns for p in tiny_run.folder.rglob("*")}
    channel_marks.mark(tiny_run, CAT, 3, "spurious")
    assert {p: p.stat().st_mtime_ns for p in tiny_run.folder.rglob("*")} == before


def test_a_damaged_file_holds_no_marks_and_is_replaced(tiny_run, artifacts_root):
    path = artifacts_root / "marks" / f"{tiny_run.id}.json"
    path.parent.mkdir(parents=True)
    for text in ("{", "[]", '{"schema_version": 1, "classes": 7}', '{"schema_version": 9}'):
        path.write_text(text)
        assert channel_marks.of_class(tiny_run, CAT) == {}
    kept = {"0": {"5": "spurious", "x": "spurious", "6": "odd"}, "1": 3}
    path.write_text(json.dumps({"schema_version": 1, "classes": kept}))
    assert channel_marks.of_class(tiny_run, CAT) == {5: "spurious"}
    channel_marks.mark(tiny_run, DEER, 2, "belongs")
    assert channel_marks.spurious(tiny_run, CAT) == [5]


def test_of_two_who_mark_one_channel_otherwise_at_once_the_second_is_told(tiny_run, at_once):
    told = []

    def say(how):
        try:
            channel_marks.mark(tiny_run, CAT, 3, how, seen=None)
        except RunError as error:
            told.append(str(error))

    at_once(say, ["spurious", "belongs"])
    [mark] = channel_marks.of_class(tiny_run, CAT).values()
    assert told == [
        f"Somebody else has just marked channel 3 as {mark}: mark it again if you disagree."
    ]
    channel_marks.mark(tiny_run, CAT, 3, mark, seen=None)  # they agree
