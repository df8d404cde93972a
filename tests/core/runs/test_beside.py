"""What lies beside the runs: read tolerantly, changed one after the other, replaced whole."""

import json

import pytest

from core.runs.annotations import beside


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes" / "run.json"


def add(path, key):
    with beside.changing(path) as held:
        held[key] = 1


def test_what_is_not_there_is_empty_and_made_by_a_change(path):
    assert beside.read(path) == {}
    add(path, "a")
    add(path, "b")
    assert beside.read(path) == {"a": 1, "b": 1}


def test_changes_at_once_are_all_kept(path, at_once):
    at_once(lambda key: add(path, key), "abc")
    assert beside.read(path) == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"'])
def test_a_damaged_file_is_empty_and_set_aside_by_a_change(path, text):
    path.parent.mkdir()
    path.write_text(text)
    assert beside.read(path) == {}
    add(path, "a")
    assert beside.read(path) == {"a": 1}
    assert path.with_name("run.json.damaged").read_text() == text


def test_a_change_that_fails_changes_nothing(path):
    def fail():
        with beside.changing(path) as held:
            held["b"] = 1
            raise RuntimeError

    add(path, "a")
    with pytest.raises(RuntimeError):
        fail()
    assert json.loads(path.read_text()) == {"a": 1}


def test_where_nothing_changed_nothing_is_written(path):
    with beside.changing(path):
        pass
    assert not path.exists()
    add(path, "a")
    before = path.stat().st_mtime_ns
    add(path, "a")
    assert path.stat().st_mtime_ns == before
