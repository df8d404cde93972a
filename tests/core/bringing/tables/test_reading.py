"""A table as a run keeps it, from every kind of file."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.bringing.tables import reading
from core.bringing.tables.understood import Asked
from core.errors import DatasetError

FRAME = pd.DataFrame(
    {
        "path": ["d.png", "a.png", "b.png", "c.png"],
        "label": ["cat", "cat", "dog", "dog"],
        "split": ["train", "test", "test", "val"],
        "p_cat": [0.75, 0.5, 0.125, 0.25],
        "p_dog": [0.25, 0.5, 0.875, 0.75],
        "iso": [100, 200, 400, 800],
    }
)


def wrote(path, kind: str):
    file = path / f"table.{kind}"
    if kind == "csv":
        FRAME.to_csv(file, index=False)
    elif kind == "tsv":
        FRAME.to_csv(file, sep="\t", index=False)
    elif kind == "parquet":
        FRAME.to_parquet(file)
    elif kind == "jsonl":
        FRAME.to_json(file, orient="records", lines=True)
    else:
        p = FRAME[["p_cat", "p_dog"]].to_numpy()
        texts = {name: FRAME[name].to_numpy(str) for name in ("path", "label", "split")}
        np.savez(file, probs=p, iso=FRAME["iso"].to_numpy(), **texts)
    return file


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet", "jsonl", "npz"])
def test_the_same_from_every_kind_of_file(tmp_path, kind):
    found = reading.read(Asked(wrote(tmp_path, kind)))
    table = found.table
    assert found.classes == ("cat", "dog")
    assert table["split"].tolist() == ["test", "test", "val", "train"]
    assert table["path"].tolist() == ["a.png", "b.png", "c.png", "d.png"]
    assert table["index"].tolist() == [0, 1, 0, 1]
    assert table["pred"].tolist() == [0, 1, 1, 0]
    assert table["p_dog"].tolist() == [0.5, 0.875, 0.75, 0.25]
    assert table["iso"].tolist() == [200, 400, 800, 100]
    assert found.missing == 4


def test_no_table_is_read_out_of_bounds(tmp_path, monkeypatch):
    monkeypatch.setenv("FENCEPOST_DATA", str(tmp_path / "data"))
    with pytest.raises(DatasetError, match="outside of FENCEPOST_DATA"):
        reading.read(Asked(wrote(tmp_path, "csv")))


def test_missing_images_are_counted(tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    found = reading.read(Asked(wrote(tmp_path, "csv"), images=str(tmp_path)))
    assert found.missing == 3
    assert any("1 of 4 files found" in line for line in found.lines())


def test_two_ways_to_the_same_files_are_one(tmp_path):
    (tmp_path / "photos" / "test").mkdir(parents=True)
    Image.new("RGB", (2, 2)).save(tmp_path / "photos" / "test" / "a.png")
    frame = FRAME.head(1).assign(path="test/a.png")
    found = reading.read(Asked(frame, images=str(tmp_path)))
    assert found.table["path"].tolist() == ["photos/test/a.png"]


def test_images_beside_runs_are_looked_for_in_their_own_folder(artifacts_root, tmp_path):
    artifacts_root.mkdir()
    file = wrote(tmp_path, "csv")
    (tmp_path / "photos").mkdir()
    for name in FRAME["path"]:
        Image.new("RGB", (2, 2)).save(tmp_path / "photos" / name)
    found = reading.read(Asked(file))
    assert (found.root, found.missing) == (tmp_path / "photos", 0)
    assert found.table["path"].tolist()[0] == "a.png"


def test_no_split_is_all_test():
    assert set(reading.read(Asked(FRAME.drop(columns="split"))).table["split"]) == {"test"}


def test_val_alone_is_shown_as_test():
    found = reading.read(Asked(FRAME.assign(split="val")))
    assert set(found.table["split"]) == {"test"}
    assert any("shown as test" in note for note in found.notes)


def test_top_one_makes_nothing_up():
    frame = FRAME[["path"]].assign(
        label=["cat", "cat", "dog", "emu"], pred=["cat", "dog", "dog", "emu"],
        confidence=[0.9, 0.8, 0.7, 0.6],
    )  # fmt: skip
    found = reading.read(Asked(frame))
    assert found.top_one
    assert found.classes == ("cat", "dog", "emu")
    p = found.table[["p_cat", "p_dog", "p_emu"]].to_numpy()
    assert np.isfinite(p).sum(axis=1).tolist() == [1, 1, 1, 1]
    assert p[1, 1] == np.float32(0.8)


def test_the_confidence_of_two_classes_says_both():
    frame = FRAME[["path", "label"]].assign(pred=["cat", "dog"] * 2, confidence=0.75)
    found = reading.read(Asked(frame))
    assert not found.top_one
    assert found.table["p_dog"].tolist() == [0.25, 0.75, 0.25, 0.75]


def test_ids_and_the_names_they_stand_for(tmp_path):
    lists = FRAME[["p_cat", "p_dog"]].to_numpy().tolist()
    frame = FRAME[["path"]].assign(label=[0, 0, 1, 1], probs=lists)
    assert reading.read(Asked(frame)).classes == ("0", "1")
    assert reading.read(Asked(frame, classes=["dog", "cat"])).classes == ("dog", "cat")
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {"1": "b", "0": "a"}}))
    assert reading.read(Asked(frame, classes=str(tmp_path / "config.json"))).classes == ("a", "b")
    with pytest.raises(DatasetError, match="3 classes are named"):
        reading.read(Asked(frame, classes="a,b,c"))


def test_lists_without_names_take_the_labels_in_order_and_say_so():
    lists = FRAME[["p_cat", "p_dog"]].to_numpy().tolist()
    found = reading.read(Asked(FRAME[["path", "label"]].assign(probs=lists)))
    assert found.classes == ("cat", "dog")
    assert any("from a to z" in note for note in found.notes)


def test_features_follow_their_images(tmp_path):
    np.save(tmp_path / "f.npy", np.arange(8).reshape(4, 2))
    found = reading.read(Asked(FRAME, features=str(tmp_path / "f.npy")))
    assert found.features.tolist() == [[2, 3], [4, 5], [6, 7], [0, 1]]


def test_arrays_of_objects_are_never_opened(tmp_path):
    file = tmp_path / "table.npz"
    np.savez(file, path=np.array(["a", None], dtype=object), label=np.array([0, 1]))
    with pytest.raises(DatasetError, match="path=NAME"):
        reading.read(Asked(file))


def test_a_further_column_that_is_called_like_one_of_ours():
    found = reading.read(Asked(FRAME.assign(loss=1.5, row=7)))
    assert found.table[["loss (table)", "row (table)"]].iloc[0].tolist() == [1.5, 7]


def test_features_that_float16_cannot_hold_stay_finite():
    found = reading.read(Asked(FRAME, features=np.full((4, 2), 70_000.0)))
    assert found.features.dtype == np.float32
    assert found.features.max() == 70_000


@pytest.mark.parametrize(
    "data", [b"", b"\x93NUMPY\x01\x00\x06\x00{'(': ", b"PK\x05\x06" + bytes(18)]
)
def test_features_that_cannot_be_read_are_named(tmp_path, data):
    (tmp_path / "f.npy").write_bytes(data)
    with pytest.raises(DatasetError, match=r"^The features in .*f\.npy (cannot be read|are no)"):
        reading.read(Asked(FRAME, features=str(tmp_path / "f.npy")))
