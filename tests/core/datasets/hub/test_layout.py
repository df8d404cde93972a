"""Which shards are which split, by the names of files and folders."""

import pyarrow as pa
import pytest

from core.datasets import load_dataset
from core.errors import DatasetError
from tests.hub_shards import MARKED, rows, schema, shade, shard


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train.parquet", "test.parquet"),
        ("default/train/0000.parquet", "default/test/0000.parquet"),
        ("data/train-00000-of-00001-1f2e3d4c5b6a7988.parquet", "data/val-00000-of-00001.parquet"),
        ("train/part-0.parquet", "valid/part-0.parquet"),
        ("beans-train.parquet", "beans-test.parquet"),
    ],
)
def test_splits_by_the_names_of_files_and_folders(tmp_path, train, test):
    shard(tmp_path / train, rows(6))
    shard(tmp_path / test, rows(4, 50))
    found = load_dataset(f"hf:{tmp_path}")
    assert (len(found.train), shade(found.image("test", 0))) == (6, 50)


def test_one_file_is_split_by_class(tmp_path):
    shard(tmp_path / "all.parquet", rows(10))
    for name in (f"hf:{tmp_path}", f"hf:{tmp_path}/all.parquet"):
        found = load_dataset(name)
        assert (len(found.train), sorted(found.test.labels)) == (8, [0, 1])


def test_what_its_library_saves_to_disk(tmp_path):
    for split, n, first in (("train", 6, 0), ("test", 4, 50)):
        (tmp_path / split).mkdir()
        table = schema(pa.table(rows(n, first)), MARKED)
        place = str(tmp_path / split / "data-00000-of-00001.arrow")
        with pa.OSFile(place, "wb") as file, pa.ipc.new_stream(file, table.schema) as out:
            out.write_table(table, max_chunksize=4)
    found = load_dataset(f"hf:{tmp_path}")
    assert found.classes == ("cat", "dog")
    assert [shade(found.image("train", k)) for k in (5, 0)] == [5, 0]


def test_several_data_sets_in_one_folder_are_refused(tmp_path):
    for config in ("small", "large"):
        shard(tmp_path / config / "train.parquet", rows(6))
        shard(tmp_path / config / "test.parquet", rows(4, 50))
    with pytest.raises(DatasetError, match=r"holds 2 data sets: give hf:.*/large, or another"):
        load_dataset(f"hf:{tmp_path}")
    assert len(load_dataset(f"hf:{tmp_path}?config=small").train) == 6
    with pytest.raises(DatasetError, match=r"no config '\.\./small'"):
        load_dataset(f"hf:{tmp_path}/large?config=../small")
