"""Which folders are splits and which are classes, however they are called and wherever they lie."""

import os
import re
from itertools import product

import pytest

from core.datasets import load_dataset
from core.errors import DatasetError
from tests.trees import draw, tree


def filled(root, *folders, n=5):
    """Each folder with so many images."""
    return tree(root, *(f"{folder}/{k}.png" for folder in folders for k in range(n)))


def counts(name):
    found = load_dataset(name)
    return found.classes, len(found.train), len(found.test)


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("Train", "Test"), ("train", "Test"), ("TRAIN", "VAL"), ("Training", "Testing"),
        ("training", "validation"), ("trn", "tst"), ("train", "dev"), ("train", "eval"),
        ("training_set", "test_set"), ("Train Images", "Test Images"), ("train2017", "val2017"),
        ("seg_train", "seg_test"), ("trainset", "validset"), ("train ", "test"),
        ("seg_train/seg_train", "seg_test/seg_test"), ("train/images", "test/images"),
        ("images/train", "images/test"), ("Data/Train", "Data/Valid"),
        ("a/b/train", "a/b/test"), ("chest_xray/chest_xray/train", "chest_xray/chest_xray/test"),
    ],
)  # fmt: skip
def test_splits_by_any_name_and_case(tmp_path, train, test):
    name = filled(tmp_path, *(f"{s}/{c}" for s, c in product((train, test), ("cat", "dog"))))
    assert counts(name) == (("cat", "dog"), 10, 10)


def test_one_more_split_than_is_used_is_noted(tmp_path):
    folders = product(("Training", "Testing", "Validation", "holdout"), ("cat", "dog"))
    name = filled(tmp_path, *map("/".join, folders))
    assert counts(name) == (("cat", "dog"), 10, 10)
    notes = load_dataset(name).notes
    assert [note.split("/")[0] for note in notes] == ["Validation", "holdout"]
    assert load_dataset(name).test.paths[0].startswith("Testing/")


def test_a_folder_in_the_way_is_noted(tmp_path):
    assert counts(filled(tmp_path, "PetImages/Cat", "PetImages/Dog")) == (("Cat", "Dog"), 8, 2)
    assert load_dataset(f"folder:{tmp_path}").notes == (
        "The classes are the folders in PetImages/.",
    )


@pytest.mark.parametrize("folder", ["test/unknown", "test/images", "test"])
def test_test_images_that_nobody_has_labelled_are_not_used(tmp_path, folder):
    name = filled(tmp_path, "train/cat", "train/dog", "val/cat", "val/dog", folder)
    assert counts(name) == (("cat", "dog"), 10, 10)
    assert load_dataset(name).notes[0] == "test/ is not used: it has no folder for each class."


TWO_WAYS = {
    "two trains": ("train/cat", "train/dog", "Training/cat", "Training/dog"),
    "two tests": ("train/a", "train/b", "test/a", "test/b", "testing/a", "testing/b"),
    "no train": ("Testing/cat", "Testing/dog", "Validation/cat", "Validation/dog"),
    "a test folder beside classes": ("cat", "dog", "test"),
    "splits without classes": ("train", "test"),
    "another name for test": ("train/cat", "train/dog", "holdout/cat", "holdout/dog"),
    "a class with folders, called train": ("bus", "train/steam", "train/diesel"),
    "splits inside of classes": ("cat/train", "cat/test", "dog/train", "dog/test"),
    "places above classes": ("A/cat", "A/dog", "B/cat", "B/dog"),
    "places that lack a class": ("A/cat", "A/dog", "A/fox", "B/cat", "B/dog"),
    "places above classes in train": ("train/A/x", "train/A/y", "train/B/x", "train/B/y"),
    "a data set beside a folder of images": ("images/train/a", "images/train/b", "samples"),
}  # fmt: skip


@pytest.mark.parametrize("folders", TWO_WAYS.values(), ids=TWO_WAYS)
def test_what_can_be_read_in_two_ways_is_refused_with_a_way_out(tmp_path, folders):
    with pytest.raises(DatasetError, match=r"ways: |and no train/") as refused:
        load_dataset(filled(tmp_path, *folders))
    assert re.search(r"folder:/|classes\.txt|rename", str(refused.value))


@pytest.mark.parametrize(
    ("folders", "said", "where"),
    [
        (("cat", "dog", "test"), ("cat", "dog", "test"), "."),
        (("A/cat", "A/dog", "B/cat", "B/dog"), ("A", "B"), "."),
        (("bus", "train/steam", "train/diesel"), ("bus", "Train "), "."),
        (("train/A/x", "train/A/y", "train/B/x", "train/B/y"), ("A", "B"), "."),
        (("train/A/x", "train/A/y", "train/B/x", "train/B/y"), ("A", "B"), "train"),
    ],
)
def test_classes_txt_says_which(tmp_path, folders, said, where):
    name = filled(tmp_path, *folders)
    (tmp_path / where / "classes.txt").write_text("\n".join(said), encoding="utf-8-sig")
    assert {c.lower() for c in load_dataset(name).classes} == {s.lower().strip() for s in said}


def test_classes_may_all_hold_one_folder_of_a_name(tmp_path):
    """As Tiny ImageNet's do."""
    name = filled(tmp_path, "train/cat/images", "train/dog/images", "test/cat", "test/dog")
    assert counts(name) == (("cat", "dog"), 10, 10)


def test_folders_beside_images_are_no_classes(tmp_path):
    name = filled(tmp_path, "cat", "cat/day", "cat/night", "dog/day", "dog/night")
    assert load_dataset(name).classes == ("cat", "dog")


def test_names_are_compared_as_people_mean_them(tmp_path):
    composed, apart = "K\u00e4se", "Ka\u0308se"
    name = filled(tmp_path, f"train/{composed}", "train/dog", f"test/{apart}", "test/Dog ")
    assert counts(name) == (("K\u00e4se", "dog"), 10, 10)
    first, second = sorted(load_dataset(name).notes, key=len, reverse=True)
    assert "NFC" in second
    assert "'Dog ' is the class 'dog': " in first
    assert "a blank at an end and upper and lower case" in first


def test_two_classes_that_differ_only_so_are_two_and_noted(tmp_path):
    name = filled(tmp_path, "a", "A", "b")
    [note] = load_dataset(name).notes
    assert note == (
        "The classes 'A' and 'a' are two, though their names differ only in upper and lower case."
    )
    draw(tmp_path / "train/a/1.png")


def test_a_test_class_like_two_of_train_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"'CAT' .* where 'Cat' and 'cat' are spelled like it"):
        load_dataset(filled(tmp_path, "train/Cat", "train/cat", "train/dog", "test/CAT"))


def test_a_flat_folder_says_where_its_images_lie(tmp_path):
    with pytest.raises(DatasetError, match="12 images lie beside, not in, such folders"):
        load_dataset(tree(tmp_path, *(f"{k}.png" for k in range(12))))


def test_links_inside_of_a_class_are_followed_and_circles_noted(tmp_path):
    """What ImageFolder finds, which would never end in a circle."""
    name = filled(tmp_path / "data", "cat", "dog")
    filled(tmp_path / "store", "one/two")
    os.symlink(tmp_path / "store", tmp_path / "data/dog/batch")
    os.symlink(tmp_path / "data", tmp_path / "data/dog/up")
    os.symlink(tmp_path / "store/one", tmp_path / "store/one/two/again")
    found = load_dataset(name)
    assert len(found.train) + len(found.test) == 15
    assert found.notes[-1].startswith("2 links are not followed")


def test_what_a_nas_or_a_system_left_is_no_image_and_no_class(tmp_path):
    name = filled(tmp_path, "cat", "dog")
    filled(tmp_path, "cat/@eaDir/1.png", "dog/.AppleDouble", "@eaDir/x", "$RECYCLE.BIN", n=2)
    filled(tmp_path, "__MACOSX/cat", "System Volume Information", "lost+found", "#recycle", n=1)
    filled(tmp_path, "cat/Thumbs", "cat/.thumbnails", n=3)
    for path in ("cat/Thumbs.db", "cat/._1.png", "dog/.DS_Store", "dog/desktop.ini"):
        (tmp_path / path).write_bytes(b"x")
    found = load_dataset(name)
    assert found.classes == ("cat", "dog")
    assert len(found.train) + len(found.test) == 10
    [note] = found.notes
    assert "@eaDir" in note
    assert sum(found.left_out.values()) == 22


def test_every_file_is_accounted_for(tmp_path):
    kinds = ("jpg", "jfif", "jpe", "bmp", "tif", "gif", "avif", "jp2")
    formats = {"jfif": "JPEG", "jpe": "JPEG"}
    for c, kind in product(("cat", "dog"), kinds):
        for k in range(3):
            draw(tmp_path / c / f"{k}.{kind}", format=formats.get(kind))
    for path in ("cat/a.txt", "cat/b.txt", "dog/c.XML", "dog/README", "dog/d.heic"):
        (tmp_path / path).write_bytes(b"x")
    found = load_dataset(f"folder:{tmp_path}")
    assert len(found.train) + len(found.test) == 48
    assert sum(found.left_out.values()) == 5
    [note] = found.notes
    assert note.startswith("5 files are left out, as no image that can be read: 2 .txt, ")
    assert "1 .xml" in note
    assert "1 without a suffix" in note
    assert "pip install pillow-heif" in note


def test_a_folder_of_what_cannot_be_read_says_what_it_holds(tmp_path):
    for k in range(3):
        (tmp_path / "cat").mkdir(exist_ok=True)
        (tmp_path / f"cat/{k}.psd").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"that can be read, but 3 \.psd"):
        load_dataset(f"folder:{tmp_path}")
