import json
from datetime import datetime

import numpy as np
import pytest

from core import artifacts, runs
from core.errors import FencepostError, RunError
from core.runs import writing
from core.runs.table import predictions


def edit(run, **values):
    path = run.folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_saved_run_opens(tiny_run):
    assert tiny_run.name == "tiny"
    assert tiny_run.metrics["test"] == pytest.approx(
        {"n": 6, "right": 3, "accuracy": 0.5, "loss": tiny_run.metrics["test"]["loss"]}
    )
    assert tiny_run.features().shape == (8, 4)
    assert tiny_run.features().dtype == np.float16
    assert tiny_run.history()["split"].tolist() == ["val"]


def test_newest_run_first_and_ids_differ(save_tiny):
    first, second = save_tiny(), save_tiny()
    edit(first, created="2001-01-01T00:00:00+00:00")
    assert first.id != second.id
    assert [run.id for run in runs.list_runs()] == [second.id, first.id]


def test_two_that_save_in_the_same_second_leave_a_run_each(save_tiny, monkeypatch):
    class Stopped(datetime):
        @classmethod
        def now(cls, zone):
            return datetime(2001, 1, 1, tzinfo=zone)

    whole, others = predictions.write, []

    def write_after_another(*arguments):
        monkeypatch.setattr(predictions, "write", whole)
        others.append(save_tiny().id)
        whole(*arguments)

    monkeypatch.setattr(writing, "datetime", Stopped)
    monkeypatch.setattr(predictions, "write", write_after_another)
    ids = [save_tiny().id, *others, save_tiny().id]
    stem = "20010101-000000-resnet50"
    assert ids == [stem, f"{stem}-2", f"{stem}-3"]
    assert {path.name for path in artifacts.runs_dir().iterdir()} == set(ids)


def test_nothing_half_written_is_listed(save_tiny, monkeypatch):
    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(artifacts, "publish", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_tiny()
    assert list(artifacts.runs_dir().iterdir()) == []


def test_a_killed_save_is_not_listed(tiny_run):
    (artifacts.runs_dir() / ".later.writing").mkdir()
    assert [run.id for run in runs.list_runs()] == ["tiny"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "run.json is missing"),
        ("{", "not valid JSON"),
        ("[]", "no JSON object"),
        ('{"schema_version": 2}', "schema version 2"),
        ('{"schema_version": 1}', "no usable 'classes'"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_damaged_run_says_why(tiny_run, content, reason):
    path = tiny_run.folder / "run.json"
    path.unlink() if content is None else path.write_text(content)
    [found] = runs.list_runs()
    assert reason in found.damage
    with pytest.raises(RunError, match="damaged"):
        runs.open_run("tiny")


def test_a_truncated_table_is_damage(tiny_run):
    tiny_run.table_path.write_bytes(tiny_run.table_path.read_bytes()[:100])
    assert "predictions.parquet cannot be read" in runs.list_runs()[0].damage


def test_a_class_without_probabilities_is_damage(tiny_run):
    edit(tiny_run, classes=["cat", "deer", "ship", "dog"])
    assert "no column 'p_dog'" in runs.list_runs()[0].damage


def test_a_class_named_twice_is_damage(tiny_run):
    edit(tiny_run, classes=["cat", "deer", "cat"])
    assert runs.list_runs()[0].damage == "run.json names a class twice."


@pytest.mark.parametrize("run_id", ["../tiny", "/etc", "", ".", "..", "tiny/..", "no"])
def test_only_run_ids_open_runs(tiny_run, run_id):
    with pytest.raises(RunError, match="No run"):
        runs.open_run(run_id)
    with pytest.raises(RunError, match="No run"):
        runs.delete(run_id)


def test_rename_leaves_the_folder_alone(tiny_run):
    before = (tiny_run.folder / "run.json").read_bytes()
    runs.rename("tiny", "<img src=x onerror=alert(1)>")
    assert runs.open_run("tiny").name == "<img src=x onerror=alert(1)>"
    assert (tiny_run.folder / "run.json").read_bytes() == before
    runs.rename("tiny", " ")
    assert runs.open_run("tiny").name == "tiny"


def test_names_given_at_once_are_all_kept(save_tiny, at_once):
    ids = [save_tiny().id for _ in range(3)]
    at_once(lambda run_id: runs.rename(run_id, f"new {run_id}"), ids)
    assert {run.name for run in runs.list_runs()} == {f"new {run_id}" for run_id in ids}


def test_delete_and_restore(tiny_run):
    runs.delete("tiny")
    assert runs.list_runs() == []
    runs.restore("tiny")
    assert runs.open_run("tiny").name == "tiny"
    with pytest.raises(RunError, match="no longer in the bin"):
        runs.restore("tiny")


def test_features_must_match_the_table(save_tiny):
    with pytest.raises(RunError, match="7 rows of features"):
        save_tiny(features=np.eye(7))


def test_missing_extras_are_no_damage(tiny_run):
    (tiny_run.folder / "features.npy").unlink()
    (tiny_run.folder / "history.parquet").write_text("no parquet")
    assert tiny_run.features() is None
    assert tiny_run.history().empty


@pytest.mark.parametrize("values", [np.zeros(7), np.zeros((3, 8)), np.full((7, 8), "a")])
def test_features_that_cannot_be_the_tables_are_none(tiny_run, values):
    np.save(tiny_run.folder / "features.npy", values)
    assert tiny_run.features() is None
    (tiny_run.folder / "features.npy").write_bytes(b"")
    assert tiny_run.features() is None


def test_pickled_features_are_not_opened(tiny_run):
    np.save(tiny_run.folder / "features.npy", np.array([object()]), allow_pickle=True)
    assert tiny_run.features() is None


def test_a_full_disk_is_told_before(tmp_path):
    with pytest.raises(FencepostError, match=r"Saving needs .* GB free"):
        artifacts.require_space(tmp_path / "new", 10**18, "Saving")


def test_others_may_read_a_run(tiny_run):
    modes = {path.stat().st_mode & 0o777 for path in tiny_run.folder.iterdir()}
    assert modes == {artifacts.FILE_MODE}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"train": "x"}, "how many images train has"),
        ({"train": {"n": "x"}}, "how many images train has"),
        ({"test": {"n": 1e308, "right": 0, "accuracy": 0}}, "how many images test has"),
        ({"test": {"n": 6, "right": 7, "accuracy": 1}}, "more right answers than images"),
    ],
)
def test_figures_that_cannot_be_are_damage(tiny_run, change, reason):
    meta = json.loads((tiny_run.folder / "run.json").read_text())
    meta["metrics"] |= change
    (tiny_run.folder / "run.json").write_text(json.dumps(meta))
    assert reason in runs.list_runs()[0].damage


def test_damaged_names_are_set_aside(tiny_run, artifacts_root):
    names = artifacts_root / "run_names.json"
    names.write_text('{"other": "half a na')
    runs.rename("tiny", "again")
    assert json.loads(names.read_text()) == {"tiny": "again"}
    assert (artifacts_root / "run_names.json.damaged").read_text().startswith('{"other"')


def test_what_did_not_change_is_not_read_again(tiny_run, save_tiny, monkeypatch):
    other, read, seen = save_tiny(), artifacts.read_json, []
    monkeypatch.setattr(artifacts, "read_json", lambda path: (seen.append(path), read(path))[1])
    runs.list_runs()
    seen.clear()
    runs.list_runs()
    assert seen == []
    edit(other, name="changed")
    assert {run.name for run in runs.list_runs()} == {"changed", "tiny"}  # made within a second
    assert seen == [other.folder / "run.json"]


def test_another_name_counts_at_once(tiny_run):
    for name in ("first", "second"):
        runs.rename("tiny", name)
        assert runs.list_runs()[0].name == name


def test_of_two_who_rename_one_run_at_once_the_second_is_told_the_name_that_it_has(
    tiny_run, at_once
):
    told = []

    def call(name):
        try:
            runs.rename("tiny", name, seen="tiny")
        except RunError as error:
            told.append(str(error))

    at_once(call, ["mesh", "bars"])
    kept = runs.open_run("tiny").name
    [other] = {"mesh", "bars"} - {kept}
    assert told == [
        f"Somebody else has called this run '{kept}' meanwhile: rename it again if it is to be "
        f"'{other}'."
    ]
    runs.rename("tiny", other, seen=kept)
    assert runs.open_run("tiny").name == other
