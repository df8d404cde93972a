"""A folder of images as a data set."""

import os
from pathlib import Path

import pytest
from PIL import Image

from core.datasets import canonical, load_dataset
from core.datasets.trees import folder
from core.errors import DatasetError
from tests.trees import draw, tree


def test_train_and_test(tmp_path):
    name = tree(
        tmp_path, "train/cat/b.png", "train/cat/a.jpg", "train/dog/1.webp", "test/dog/2.PNG"
    )
    found = load_dataset(name)
    assert found.name == name
    assert found.classes == ("cat", "dog")
    assert found.train.paths == ["train/cat/a.jpg", "train/cat/b.png", "train/dog/1.webp"]
    assert found.train.labels.tolist() == [0, 0, 1]
    assert found.test.labels.tolist() == [1]


def test_val_serves_as_test(tmp_path):
    found = load_dataset(tree(tmp_path, "train/a/1.png", "train/b/2.png", "val/b/3.png"))
    assert found.test.paths == ["val/b/3.png"]


def test_a_second_folder_that_is_held_out_is_noted(tmp_path):
    paths = ("train/a/1.png", "train/b/2.png", "test/b/3.png")
    assert load_dataset(tree(tmp_path / "one", *paths)).notes == ()
    [note] = load_dataset(tree(tmp_path / "two", *paths, "val/a/4.png")).notes
    assert note.startswith("val/ is not used")


def test_a_class_without_an_image_is_noted(tmp_path):
    name = tree(tmp_path, "train/a/1.png", "train/b/2.png", "test/a/3.png")
    (tmp_path / "train/zebra").mkdir()
    found = load_dataset(name)
    assert found.classes == ("a", "b")
    assert found.notes == ("train/zebra/ is left out: it holds no image that can be read.",)


def test_a_class_may_be_called_train(tmp_path):
    name = tree(tmp_path, *(f"{c}/{k}.png" for c in ("bus", "train") for k in range(5)))
    assert load_dataset(name).classes == ("bus", "train")


def test_a_test_folder_without_classes_is_not_used(tmp_path):
    paths = [f"train/{c}/{k}.png" for c in "ab" for k in range(5)]
    found = load_dataset(tree(tmp_path, *paths, "test/1.png"))
    assert found.test.labels.tolist() == [0, 1]
    assert found.notes == ("test/ is not used: it has no folder for each class.",)


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    name = tree(tmp_path, "train/a/1.png", "train/b/2.png", "test/a/3.png")
    listing = os.scandir

    def denied(path):
        if str(path).endswith("train/b"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(DatasetError, match=r"train/b cannot be read \(Permission denied\)"):
        load_dataset(name)


def test_one_tree_is_split_by_class_and_always_the_same(tmp_path):
    name = tree(tmp_path, *(f"{c}/{k}.png" for c in "ab" for k in range(10)))
    first, second = load_dataset(name), load_dataset(name)
    assert first.test.labels.tolist() == [0, 0, 1, 1]
    assert first.test.paths == second.test.paths
    assert not set(first.test.paths) & set(first.train.paths)


def test_nested_hidden_and_other_files(tmp_path):
    name = tree(tmp_path, "train/a/x/1.png", "train/b/2.png", "train/a/.hidden.png", "test/a/3.png")
    (tmp_path / "train/a/notes.txt").write_text("not an image")
    (tmp_path / "train/.cache").mkdir()
    assert load_dataset(name).train.paths == ["train/a/x/1.png", "train/b/2.png"]


def test_copies_in_hidden_folders_are_no_images(tmp_path):
    name = tree(
        tmp_path,
        *("train/a/1.png", "train/a/.ipynb_checkpoints/1.png", "train/a/x/.cache/y/2.png"),
        *("train/b/2.png", "test/a/.trash/3.png", "test/b/4.png", ".old/a/5.png"),
    )
    found = load_dataset(name)
    assert found.train.paths == ["train/a/1.png", "train/b/2.png"]
    assert found.test.paths == ["test/b/4.png"]


def test_links_in_a_circle_are_not_followed(tmp_path):
    name = tree(tmp_path / "data", *(f"{c}/{k}.png" for c in "ab" for k in range(5)))
    (tmp_path / "data/a/inner").symlink_to(tmp_path / "data/a")
    (tmp_path / "data/all").symlink_to(tmp_path / "data")
    (tmp_path / "data/above").symlink_to(tmp_path)
    draw(tmp_path / "elsewhere/6.png")
    (tmp_path / "data/c").symlink_to(tmp_path / "elsewhere")
    found = load_dataset(name)
    assert found.classes == ("a", "b", "c")
    assert len(found.train) + len(found.test) == 11


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        ([], "holds no images: it needs"),
        (["1.png", "2.png"], r"2 images lie beside, not in, such folders .*csv:/path/labels\.csv"),
        (["only/1.png", "only/2.png"], "only one class, 'only'"),
        (["train/a/1.png", "train/b/1.png", "test/c/1.png"], "'c' .* has test images but none"),
        (["a/1.png", "b/1.png"], "has no test images"),
    ],
)
def test_trees_that_cannot_work_are_refused(tmp_path, paths, reason):
    with pytest.raises(DatasetError, match=reason):
        load_dataset(tree(tmp_path, *paths))


def test_a_moved_folder_and_an_unknown_name(tmp_path):
    with pytest.raises(DatasetError, match=r"There is no folder .*moved"):
        load_dataset(f"folder:{tmp_path}/gone")
    for name in ("imagenet", "folder:", "../x"):
        with pytest.raises(DatasetError):
            canonical(name)


def test_a_name_that_is_no_text_is_refused(tmp_path):
    for name in (b"cat", b"d\xffg"):
        place = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(place)
        for k in range(5):
            Image.new("RGB", (8, 8)).save(os.path.join(place, b"%d.png" % k))
    with pytest.raises(DatasetError, match=r"xffg.* is not UTF-8 text: rename it"):
        folder.read(tmp_path)


def test_nor_may_the_folder_itself_have_such_a_name(tmp_path):
    place = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"bl\xfcten"))
    tree(Path(place), "a/1.png", "a/2.png", "b/1.png", "b/2.png")
    with pytest.raises(DatasetError, match=r"bl.xfcten' is not UTF-8 text: rename it"):
        folder.read(Path(place))


def test_a_note_on_a_folder_that_is_left_out_can_be_shown(tmp_path):
    tree(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/2.png")
    os.mkdir(os.path.join(os.fsencode(tmp_path), b"d\xffg"))
    assert folder.read(tmp_path).notes[0].startswith("d\ufffdg/ is left out")


def test_a_file_that_is_replaced_changes_the_contents_and_not_the_fingerprint(tmp_path):
    name = tree(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/2.png")
    found = load_dataset(name)
    before = found.contents()
    assert found.contents() == before
    os.utime(tmp_path / "b/1.png", ns=(0, 1))
    assert found.contents() != before
    assert load_dataset(name).fingerprint == found.fingerprint


def test_a_moved_folder_has_the_same_contents(tmp_path):
    before = load_dataset(tree(tmp_path / "old", "a/1.png", "a/2.png", "b/1.png", "b/2.png"))
    contents = before.contents()
    (tmp_path / "old").rename(tmp_path / "new")
    assert load_dataset(f"folder:{tmp_path}/new").contents() == contents
