"""A table as a file, as parts and on object storage answers alike."""

import json
import shutil

import fsspec
import numpy as np
import pandas as pd
import pytest

from core import queries, runs
from core.errors import RunError
from core.queries.selection import Selection
from core.runs.table import footers, predictions, table_files
from tests.conftest import CLASSES


@pytest.fixture
def parts(tiny_table, tmp_path):
    """The eight rows in parts of three, three and two."""
    folder = tmp_path / "parts"
    for number in range(3):
        predictions.write_part(tiny_table.iloc[3 * number : 3 * number + 3], folder, number)
    return folder


@pytest.fixture
def bucket():
    memory = fsspec.filesystem("memory")
    yield memory
    memory.store.clear()
    table_files._remote_files.cache_clear()


def on_storage(run, bucket, address):
    """The run with its table moved to an address."""
    bucket.put(str(run.table_path), address, recursive=run.table_path.is_dir())
    shutil.rmtree(run.table_path) if run.table_path.is_dir() else run.table_path.unlink()
    path = run.folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"table": address}))
    return runs.open_run(run.id)


def answers(run):
    chosen = Selection(labels=(1,), correct=False)
    found = queries.ranked(run, chosen, "p_cat", descending=True, limit=10)
    return found["row"].tolist(), found["score"].tolist(), queries.confusion(run, "test").tolist()


def test_a_table_on_storage_can_be_bounded(save_tiny, bucket, monkeypatch):
    on_storage(save_tiny(run_id="far"), bucket, "memory://bucket/table.parquet")
    monkeypatch.setenv("FENCEPOST_DATA", "memory://bucket")
    assert runs.open_run("far").id == "far"
    monkeypatch.setenv("FENCEPOST_DATA", "/photos")
    with pytest.raises(RunError, match=r"damaged: memory://bucket/table.parquet is outside of FE"):
        runs.open_run("far")


def test_parts_are_the_table(parts, tiny_table):
    pd.testing.assert_frame_equal(predictions.read(parts, CLASSES), tiny_table)


def test_a_run_in_parts_answers_as_one_in_a_file(save_tiny, parts):
    whole, parted = save_tiny(), save_tiny(table=parts)
    assert not parts.exists()
    assert answers(parted) == answers(whole)
    assert parted.metrics == whole.metrics
    assert queries.image(parted, 7)["index"] == 1


def test_features_in_a_file_move_into_the_run(save_tiny, tmp_path):
    np.save(tmp_path / "f.npy", np.eye(8, 4, dtype=np.float16))
    assert save_tiny(features=tmp_path / "f.npy").features().shape == (8, 4)
    np.save(tmp_path / "f.npy", np.eye(8, 4))
    with pytest.raises(RunError, match="float64, not float16"):
        save_tiny(features=tmp_path / "f.npy")


def test_a_missing_part_is_named(parts, save_tiny):
    run = save_tiny(table=parts)
    (run.table_path / "part-00001.parquet").unlink()
    assert "part-00001.parquet is missing" in runs.list_runs()[0].damage


def test_a_part_that_does_not_follow_is_refused(parts, tiny_table, save_tiny):
    predictions.write_part(tiny_table.iloc[2:6], parts, 1)
    with pytest.raises(RunError, match="must count 3, 4, 5"):
        save_tiny(table=parts)


def test_an_empty_folder_is_no_table(save_tiny, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match=r"no part-00000\.parquet in"):
        save_tiny(table=tmp_path / "empty")


def test_a_file_on_storage_answers_as_on_disk(tiny_run, bucket):
    expected = answers(tiny_run)
    moved = on_storage(tiny_run, bucket, "memory://bucket/tiny.parquet")
    assert answers(moved) == expected
    assert len(predictions.read(moved.table_path, CLASSES)) == 8


def test_parts_on_storage_answer_as_on_disk(save_tiny, parts, bucket):
    run = save_tiny(table=parts)
    expected = answers(run)
    moved = on_storage(run, bucket, "memory://bucket/tiny")
    assert len(table_files.files(moved.table_path)) == 3
    assert answers(moved) == expected


def test_a_table_gone_from_storage_is_damage(tiny_run, bucket):
    on_storage(tiny_run, bucket, "memory://bucket/tiny.parquet")
    bucket.rm("/bucket/tiny.parquet")
    footers._seen.cache_clear()
    footers._problem.cache_clear()
    assert "memory://bucket/tiny.parquet cannot be read" in runs.list_runs()[0].damage


@pytest.mark.parametrize("address", ["http://10.0.0.1/t.parquet", "file:///etc/passwd", "/etc", 3])
def test_only_object_storage_is_an_address(tiny_run, address):
    path = tiny_run.folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"table": address}))
    assert "s3://" in runs.list_runs()[0].damage
