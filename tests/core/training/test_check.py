"""What --check says, and how long a training is expected to take."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

import train
from core.datasets import load_dataset
from core.datasets.examination import examine
from core.training import check, estimate
from core.training.config import TrainConfig
from tests.trees import tree


@pytest.fixture
def name(tmp_path):
    places = [f"{split}/{c}/{k}.png" for split in ("train", "test") for c in "ab" for k in range(3)]
    made = tree(tmp_path / "data", *places)
    (tmp_path / "data/train/a/note.txt").write_text("x")
    return made


def test_it_says_what_the_data_set_holds_and_trains_nothing(name, capsys, artifacts_root):
    assert train.main(["--dataset", name, "--check", "--epochs=2"]) == 0
    said = capsys.readouterr().out
    for line in (
        f"{name}: 2 classes, 6 train, 6 test",
        "  a: 3 train, 3 test",
        "Sizes: all 40 x 30; modes: 12 RGB.",
        "2 classes with fewer than 20 train images: 'a' (3), 'b' (3).",
        "6 test images are in train too, byte for byte, such as test/a/0.png and train/a/0.png:",
        "1 file is left out, as no image that can be read: 1 .txt.",
        "Expected time with resnet50, roughly: ",
    ):
        assert line in said
    assert not list(artifacts_root.glob("jobs/*"))


def test_it_says_in_one_line_what_cannot_be_read(capsys, tmp_path):
    shutil.rmtree(tmp_path)
    assert train.main(["--dataset", f"folder:{tmp_path}", "--check"]) == 1
    assert capsys.readouterr().err.startswith(f"train.py: There is no folder {tmp_path}")


def test_more_work_takes_longer(name, monkeypatch):
    monkeypatch.setattr(estimate, "speed", lambda device: 1e9)
    found = examine(load_dataset(name))
    head, one, two, small = (
        estimate.seconds(found, TrainConfig(**options))
        for options in (
            {"mode": "head"}, {"epochs": 1}, {"epochs": 2}, {"epochs": 2, "size": 112},
        )
    )  # fmt: skip
    assert head == pytest.approx(estimate.FIT + 12 * 8.18, rel=0.01)
    assert two - one == pytest.approx(3 * 6 * 8.18, rel=0.01)
    assert small < one
    assert estimate.seconds(found, TrainConfig(model="regnet_y_400mf")) is None


def found(**known) -> SimpleNamespace:
    """What an examination found; nothing but this."""
    dataset = SimpleNamespace(train=[0] * 6, test=[0] * 4)
    nothing = {"dataset": dataset, "sizes": np.zeros((0, 2), int), "modes": {}, "damaged": (),
               "looked_at": 10, "twins": [], "few": list}  # fmt: skip
    return SimpleNamespace(**nothing | known)


@pytest.mark.parametrize(
    ("sizes", "looked_at", "said"),
    [([[4, 3]] * 3, 10, "all 4 x 3"), ([[4, 3]] * 3, 9, "all 4 x 3 (of 9 looked at)"),
     ([[9, 9], [1, 2], [30, 1], [2, 3]], 10, "1 x 2 to 9 x 9, 30 x 1 in the middle"),
     ([[3, 4], [4, 3]], 10, "3 x 4 to 4 x 3, 4 x 3 in the middle"),
     ([[1200, 1000]], 10, "all 1,200 x 1,000")],
)  # fmt: skip
def test_sizes_go_by_their_area(sizes, looked_at, said):
    assert check.sizes(found(sizes=np.array(sizes), looked_at=looked_at)) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [({"damaged": ("a: broken",)}, "1 image of 10 looked at cannot be read: a: broken"),
     ({"damaged": ("a: broken", "b")}, "2 images of 10 looked at cannot be read: a: broken ..."),
     ({"few": lambda: [("a", 3)]}, "1 class with fewer than 20 train images: 'a' (3)."),
     ({"few": lambda: [(c, 3) for c in "abcde"]},
      "5 classes with fewer than 20 train images: 'a' (3), 'b' (3), 'c' (3), 'd' (3), 'e' (3)."),
     ({"few": lambda: [(c, 3) for c in "abcdef"]},
      "6 classes with fewer than 20 train images: 'a' (3), 'b' (3), 'c' (3), 'd' (3), 'e' (3) "
      "...."),
     ({"twins": None},
      "Whether images of test are in train too was not asked: too many, or no files.")],
)  # fmt: skip
def test_what_is_odd_has_a_line_each(known, said):
    assert list(check.said(found(**known))) == [said]


@pytest.mark.parametrize(
    ("n", "names", "said"),
    [(1, ("", ""), "1 test image is in train too, byte for byte: accuracy"),
     (2, ("a", ""), "2 test images are in train too, byte for byte: accuracy"),
     (2, ("a", "b"), "2 test images are in train too, byte for byte, such as b and a: accuracy")],
)  # fmt: skip
def test_images_that_are_there_twice_are_named_where_they_have_names(n, names, said):
    one, other = (SimpleNamespace(where=lambda k, name=name: name) for name in names)
    dataset = SimpleNamespace(train=one, test=other)
    [line] = check.said(found(dataset=dataset, twins=[(0, 1)] * n))
    assert line.startswith(said)


def test_twenty_classes_are_listed_and_the_others_counted():
    for n, more in ((20, []), (22, ["and 2 more"])):
        dataset = SimpleNamespace(classes=[f"c{k}" for k in range(n)])
        counts = {"train": np.arange(n) + 1000, "test": np.arange(n)}
        lines = list(check._classes(found(dataset=dataset, counts=counts)))
        assert lines[19:] == ["c19: 1,019 train, 19 test", *more]
