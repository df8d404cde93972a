"""An .npz file as a data set, as people have them."""

import pickle
import zipfile

import numpy as np
import pytest

from core.datasets import load_dataset
from core.datasets.arrays import members
from core.errors import DatasetError

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (10, 6, 8, 3), dtype=np.uint8)
IDS = np.array([0, 1] * 5)
SPLIT = {"x_train": COLOUR, "y_train": IDS, "x_test": COLOUR[:4], "y_test": IDS[:4]}


def saved(folder, save=np.savez, **arrays):
    path = folder / "a.npz"
    save(path, **arrays)
    return f"npz:{path}"


def counts(name):
    found = load_dataset(name)
    return found.classes, len(found.train), len(found.test)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("small", [0, 1 << 20])
def test_the_pixels_are_those_of_the_arrays(tmp_path, artifacts_root, monkeypatch, save, small):
    monkeypatch.setattr(members, "SMALL", small)
    name = saved(tmp_path, save, **SPLIT)
    found = load_dataset(name)
    assert found.name == name
    assert counts(name) == (("0", "1"), 10, 4)
    assert found.train.labels.tolist() == IDS.tolist()
    for k in range(10):
        assert np.array_equal(found.image("train", k), COLOUR[k])
    again = pickle.loads(pickle.dumps(found.train.images))  # as a data worker gets it
    assert np.array_equal(again[3], COLOUR[3])


@pytest.mark.parametrize(
    "names",
    [
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("trainX", "trainy", "testX", "testy"),
        ("x_train", "y_train", "x_val", "y_val"),
        ("training data", "training targets", "validation data", "validation targets"),
    ],
)
def test_arrays_by_any_of_their_names(tmp_path, names):
    name = saved(tmp_path, **dict(zip(names, SPLIT.values(), strict=True)))
    assert counts(name) == (("0", "1"), 10, 4)


def test_val_beside_test_is_noted_and_not_used(tmp_path):
    found = load_dataset(saved(tmp_path, **SPLIT, val_images=COLOUR, val_labels=IDS))
    assert found.notes == ("val_images is not used: a part of train is held out to choose by.",)


def test_arrays_of_no_split_are_split_by_class(tmp_path):
    found = load_dataset(saved(tmp_path, X=COLOUR, y=IDS))
    assert (len(found.train), found.test.labels.tolist()) == (8, [0, 1])
    at = found.test.images.numbers[0]
    assert np.array_equal(found.image("test", 0), COLOUR[at])


GREY = COLOUR[..., 0]


@pytest.mark.parametrize(
    ("images", "right"),
    [
        (GREY, GREY),
        (GREY[..., None], GREY),
        (GREY[:, None], GREY),
        (COLOUR.transpose(0, 3, 1, 2), COLOUR),
        (np.asfortranarray(COLOUR), COLOUR),
        (COLOUR.astype(np.int64), COLOUR),
        (COLOUR.astype(np.float32), COLOUR),
        (COLOUR / 255, COLOUR),
        (COLOUR.astype(np.uint16) * 257, COLOUR),
        (GREY > 127, np.where(GREY > 127, 255, 0)),
    ],
)  # fmt: skip
def test_shapes_and_numbers_of_any_kind(tmp_path, images, right):
    found = load_dataset(saved(tmp_path, x=images, y=IDS))
    at = found.train.images.numbers[2]
    shown = np.asarray(found.image("train", 2))
    right = right[at] if right.ndim == 4 else np.repeat(right[at][..., None], 3, axis=2)
    assert np.abs(shown.astype(int) - right).max() == 0


@pytest.mark.parametrize(
    ("labels", "more", "classes"),
    [
        (IDS[:, None], {}, ("0", "1")),
        (np.eye(2)[IDS], {}, ("0", "1")),
        (IDS.astype(np.float32) + 9, {}, ("9", "10")),
        (np.array(["dog", "猫"])[IDS], {}, ("dog", "猫")),
        (IDS, {"class_names": np.array(["cat", "dog"])}, ("cat", "dog")),
    ],
)
def test_labels_of_any_kind(tmp_path, labels, more, classes):
    assert load_dataset(saved(tmp_path, x=COLOUR, y=labels, **more)).classes == classes


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"a": COLOUR}, "holds a: it needs x_train and y_train"),
        ({"x_train": COLOUR, "x_test": COLOUR}, "it needs x_train and y_train"),
        ({"x": COLOUR, "y": IDS[:9]}, "9 labels in y for 10 images in x"),
        ({"x": COLOUR, "y": np.ones((10, 2))}, "more than one label"),
        ({"x": COLOUR, "y": IDS / 3}, "labels are whole numbers"),
        ({"x": COLOUR, "y": np.zeros(10, int)}, "two classes or more"),
        ({"x": np.zeros((10, 9, 9, 9)), "y": IDS}, "10 x 9 x 9 x 9: images are"),
        ({"x": np.zeros((10, 9)), "y": IDS}, "10 x 9: images are"),
        ({"x": np.full((10, 5, 5), "a"), "y": IDS}, "images are numbers"),
        ({"x": COLOUR / 255 - 0.5, "y": IDS}, "not clear what is white"),
        ({"x": COLOUR, "images": COLOUR, "y": IDS}, "'x' and 'images' can be read as the same"),
        ({**SPLIT, "y_test": IDS[:4] + 7}, "'8' .* has test images but none in train|'7'"),
        ({"x": np.array([{}] * 10), "y": IDS}, "Python objects|10: images are"),
        ({"x": COLOUR, "y": np.array([{}] * 10)}, "holds Python objects, which are not read"),
    ],
)  # fmt: skip
def test_arrays_that_cannot_work_are_refused(tmp_path, arrays, reason):
    with pytest.raises(DatasetError, match=reason):
        load_dataset(saved(tmp_path, **arrays))


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="There is no file"):
        load_dataset(f"npz:{tmp_path}/gone.npz")
    place = tmp_path / "bad.npz"
    place.write_bytes(b"nonsense")
    with pytest.raises(DatasetError, match=r"bad\.npz is no \.npz file, or damaged"):
        load_dataset(f"npz:{place}")
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("x.npy", b"nonsense")
    with pytest.raises(DatasetError, match="damaged"):
        load_dataset(f"npz:{place}")


def test_a_file_that_is_cut_short_is_an_unreadable_image(tmp_path):
    name = saved(tmp_path, **SPLIT)
    found = load_dataset(name)
    assert found.image("train", 0)
    (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:300])
    with pytest.raises(DatasetError, match="cut short"):
        found.image("train", 1)


def test_other_pixels_are_another_data_set(tmp_path):
    first = load_dataset(saved(tmp_path, **SPLIT)).fingerprint
    assert load_dataset(saved(tmp_path, **SPLIT)).fingerprint == first
    other = {**SPLIT, "x_test": COLOUR[4:8]}
    assert load_dataset(saved(tmp_path, **other)).fingerprint != first
