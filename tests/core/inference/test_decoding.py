import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.datasets import load_dataset, picture
from core.errors import DatasetError
from core.inference import decoding
from core.inference.batches import Streamed
from core.models.preprocessing import Preprocessing, notebook
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
    found = decoding.decode(dataset, notebook(64), workers, lambda *at: told.append(at))
    assert found.values.shape == (8, 3, 12, 12)  # small images are not enlarged
    assert found.images["index"].tolist() == [0, 1, 2, 3, 4, 5, 0, 1]
    assert found.images["path"].tolist() == [*dataset.train.paths, *dataset.test.paths]
    assert found.images["label"].tolist() == [0, 0, 0, 1, 1, 1, 0, 1]
    centre = np.asarray(dataset.image("train", 4))[:, 4:16].transpose(2, 0, 1)
    assert np.abs(found.values[4].astype(int) - centre).max() <= 1
    assert told[-1] == (8, 8)


def test_unreadable_files_are_listed_and_left_out(photos):
    (photos / "train/cat/1.png").write_bytes(b"no picture")
    found = decoding.decode(load_dataset(f"folder:{photos}"), notebook(64), 0)
    assert found.unreadable == [
        "train/cat/1.png: not a picture of a kind that is read, such as JPEG, PNG or TIFF"
    ]
    assert found.images["index"].tolist() == [0, 2, 3, 4, 5, 0, 1]
    assert len(found.values) == 7


def test_a_class_without_a_readable_image_is_refused(photos):
    for path in (photos / "train/dog").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DatasetError, match="No train image of 'dog'"):
        decoding.decode(load_dataset(f"folder:{photos}"), notebook(64), 0)


def test_large_images_are_reduced(photos):
    assert decoding.decode(load_dataset(f"folder:{photos}"), notebook(8), 0).values.shape[-1] == 8


def noise(path, side, seed=0):
    save(path, np.random.default_rng(seed).integers(0, 256, (side, side, 3)))


def sizes(root, thumbs=30, large=20):
    """A class of thumbnails and one of photographs, many more thumbnails."""
    for split in ("train", "test"):
        for k in range(thumbs):
            noise(root / split / "thumb" / f"{k}.png", 40, k)
        for k in range(large):
            noise(root / split / "photo" / f"{k}.png", 400, k)
    return load_dataset(f"folder:{root}")


@pytest.mark.parametrize("view", [notebook(224), Preprocessing(224, 256, "centre")])
def test_large_photographs_are_kept_as_if_they_were_alone(tmp_path, view):
    dataset = sizes(tmp_path, 6, 2)
    found = decoding.decode(dataset, view, 0)
    row = int(np.flatnonzero(found.images["path"].str.contains("train/photo"))[0])
    alone = picture.shown(dataset.image("train", 0), view, 224)
    assert found.values.shape[-1] == found.side == 224
    assert np.array_equal(found.values[row], alone)


def test_nothing_is_reduced_for_want_of_memory(tmp_path):
    dataset, view = sizes(tmp_path, 6, 2), Preprocessing(224, 256, "centre")
    found = decoding.decode(dataset, view, 0, room=1000)
    assert isinstance(found.values, Streamed)
    assert found.side == 224


def test_small_images_of_which_all_would_not_fit_enlarged_are_kept_small(photos):
    dataset, view = load_dataset(f"folder:{photos}"), Preprocessing(64, 72, "centre")
    assert decoding.decode(dataset, view, 0).side == 64
    few = decoding.decode(dataset, view, 0, room=8 * 3 * 20 * 20)
    assert (few.side, few.values.shape) == (12, (8, 3, 12, 12))


def test_one_rule_for_16_bits_is_found_and_said(photos):
    for k, most in enumerate((4000, 300, 900)):
        values = np.linspace(0, most, 144).reshape(12, 12).astype(np.uint16)
        Image.fromarray(values).save(photos / "train/cat" / f"{k}.png")
    found = decoding.decode(load_dataset(f"folder:{photos}"), notebook(64), 0)
    assert found.kept()["levels"] == {"sixteen": 4095, "more": 0}
    assert "No value of the 3 pictures of 16 bits is above 4,000" in found.notes[0]
    brightness = found.images["brightness"][:3].tolist()
    assert brightness == pytest.approx([0.49, 0.037, 0.11], abs=0.01)


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
