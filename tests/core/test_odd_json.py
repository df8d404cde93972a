"""What is read from JSON can be shown, whatever wrote it."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from core import artifacts
from core.errors import RunError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a": "gr\udcfcn"}', {"a": "gr\ufffdn"}),
        (r'{"gr\udcfcn": [1, {"b": ["\ud800"]}]}', {"gr\ufffdn": [1, {"b": ["\ufffd"]}]}),
        (r'{"a": "\ud83d\ude00 \\ud800"}', {"a": "😀 \\ud800"}),
        ('{"a": "grün 😀"}', {"a": "grün 😀"}),
        ('{"a": 1e400, "b": null}', {"a": float("inf"), "b": None}),
    ],
)
def test_halves_of_characters_are_replaced_everywhere(tmp_path, text, value):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert artifacts.read_json(tmp_path / "a.json") == value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a": "gr\xfcn"}', "not valid JSON"),
        (b"[1]", "no JSON object"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"", "not valid JSON"),
    ],
)
def test_what_is_no_object_is_named(tmp_path, data, reason):
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(ValueError, match=rf"a\.json .*{reason}"):
        artifacts.read_json(tmp_path / "a.json")


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(artifacts, "MAX_JSON_BYTES", 10)
    (tmp_path / "a.json").write_text(json.dumps({"a": "long enough"}))
    with pytest.raises(ValueError, match="20 bytes, too large"):
        artifacts.read_json(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "(No space left on device): free some"),
        (OSError(errno.EROFS, "Read-only file system", "/x/.y"), "system): check its permissions"),
        (PermissionError(errno.EACCES, "Permission denied"), "denied): check its permissions"),
    ],
)
def test_what_the_disk_refuses_is_told_with_the_remedy(artifacts_root, error, said):
    if error.filename:  # one of ours
        error.filename = str(artifacts_root / "runs" / error.filename[1:])
    found = artifacts.in_words(error)
    assert found.startswith(f"{artifacts_root} cannot be written (")
    assert said in found
    assert "FENCEPOST_ARTIFACTS" in found


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(errno.ENOSPC, "Full"),
            "/data/out cannot be used (Full): free some space, or name",
        ),
        (
            OSError(errno.EROFS, "Ro", "/usr/x"),
            "/usr/x cannot be used (Ro): check its permissions,",
        ),
        (OSError(errno.EACCES, "No", b"/gr\xfcn"), "/gr\ufffdn cannot be used (No): check its"),
        (
            OSError(errno.EIO, "Input/output error"),
            "/data/out cannot be used (Input/output error):",
        ),
    ],
)
def test_another_place_is_named(artifacts_root, error, said):
    found = artifacts.in_words(error, Path("/data/out"))
    assert found.startswith(said)
    assert found.endswith("or name another place.")
    found.encode()


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError(), "OSError"), (OSError("damaged"), "damaged"), (RunError("No run."), "No run.")],
)
def test_other_errors_speak_for_themselves(error, said):
    assert artifacts.in_words(error) == said


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (RuntimeError("I/O error: No space left on device (os error 28)"), errno.ENOSPC),
        (RuntimeError("I/O error: Read-only file system (os error 30)"), errno.EROFS),
        (OSError("Not enough free space to write 24000000 bytes after offset 128"), errno.ENOSPC),
        (
            RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 576"),
            errno.ENOSPC,
        ),
    ],
)
def test_what_libraries_say_of_a_disk_is_an_error_of_the_disk(error, number):
    with pytest.raises(OSError) as caught, artifacts.as_os_errors():  # noqa: PT011
        raise error
    assert caught.value.errno == number


@pytest.mark.parametrize("error", [ValueError("os error"), OSError(errno.EIO, "file write failed")])
def test_others_are_raised_as_they_are(error):
    with pytest.raises(type(error)) as caught, artifacts.as_os_errors():
        raise error
    assert caught.value is error
