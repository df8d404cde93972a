"""Data sets in Hugging Face's layouts, written as its library writes them."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.datasets import load_dataset
from core.datasets.hub import shards
from core.errors import DatasetError
from tests.hub_shards import MARKED, rows, shade, shard
from tests.trees import draw


@pytest.fixture
def beans(tmp_path):
    shard(tmp_path / "data/train-00000-of-00002.parquet", rows(7))
    shard(tmp_path / "data/train-00001-of-00002.parquet", rows(4, 7))
    shard(tmp_path / "data/validation-00000-of-00001.parquet", rows(2, 90))
    shard(tmp_path / "data/test-00000-of-00001.parquet", rows(5, 100))
    return f"hf:{tmp_path}"


def test_shards_are_one_data_set(beans):
    found = load_dataset(beans)
    assert (found.name, found.classes) == (beans, ("cat", "dog"))
    assert found.train.labels.tolist() == [0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1]
    assert [shade(found.image("train", k)) for k in range(11)] == list(range(11))
    assert [shade(found.image("test", k)) for k in (4, 0, 2)] == [104, 100, 102]
    assert found.left_out == {"of val, as a part of train is held out to choose by": 2}
    again = pickle.loads(pickle.dumps(found.train.images))  # as a data worker gets it
    assert shade(again[8]) == 8
    assert again.shorter_side(8) == 6


def test_row_groups_are_kept_up_to_a_bound(beans, monkeypatch):
    monkeypatch.setattr(shards, "KEPT", 1)
    shards._groups.clear()
    found = load_dataset(beans)
    assert [shade(found.image("train", k)) for k in (10, 0, 10)] == [10, 0, 10]
    assert len(shards._groups) == 1


def test_class_names_from_the_card(tmp_path):
    shard(tmp_path / "data/all.parquet", rows(10), {})
    assert load_dataset(f"hf:{tmp_path}").classes == ("0", "1")
    (tmp_path / "README.md").write_text(
        "---\nlicense: mit\ndataset_info:\n  features:\n  - name: image\n    dtype: image\n"
        "  - name: label\n    dtype:\n      class_label:\n        names:\n"
        "          '0': tench, Tinca\n          '1': \"dog\"\n"
        "  splits:\n  - name: train\n---\n# A\n"
    )
    assert load_dataset(f"hf:{tmp_path}").classes == ("tench, Tinca", "dog")


def test_class_names_from_the_older_file(tmp_path):
    shard(tmp_path / "data/all.parquet", rows(10), {})
    (tmp_path / "dataset_infos.json").write_text(json.dumps({"plain": {"features": MARKED}}))
    assert load_dataset(f"hf:{tmp_path}").classes == ("cat", "dog")


def test_labels_as_text_and_further_columns(tmp_path):
    columns = rows(10, camera=list("abababccab"), box=[[1, 2]] * 10)
    columns["label"] = ["猫", "dog"] * 5
    shard(tmp_path / "a.parquet", columns, {})
    found = load_dataset(f"hf:{tmp_path}")
    assert found.classes == ("dog", "猫")
    assert found.metadata["train"].column_names == ["camera"]
    assert found.notes == ("Columns that a run cannot keep are left out: box.",)


def test_two_columns_of_labels_must_be_told_apart(tmp_path):
    columns = rows(10)
    columns["coarse_label"], columns["fine_label"] = columns.pop("label"), [0, 0, 1, 1, 2] * 2
    each = {"_type": "ClassLabel", "names": ["x", "y", "z"]}
    shard(tmp_path / "a.parquet", columns, {"coarse_label": each, "fine_label": each})
    with pytest.raises(DatasetError, match="coarse_label or fine_label: say by --columns label="):
        load_dataset(f"hf:{tmp_path}")
    assert load_dataset(f"hf:{tmp_path}?label=fine_label").classes == ("x", "y", "z")


def test_test_images_without_labels_are_left_out(tmp_path):
    shard(tmp_path / "train.parquet", rows(6))
    shard(tmp_path / "test.parquet", rows(2) | {"label": [-1, -1]})
    shard(tmp_path / "val.parquet", rows(4, 50))
    found = load_dataset(f"hf:{tmp_path}")
    assert found.left_out == {"without a label": 2}
    assert shade(found.image("test", 0)) == 50


def test_images_as_bytes_alone_or_beside_the_shard(tmp_path):
    columns = rows(10)
    columns["image"] = [row["bytes"] for row in columns["image"]]
    shard(tmp_path / "one/a.parquet", columns, {})
    assert shade(load_dataset(f"hf:{tmp_path}/one").image("train", 0)) < 10
    for k in range(10):
        draw(tmp_path / f"two/{k}.png", (k, 0, 0))
    columns["image"] = [{"bytes": None, "path": f"{k}.png"} for k in range(10)]
    columns["image"][3] = {"bytes": None, "path": "../../etc/passwd"}
    columns["image"][4] = {"bytes": None, "path": None}
    columns["image"][5] = {"bytes": b"damaged", "path": "5.png"}
    shard(tmp_path / "two/a.parquet", columns)
    found = load_dataset(f"hf:{tmp_path}/two")
    seen = []
    for split in ("train", "test"):
        for k in range(len(found.split(split))):
            try:
                seen.append(shade(found.image(split, k)))
            except DatasetError as error:
                seen.append(str(error).partition("read: ")[2][:10])
    odd = {"has a path", "the row hol", "not a pict"}
    assert {str(each)[:10] for each in seen if isinstance(each, str)} == {o[:10] for o in odd}
    assert len(seen) == 10


@pytest.mark.parametrize(
    ("columns", "features", "reason"),
    [
        ({"a": [1], "label": [0]}, {}, "None of the columns a, label holds images"),
        ({"image": [b"x"] * 4, "z": [0] * 4}, {}, "none is called a label: say by --columns"),
        (rows(6) | {"label": [0] * 6}, MARKED, "two classes at least"),
        (rows(6) | {"label": [-1] * 6}, MARKED, "two classes at least"),
        (rows(2), MARKED, "no labelled test images"),
        (rows(6), {"label": {"_type": "ClassLabel", "names": ["a", "a"]}}, "one name"),
    ],
)
def test_shards_that_cannot_work_are_refused(tmp_path, columns, features, reason):
    shard(tmp_path / "a.parquet", columns, features)
    with pytest.raises(DatasetError, match=reason):
        load_dataset(f"hf:{tmp_path}")


def test_damaged_shards_and_missing_folders_are_named(tmp_path):
    (tmp_path / "train.parquet").write_bytes(b"nonsense")
    with pytest.raises(DatasetError, match=r"train\.parquet cannot be read"):
        load_dataset(f"hf:{tmp_path}")
    with pytest.raises(DatasetError, match=r"There is no folder .*gone"):
        load_dataset(f"hf:{tmp_path}/gone")


def test_a_shard_that_is_replaced_is_unreadable_or_read_anew(beans, tmp_path):
    found = load_dataset(beans)
    assert shade(found.image("test", 0)) == 100
    (tmp_path / "data/test-00000-of-00001.parquet").unlink()
    with pytest.raises(DatasetError, match="cannot be read"):
        found.image("test", 1)


def test_links_out_of_the_bounds_are_refused(tmp_path, monkeypatch):
    shard(tmp_path / "elsewhere/train.parquet", rows(10))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.parquet").symlink_to(tmp_path / "elsewhere/train.parquet")
    name = f"hf:{tmp_path}/data"
    assert len(load_dataset(name).train) == 8
    monkeypatch.setenv("FENCEPOST_DATA", str(tmp_path / "data"))
    with pytest.raises(DatasetError, match=r"link .* outside of FENCEPOST_DATA"):
        load_dataset(name)


def test_many_threads_get_the_right_images(beans):
    found = load_dataset(beans)
    shards._groups.clear()
    with ThreadPoolExecutor(8) as pool:
        shades = list(pool.map(lambda k: shade(found.image("train", k % 11)), range(200)))
    assert shades == [k % 11 for k in range(200)]
