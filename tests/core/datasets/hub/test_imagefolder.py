"""Folders of images, with metadata beside them or without."""

import json

from core.datasets import load_dataset
from tests.hub_shards import NAMES
from tests.trees import tree


def test_a_folder_of_images_with_metadata(tmp_path):
    tree(tmp_path, *(f"{s}/{k}.png" for s in ("train", "test") for k in range(4)))
    for split in ("train", "test"):
        lines = [f"{k}.png,{NAMES[k % 2]},{k}" for k in range(4)]
        (tmp_path / split / "metadata.csv").write_text("\n".join(["file_name,label,iso", *lines]))
    found = load_dataset(f"hf:{tmp_path}")
    assert (found.name, found.classes) == (f"hf:{tmp_path}", ("cat", "dog"))
    assert found.test.paths == [f"test/{k}.png" for k in range(4)]
    assert found.metadata["test"].to_pydict() == {"iso": [0, 1, 2, 3]}


def test_metadata_without_labels_has_those_of_the_folders(tmp_path):
    tree(tmp_path, *(f"train/{c}/{k}.png" for c in NAMES for k in range(5)))
    lines = [
        json.dumps({"file_name": f"train/{c}/{k}.png", "iso": k}) for c in NAMES for k in range(5)
    ]
    (tmp_path / "metadata.jsonl").write_text("\n".join(lines))
    assert load_dataset(f"hf:{tmp_path}").classes == ("cat", "dog")


def test_a_folder_without_metadata_is_a_tree(tmp_path):
    tree(tmp_path, *(f"{s}/{c}/1.png" for s in ("train", "test") for c in NAMES))
    found = load_dataset(f"hf:{tmp_path}")
    assert (found.name, len(found.test)) == (f"hf:{tmp_path}", 2)
