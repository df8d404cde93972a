"""What --check says, and how long a training is expected to take."""

import shutil

import pytest

import train
from core.datasets import load_dataset
from core.datasets.examination import examine
from core.training import estimate
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
