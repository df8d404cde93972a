import os

import numpy as np
import pytest

from core.datasets import load_dataset, stl10
from core.errors import DatasetError

CLASSES = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]


@pytest.fixture
def binary(tmp_path):
    """Three train images and one test image of noise in the official layout."""
    pixels = np.random.default_rng(0).integers(0, 256, (4, 3, 96, 96), dtype=np.uint8)
    (tmp_path / "class_names.txt").write_text("\n".join(CLASSES))
    for split, part, labels in (("train", pixels[:3], [1, 10, 4]), ("test", pixels[3:], [5])):
        part.tofile(tmp_path / f"{split}_X.bin")
        np.array(labels, dtype=np.uint8).tofile(tmp_path / f"{split}_y.bin")
    return tmp_path, pixels


def test_columns_become_rows_and_labels_count_from_0(binary):
    folder, pixels = binary
    found = load_dataset(f"stl10:{folder}")
    assert found.classes == tuple(CLASSES)
    assert found.train.labels.tolist() == [0, 9, 3]
    image = np.asarray(found.image("train", 1))
    assert image[10, 20].tolist() == pixels[1, :, 20, 10].tolist()


def test_val_shares_the_numbering_of_train(binary):
    found = load_dataset(f"stl10:{binary[0]}")
    assert found.image("val", 2).tobytes() == found.image("train", 2).tobytes()


@pytest.mark.parametrize("index", [-1, 3, 10**9])
def test_an_image_that_is_not_there(binary, index):
    with pytest.raises(DatasetError, match=f"no train image {index}"):
        load_dataset(f"stl10:{binary[0]}").image("train", index)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("train_X.bin", None, "train_X.bin is missing"),
        ("class_names.txt", None, "class_names.txt is missing"),
        ("class_names.txt", b"cat", "two classes or more"),
        ("class_names.txt", b"cat dog cat", "two classes or more"),
        ("train_X.bin", b"short", "not a whole number of images"),
        ("train_X.bin", b"", "not a whole number of images"),
        ("test_y.bin", b"\x01\x02", "2 labels for 1 images"),
        ("test_y.bin", b"\x0b", "labels outside 1..10"),
        ("test_y.bin", b"\x00", "labels outside 1..10"),
    ],
)
def test_damage_is_named(binary, file, content, reason):
    path = binary[0] / file
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DatasetError, match=reason):
        load_dataset(f"stl10:{binary[0]}")


def test_a_file_that_is_cut_short_while_it_is_open_is_an_error_and_no_crash(binary):
    found = load_dataset(f"stl10:{binary[0]}")
    os.truncate(binary[0] / "train_X.bin", 96 * 96)
    with pytest.raises(DatasetError, match="has been cut short"):
        found.image("train", 2)


def test_another_content_is_another_fingerprint(binary):
    before = load_dataset(f"stl10:{binary[0]}").fingerprint
    (binary[0] / "test_y.bin").write_bytes(b"\x06")
    assert load_dataset(f"stl10:{binary[0]}").fingerprint != before


def test_other_images_are_other_contents(binary):
    before = load_dataset(f"stl10:{binary[0]}").contents()
    os.utime(binary[0] / "test_X.bin", ns=(0, 1))
    assert load_dataset(f"stl10:{binary[0]}").contents() != before


def test_real_bytes_are_upright_and_of_the_right_class(real_stl10):
    """110 official images: the same pixels from the binary file as from the PNGs beside it."""
    import pandas as pd
    from PIL import Image

    images = stl10.BinaryImages(real_stl10 / "train_X_first110.bin")
    listed = pd.read_csv(real_stl10 / "labels.csv").query("split == 'train'")
    labels = np.fromfile(real_stl10 / "train_y.bin", dtype=np.uint8)
    names = (real_stl10 / "class_names.txt").read_text().split()
    assert len(images) == len(listed) == 110
    for row in listed.itertuples():
        with Image.open(real_stl10 / row.file) as png:
            assert np.array_equal(np.asarray(images[row.official_index]), np.asarray(png))
        assert names[labels[row.official_index] - 1] == row[4]


def test_real_test_labels(real_stl10):
    names = (real_stl10 / "class_names.txt").read_text().split()
    labels = np.fromfile(real_stl10 / "test_y.bin", dtype=np.uint8)
    files = sorted((real_stl10 / "test").glob("*/*.png"))
    assert len(files) == 10
    assert all(names[labels[int(f.stem)] - 1] == f.parent.name for f in files)
