"""Images behind data sets: files where there are some, copies where there are none."""

import numpy as np
import pytest
import torch
from PIL import Image

from core.bringing import pictures
from core.errors import DatasetError

RED = np.zeros((4, 6, 3), dtype=np.uint8) + np.array([255, 0, 0], dtype=np.uint8)


class Folder:
    """What torchvision's ImageFolder has."""

    def __init__(self, samples):
        self.samples = samples

    def __len__(self):
        return len(self.samples)


def test_files_of_a_folder_and_of_a_subset():
    folder = Folder([("/d/cat/1.png", 0), ("/d/dog/2.png", 1)])
    assert pictures.files_of(folder) == ["/d/cat/1.png", "/d/dog/2.png"]
    assert pictures.files_of(torch.utils.data.Subset(folder, [1])) == ["/d/dog/2.png"]


@pytest.mark.parametrize("other", [[1, 2], Folder([(b"", 0)]), torch.utils.data.Subset([1], [0])])
def test_data_sets_without_files(other):
    assert pictures.files_of(other) is None


def test_files_share_a_folder_and_are_measured(tmp_path):
    for name in ("train/a.png", "test/b.png"):
        (tmp_path / name).parent.mkdir()
        Image.new("RGB", (8, 8), (128, 128, 128)).save(tmp_path / name)
    files = {"train": [f"{tmp_path}/train/a.png"], "test": [f"{tmp_path}/test/b.png"]}
    found = pictures.of_files(files)
    assert found.root == tmp_path
    assert found.paths == {"train": ["train/a.png"], "test": ["test/b.png"]}
    assert found.measures["test"][0, 0] == pytest.approx(128 / 255, abs=1e-6)


def test_a_file_that_is_gone_has_no_measures(tmp_path):
    found = pictures.of_files({"test": [f"{tmp_path}/a.png", f"{tmp_path}/b.png"]})
    assert np.isnan(found.measures["test"]).all()


@pytest.mark.parametrize(
    "item",
    [
        Image.fromarray(RED),
        (Image.fromarray(RED).convert("P"), 3),
        RED,
        RED.transpose(2, 0, 1),
        torch.from_numpy(RED.transpose(2, 0, 1).copy()) / 255,
    ],
)
def test_pictures_in_any_form(item):
    assert np.array_equal(np.asarray(pictures.as_picture(item)), RED)


def test_grey_ones_become_three_channels():
    assert pictures.as_picture(np.full((1, 5, 5), 7, np.uint8)).getpixel((0, 0)) == (7, 7, 7)


@pytest.mark.parametrize("item", [np.zeros(3), np.zeros((4, 4), dtype=complex), "cat"])
def test_what_is_no_picture(item):
    with pytest.raises(DatasetError, match="no picture"):
        pictures.as_picture(item)


def test_the_same_images_are_stored_once(artifacts_root):
    first, again = (pictures.stored({"test": [RED, RED // 2]}) for _ in range(2))
    assert first.root == again.root
    assert first.paths == {"test": ["test/000000.png", "test/000001.png"]}
    assert np.array_equal(np.asarray(Image.open(first.root / "test/000001.png")), RED // 2)
    assert [path.name for path in (artifacts_root / "datasets").iterdir()] == [first.root.name]
    assert pictures.stored({"test": [RED, RED]}).root != first.root


def test_inputs_are_stretched_to_pictures():
    inputs = [(torch.tensor([-2.0, 0.0, 2.0]).view(3, 1, 1).expand(3, 2, 2), 0)]
    [shown] = pictures.stretched(inputs, inputs[0][0][None])
    assert shown[:, 0, 0].tolist() == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("values", "pixels"),
    [
        (np.array([[0.0, 0.5], [1.0, 0.25]]), [[0, 128], [255, 64]]),
        (np.array([[0.0, 0.5], [1.01, 255.0]]), [[0, 0], [1, 255]]),
        (np.array([[-0.5, np.nan], [0.0, 1.0]]), [[0, 0], [0, 255]]),
        (np.array([[-3, 300], [7, 255]]), [[0, 255], [7, 255]]),
        (np.array([[0, 1], [1, 0]], dtype=np.uint8), [[0, 1], [1, 0]]),
    ],
)
def test_numbers_up_to_one_are_shares_of_white_and_others_are_levels(values, pixels):
    found = np.asarray(pictures.as_picture(values))
    assert found.shape == (2, 2, 3)
    assert found[..., 0].tolist() == pixels
    assert (found == found[..., :1]).all()


def test_three_columns_of_three_channels_are_taken_as_they_stand():
    rows = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    assert np.array_equal(np.asarray(pictures.as_picture(rows)), rows)
    flat = np.arange(12, dtype=np.uint8).reshape(3, 4, 1)
    assert np.asarray(pictures.as_picture(flat))[..., 2].tolist() == flat[..., 0].tolist()
    tall = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    assert np.array_equal(np.asarray(pictures.as_picture(tall)), tall.transpose(1, 2, 0))
    one = np.arange(12, dtype=np.uint8).reshape(1, 3, 4)
    assert np.asarray(pictures.as_picture(one)).shape == (3, 4, 3)


@pytest.mark.parametrize("item", [np.zeros((2, 2, 2, 2)), np.zeros((2, 2), dtype=bool), None])
def test_neither_stacks_nor_masks_are_pictures(item):
    with pytest.raises(DatasetError, match=r"^An image is \w+ \(.*\): no picture"):
        pictures.as_picture(item)


def test_the_outermost_thousandth_of_inputs_decides_nothing():
    seen = torch.linspace(0, 1, 10_001)
    seen[0], seen[-1] = -1000, 1000
    [shown] = pictures.stretched([(seen, 0)], seen)
    assert shown[[500, 5000, 9500]] == pytest.approx([0.0491, 0.5, 0.9509], abs=1e-3)
    assert shown[[5, 9995]].tolist() == [0, 1]
    assert (shown[0], shown[-1]) == (0, 1)
    [flat] = pictures.stretched([(torch.full((3,), 7.0), 0)], torch.full((3,), 7.0))
    assert flat.tolist() == [0, 0, 0]


def test_no_files_where_the_list_is_another_data_sets():
    longer = Folder([("/d/1.png", 0), ("/d/2.png", 1)])
    longer.__class__ = type("Longer", (Folder,), {"__len__": lambda self: 3})
    assert pictures.files_of(longer) is None


def test_paths_need_no_label_beside_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert pictures.files_of(Folder(["a.png", tmp_path / "b.png"])) == [
        str(tmp_path / "a.png"), str(tmp_path / "b.png"),
    ]  # fmt: skip
