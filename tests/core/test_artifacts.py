"""Files are replaced whole, reach the disk before they count, and say what is wrong with them."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from filelock import Timeout

from core import artifacts


@pytest.fixture
def synced(tmp_path, monkeypatch):
    """(path, its neighbours' names) of all that is flushed to the disk, as it stands then."""
    found: list[tuple[Path, list[str]]] = []

    def record(descriptor):
        inode = os.fstat(descriptor).st_ino
        [path] = [p for p in tmp_path.rglob("*") if p.stat().st_ino == inode]
        found.append((path, sorted(p.name for p in path.parent.iterdir())))

    monkeypatch.setattr(os, "fsync", record)
    return found


def test_everything_lives_below_one_folder(artifacts_root):
    assert artifacts.root() == artifacts_root
    parts = artifacts.runs_dir, artifacts.jobs_dir, artifacts.datasets_dir, artifacts.features_dir
    assert [part() for part in parts] == [
        artifacts_root / name for name in ("runs", "jobs", "datasets", "features")
    ]


def test_a_checkout_has_its_artifacts_beside_the_code(monkeypatch):
    for given in ("", None):
        monkeypatch.delenv("FENCEPOST_ARTIFACTS", raising=False)
        if given is not None:
            monkeypatch.setenv("FENCEPOST_ARTIFACTS", given)
        assert artifacts.root() == Path(artifacts.__file__).parents[1] / "artifacts"


def test_a_relative_folder_is_meant_from_here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", "mine")
    assert artifacts.root() == tmp_path / "mine"


@pytest.mark.parametrize(
    ("content", "said"),
    [("[1]", "holds no JSON object"), ("{", "is not valid JSON"), (b"\xff", "is not valid JSON")],
)
def test_a_file_that_holds_no_object_says_why(tmp_path, content, said):
    path = tmp_path / "run.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=f"run.json {said}"):
        artifacts.read_json(path)


def test_a_file_that_is_not_there_or_cannot_be_read_says_so(tmp_path):
    with pytest.raises(ValueError, match=r"run.json is missing"):
        artifacts.read_json(tmp_path / "run.json")
    with pytest.raises(ValueError, match=rf"{tmp_path.name} cannot be read \(Is a directory\)"):
        artifacts.read_json(tmp_path)


def test_a_file_too_large_to_be_ours_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    path.write_text('{"a": 1}')
    monkeypatch.setattr(artifacts, "MAX_JSON_BYTES", 8)
    assert artifacts.read_json(path) == {"a": 1}
    monkeypatch.setattr(artifacts, "MAX_JSON_BYTES", 7)
    with pytest.raises(ValueError, match=r"run.json is 8 bytes, too large"):
        artifacts.read_json(path)


def test_64_mebibytes_of_json_are_ours(tmp_path):
    path = tmp_path / "run.json"
    path.write_bytes(b"{}" + b" " * (64 * 2**20 - 2))
    assert artifacts.read_json(path) == {}
    with path.open("ab") as file:
        file.write(b" ")
    with pytest.raises(ValueError, match="too large"):
        artifacts.read_json(path)


def test_an_object_comes_back_as_it_was_written(tmp_path):
    path = tmp_path / "new" / "folder" / "run.json"
    artifacts.write_json(path, {"name": "é", "n": [1, 2.5, None]})
    artifacts.write_json(path, {"name": "ü"})
    assert artifacts.read_json(path) == {"name": "ü"}
    assert [p.name for p in path.parent.iterdir()] == ["run.json"]
    assert path.read_text().count("\n") > 1  # for people, too


def test_what_json_has_no_word_for_is_not_written(tmp_path):
    path = tmp_path / "run.json"
    artifacts.write_json(path, {"loss": 1.0})
    with pytest.raises(ValueError, match="not JSON compliant"):
        artifacts.write_json(path, {"loss": float("nan")})
    assert artifacts.read_json(path) == {"loss": 1.0}


def test_a_file_half_written_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def stop_half_way():
        with artifacts.replacing(path) as half:
            half.write_text("ne")
            assert half.parent == tmp_path
            assert half.name.startswith(".a.txt")  # hidden from those who list the folder
            assert path.read_text() == "old"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "old"


def test_a_half_written_file_that_is_gone_hides_no_other_error(tmp_path):
    def lose():
        with artifacts.replacing(tmp_path / "a.txt") as half:
            half.unlink()
            raise KeyError

    with pytest.raises(KeyError):
        lose()


def test_a_file_reaches_the_disk_before_it_takes_its_place(tmp_path, synced):
    artifacts.write_bytes(tmp_path / "new" / "a.txt", b"new")
    [(path, there)] = synced
    assert there == [path.name]
    assert path.name.startswith(".a.txt")


def test_a_file_may_be_read_by_whom_any_new_file_may(tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("")
    artifacts.write_bytes(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").stat().st_mode == plain.stat().st_mode


@pytest.fixture
def finished(tmp_path):
    """A hidden folder with a file, and one in a folder below, for their owner's eyes alone."""
    folder = tmp_path / "runs" / ".a.writing"
    (folder / "within").mkdir(parents=True)
    for path in (folder / "run.json", folder / "within" / "table.parquet"):
        path.touch(mode=0o600)
    return folder


def test_a_folder_reaches_the_disk_whole_before_it_has_its_name(finished, synced):
    everything = {finished, *finished.rglob("*")}
    artifacts.publish(finished, final := finished.with_name("a"))
    *before, after = [path for path, _ in synced]
    assert set(before) == everything
    assert after == final.parent


def test_what_a_published_folder_holds_may_be_read_by_others(finished, tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("")
    inside = (finished / "within").stat().st_mode
    artifacts.publish(finished, final := finished.with_name("a"))
    for path in (final / "run.json", final / "within" / "table.parquet"):
        assert path.stat().st_mode == plain.stat().st_mode
    assert (final / "within").stat().st_mode == inside


def test_no_file_stays_open(finished):
    before = len(os.listdir("/dev/fd"))
    artifacts.publish(finished, finished.with_name("a"))
    artifacts.write_bytes(finished.with_name("b"), b"new")
    assert len(os.listdir("/dev/fd")) == before


def test_who_changes_a_file_keeps_others_out(tmp_path):
    path = tmp_path / "new" / "names.json"
    entered = []

    def other():
        with pytest.raises(Timeout), artifacts.changing(path).acquire(timeout=0.05):
            pass
        entered.append("refused")

    with artifacts.changing(path):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert entered == ["refused"]
    with artifacts.changing(tmp_path / "new" / "other.json").acquire(timeout=0.05):
        pass
    assert all(p.name.startswith(".") for p in path.parent.iterdir())


def test_an_installed_fencepost_keeps_its_artifacts_with_the_users_data(monkeypatch, tmp_path):
    monkeypatch.delenv("FENCEPOST_ARTIFACTS", raising=False)
    monkeypatch.setattr(artifacts, "CHECKOUT", False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert artifacts.root() == tmp_path / "fencepost"
