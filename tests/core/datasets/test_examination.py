"""What a data set is found to hold before a training."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.datasets import examination, load_dataset
from core.datasets.examination import Examination, examine, twins
from tests.trees import draw, tree


@pytest.fixture
def folder(tmp_path):
    """Every image has a colour of its own but one of test, which is in train too."""
    for k in range(12):
        place = f"{('train', 'test')[k >= 8]}/{'ab'[k % 2]}/{k}.png"
        draw(tmp_path / place, (k * 9, 5, 5), (40 + k, 30))
    shutil.copy(tmp_path / "train/a/2.png", tmp_path / "test/a/copy.png")
    draw(tmp_path / "train/b/grey.png", mode="L", size=(200, 100))
    (tmp_path / "train/b/broken.png").write_bytes(b"broken")
    return f"folder:{tmp_path}"


def test_counts_sizes_and_modes(folder):
    found = examine(load_dataset(folder))
    assert {name: n.tolist() for name, n in found.counts.items()} == {
        "train": [4, 6],
        "test": [3, 2],
    }
    assert found.looked_at == 15
    assert found.modes == {"RGB": 13, "L": 1}
    assert found.sizes.max(axis=0).tolist() == [200, 100]
    assert found.damaged[0].startswith("train/b/broken.png: ")
    assert found.few() == [("a", 4), ("b", 6)]
    assert found.seconds > 0


def test_three_images_a_class_are_from_all_over_train(folder):
    assert examine(load_dataset(folder)).shown == {
        0: (("train", 0), ("train", 1), ("train", 3)),
        1: (("train", 0 + 4), ("train", 6), ("train", 9)),
    }


def test_images_of_test_that_are_in_train(folder):
    dataset = load_dataset(folder)
    [(one, other)] = twins(dataset)
    assert (dataset.train.paths[one], dataset.test.paths[other]) == (
        "train/a/2.png",
        "test/a/copy.png",
    )


def test_so_with_arrays(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (8, 4, 4), dtype=np.uint8)
    images[7] = images[2]
    np.savez(
        tmp_path / "a.npz", x_train=images[:6], y_train=[0, 1] * 3, x_test=images[6:], y_test=[0, 1]
    )
    found = examine(load_dataset(f"npz:{tmp_path}/a.npz"))
    assert found.twins == [(2, 1)]
    assert found.sizes.tolist() == [[4, 4]] * 8
    assert found.modes == {"RGB": 8}


def test_images_that_are_drawn_are_not_compared(artifacts_root):
    assert twins(load_dataset("demo")) is None


def test_a_data_set_without_twins_has_none(tmp_path):
    name = tree(tmp_path, "train/a/1.png", "train/b/2.png", "test/a/3.jpg")
    assert twins(load_dataset(name)) == []


def test_few_are_fewer_than_twenty_images_the_fewest_first():
    dataset = SimpleNamespace(classes=("a", "b", "c", "d", "e"))
    counts = {"train": np.array([19, 20, 0, 19, 300]), "test": np.zeros(5)}
    found = Examination(dataset, counts, 0, np.zeros((0, 2)), {}, (), None)
    assert found.few() == [("c", 0), ("a", 19), ("d", 19)]
    assert found.seconds == 0
    many = SimpleNamespace(classes=range(40))
    turns = Examination(many, {"train": np.tile([3, 1], 20)}, 0, np.zeros((0, 2)), {}, (), None)
    assert [name for name, _ in turns.few()] == [*range(1, 40, 2), *range(0, 40, 2)]


def test_a_class_without_test_images_is_counted_too(tmp_path):
    images = np.zeros((6, 4, 4), dtype=np.uint8)
    split = {"x_train": images, "y_train": [0, 1, 2] * 2, "x_test": images[:2], "y_test": [0, 0]}
    np.savez(tmp_path / "a.npz", **split)
    found = examine(load_dataset(f"npz:{tmp_path}/a.npz"))
    assert found.counts["test"].tolist() == [2, 0, 0]


def halves(*train: bytes, test: tuple = (), paths=None):
    """A data set that is no more than the bytes of its images; None cannot be read."""

    def split(raws):
        def raw(k):
            if raws[k] is None:
                raise OSError
            return raws[k]

        images = SimpleNamespace(raw=raw)
        return type("Split", (), {"images": images, "paths": paths, "__len__": lambda _: len(raws)})

    both = {"train": split(train)(), "test": split(test)()}
    return SimpleNamespace(split=both.get, **both)


def test_of_equal_images_the_first_of_train_is_named_and_each_of_test_once():
    train = b"b", b"a", b"a", None, b"long"
    assert twins(halves(*train, test=(b"c", b"a", None, b"b", b"a", b"lang"))) == [
        (0, 3), (1, 1), (1, 4),
    ]  # fmt: skip
    assert twins(halves(b"a", b"a", test=(b"b",))) == []
    assert twins(halves(b"b", test=(b"a", b"a"))) == []


@pytest.mark.parametrize(("bound", "paths"), [("HASHED", None), ("COMPARED", ["a"])])
def test_up_to_a_bound_images_are_compared(monkeypatch, bound, paths):
    for name in ("HASHED", "COMPARED"):
        monkeypatch.setattr(examination, name, 3 if name == bound else 0)
    assert twins(halves(b"a", b"b", test=(b"a",), paths=paths)) == [(0, 0)]
    assert twins(halves(b"a", b"b", test=(b"a", b"c"), paths=paths)) is None


def test_images_without_bytes_of_their_own_are_not_compared():
    one = halves(b"a", test=(b"a",))
    del one.test.images.raw
    assert twins(one) is None


@pytest.mark.parametrize(
    ("n", "most", "spread"),
    [(0, 3, []), (1, 3, [0]), (2, 3, [0, 1]), (3, 3, [0, 1, 2]), (10, 3, [0, 4, 9]),
     (10, 2, [0, 9]), (5, 1, [0])],
)  # fmt: skip
def test_some_of_many_are_evenly_spread(n, most, spread):
    assert examination._spread(n, most).tolist() == spread


def test_files_are_looked_at_by_their_heads_and_others_by_decoding_fewer(
    folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(examination, "LOOKED_AT", 6)
    monkeypatch.setattr(examination, "TIMED", 2)
    found = examine(load_dataset(folder))
    assert (found.looked_at, found.counts["train"].sum()) == (6, 10)
    images, labels = np.zeros((8, 4, 4), dtype=np.uint8), [0, 1] * 4
    np.savez(tmp_path / "a.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    found = examine(load_dataset(f"npz:{tmp_path}/a.npz"))
    assert (found.looked_at, found.counts["train"].sum()) == (2, 8)


class Decoding:
    """Splits whose image 9 is damaged; it notes what is decoded, and how small."""

    def __init__(self):
        self.asked, self.least = [], set()

    def split(self, name):
        return self

    def reduced_to(self, least):
        self.least.add(least)
        return SimpleNamespace(images=self)

    def __getitem__(self, k):
        if k == 9:
            raise OSError
        self.asked.append(k)


def test_the_time_of_an_image_is_the_one_in_the_middle(monkeypatch):
    dataset, ticks = Decoding(), iter([0, 1, 7, 10, 30, 100, 105])
    monkeypatch.setattr(examination.time, "perf_counter", lambda: float(next(ticks)))
    places = [("train", 0), ("train", 9), ("train", 1), ("test", 0)]
    assert examination._seconds(dataset, places) == 5
    assert (dataset.asked, dataset.least) == ([0, 1, 0], {256})
    assert examination._seconds(dataset, []) == 0


def test_each_mode_is_counted_the_commonest_first_and_damage_has_a_line_each(folder):
    found = examine(load_dataset(folder))
    assert list(found.modes) == ["RGB", "L"]
    [line] = found.damaged
    assert line.startswith("train/b/broken.png: ")
    assert len(found.sizes) == 14
    assert found.sizes.dtype == np.int64


def test_an_image_without_a_name_is_known_by_its_number(folder):
    broken = Path(folder.partition(":")[2]) / "train/b/broken.png"
    images = SimpleNamespace(source=lambda k: broken)
    split = SimpleNamespace(images=images, where=lambda k: "")
    found, [line] = examination._heads(SimpleNamespace(split=lambda name: split), [("test", 7)])
    assert found == []
    assert line.startswith("test image 7: ")


def test_an_image_that_goes_while_they_are_compared_is_passed_over():
    both = halves(b"a", b"a", test=(b"a",))
    usual, asked = both.train.images.raw, []

    def raw(k):
        asked.append(k)
        if asked.count(0) == 2 and k == 0:
            raise OSError
        return usual(k)

    both.train.images.raw = raw
    assert twins(both) == [(1, 0)]
