"""The ends of files that another process still appends to."""

from __future__ import annotations

import pytest

from core.training.jobs.tail import json_lines, tail, terminal_text


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"0123456789")
    return path


@pytest.mark.parametrize(
    ("limit", "after", "found"),
    [(100, 0, (b"0123456789", 0)), (4, 0, (b"6789", 6)), (10, 0, (b"0123456789", 0)),
     (100, 3, (b"3456789", 3)), (4, 8, (b"89", 8)), (4, 2, (b"6789", 6)), (4, 10, (b"", 10)),
     (100, 50, (b"", 10))],
)  # fmt: skip
def test_the_end_of_a_file_from_a_place_on(file, limit, after, found):
    assert tail(file, limit, after) == found


def test_a_file_that_is_not_there_has_no_end(tmp_path):
    assert tail(tmp_path / "none", 10, 3) == (b"", 0)


def test_whole_lines_are_read_and_the_rest_is_left_for_later(file):
    file.write_bytes(b'{"a": 1}\n[2]\nno\n{"a": 3}\n{"a": ')
    assert json_lines(file, 1000) == ([{"a": 1}, {"a": 3}], 25)
    assert json_lines(file, 1000, after=25) == ([], 25)
    with file.open("ab") as end:
        end.write(b"4}\n")
    assert json_lines(file, 1000, after=25) == ([{"a": 4}], 34)


def test_a_line_cut_by_the_limit_is_skipped(file):
    file.write_bytes(b'{"a": 1}\n{"a": 2}\n{"a": 3}\n')
    assert json_lines(file, 15) == ([{"a": 3}], 27)
    assert json_lines(file, 18) == ([{"a": 2}, {"a": 3}], 27)


def test_a_line_nested_beyond_reason_is_skipped(file):
    file.write_bytes(b"[" * 100_000 + b'\n{"a": 1}\n')
    assert json_lines(file, 10**6)[0] == [{"a": 1}]


@pytest.mark.parametrize(
    ("written", "seen"),
    [(b"a\r\nb\n", "a\nb\n"), (b" 1 %\r50 %\r99 %\nend", "99 %\nend"), (b"10 %\r", "10 %"),
     (b"\x1b[1;32mgreen\x1b[0m", "green"), (b"\xff", "\ufffd"), (b"", "")],
)  # fmt: skip
def test_a_log_reads_as_a_terminal_shows_it(file, written, seen):
    file.write_bytes(written)
    assert terminal_text(file, 1000) == seen


def test_of_a_log_the_end_is_shown(file):
    assert terminal_text(file, 3) == "789"
