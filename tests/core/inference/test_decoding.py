import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.datasets import load_dataset
from core.errors import DatasetError
from core.inference import decoding
from core.training import task


def save(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(values, dtype=np.uint8)).save(path)


@pytest.fixture
def photos(tmp_path):
    """Two classes, three train images and one test image each, 20 x 12, all different."""
    rng = np.random.default_rng(0)
    for split, n in (("train", 3), ("test", 1)):
        for name in ("cat", "dog"):
            for k in range(n):
                save(tmp_path / split / name / f"{k}.png", rng.integers(0, 256, (12, 20, 3)))
    return tmp_path


@pytest.mark.parametrize("workers", [0, 2])
def test_every_image_in_the_order_of_the_data_set(photos, workers):
    dataset = load_dataset(f"folder:{photos}")
    told = []
    found = decoding.decode(dataset, 64, workers, lambda *at: told.append(at))
    assert found.values.shape == (8, 3, 12, 12)  # small images are not enlarged
    assert found.images["index"].tolist() == [0, 1, 2, 3, 4, 5, 0, 1]
    assert found.images["path"].tolist() == [*dataset.train.paths, *dataset.test.paths]
    assert found.images["label"].tolist() == [0, 0, 0, 1, 1, 1, 0, 1]
    centre = np.asarray(dataset.image("train", 4))[:, 4:16].transpose(2, 0, 1)
    assert np.abs(found.values[4].astype(int) - centre).max() <= 1
    assert told[-1] == (8, 8)


def test_unreadable_files_are_listed_and_left_out(photos):
    (photos / "train/cat/1.png").write_bytes(b"no picture")
    found = decoding.decode(load_dataset(f"folder:{photos}"), 64, 0)
    assert found.unreadable == ["train/cat/1.png: not a JPEG, PNG or WebP picture"]
    assert found.images["index"].tolist() == [0, 2, 3, 4, 5, 0, 1]
    assert len(found.values) == 7


def test_a_class_without_a_readable_image_is_refused(photos):
    for path in (photos / "train/dog").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DatasetError, match="No train image of 'dog'"):
        decoding.decode(load_dataset(f"folder:{photos}"), 64, 0)


def test_large_images_are_reduced(photos):
    assert decoding.decode(load_dataset(f"folder:{photos}"), 8, 0).values.shape[-1] == 8


def test_measures_of_pictures_one_can_imagine():
    black, white = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), "white")
    assert decoding.measure(black) == (0, 0, 0)
    assert decoding.measure(white) == (1, 0, 0)
    checks = Image.fromarray((np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8))
    brightness, contrast, sharpness = decoding.measure(checks)
    assert (brightness, contrast) == (0.5, 0.5)
    assert sharpness == 16  # the Laplacian is +-4 everywhere


def test_a_picture_of_one_pixel_has_no_sharpness():
    assert decoding.measure(Image.new("RGB", (1, 1), "white")) == (1, 0, 0)


CLASSES = ("cat", "dog", "ship")


def images_of(*counts):
    labels = np.repeat(range(len(counts)), counts)
    table = pd.DataFrame({"split": "train", "label": labels})
    return pd.concat([table, pd.DataFrame({"split": ["test"], "label": [0]})], ignore_index=True)


def test_a_tenth_of_each_class_is_held_out_and_test_is_not_touched():
    found = task.hold_out(images_of(50, 20, 3), 0.1, 0, CLASSES)
    counts = found[found["split"] == "val"]["label"].value_counts().to_dict()
    assert counts == {0: 5, 1: 2, 2: 1}
    assert found["split"].iloc[-1] == "test"


def test_the_seed_decides_who_is_held_out():
    first, again, other = (task.hold_out(images_of(50), 0.2, s, CLASSES) for s in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


@pytest.mark.parametrize(
    ("n", "fraction", "words"),
    [(1, 0.1, "The class 'dog' has 1 train image, too few"), (2, 0.9, "'dog' has 2 train images,")],
)
def test_a_class_that_cannot_give_images_away_is_named(n, fraction, words):
    with pytest.raises(DatasetError, match=words):
        task.hold_out(images_of(50, n), fraction, 0, CLASSES)
