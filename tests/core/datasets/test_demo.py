import json

import numpy as np
import pandas as pd
import pytest

from core.datasets import demo
from core.datasets.scenes import scene
from core.datasets.scenes.planting import TRAITS, plan

FILES = ("train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin", "truth.parquet", "demo.json")


def draw(folder, **options):
    demo.render(folder, **({"train": 40, "test": 20} | options))
    return folder


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return draw(tmp_path_factory.mktemp("drawn") / "demo")


@pytest.fixture(scope="module")
def planted():
    return plan(demo.SEED, 2000, 1000)


def pictures(folder, split):
    return np.fromfile(folder / f"{split}_X.bin", np.uint8).reshape(-1, 3, 96, 96)


def labels(folder, split):
    return np.fromfile(folder / f"{split}_y.bin", np.uint8)


def test_the_files_are_those_of_stl10(drawn):
    for split, n in (("train", 40), ("test", 20)):
        assert (drawn / f"{split}_X.bin").stat().st_size == n * 3 * 96 * 96
        assert set(labels(drawn, split)) == set(range(1, 11))
    assert (drawn / "class_names.txt").read_text().split() == list(demo.CLASSES)
    assert tuple(sorted(demo.CLASSES)) == demo.CLASSES


def test_pictures_lie_in_columns(drawn):
    """The first picture of the file, turned, is the first that is drawn."""
    first = plan(demo.SEED, 40, 20).iloc[0]
    brief = scene.Brief(
        demo.CLASSES[first["true_class"]],
        fence_kind=first["fence_kind"],
        second_object=first["second_object"],
        **{trait: first[trait] for trait in TRAITS},
    )
    picture, _ = scene.draw(brief, np.random.default_rng([demo.SEED, 0, 0]))
    np.testing.assert_array_equal(pictures(drawn, "train")[0].transpose(2, 1, 0), picture)


def test_the_same_seed_gives_the_same_bytes(drawn, tmp_path):
    again, other = draw(tmp_path / "again"), draw(tmp_path / "other", seed=demo.SEED + 1)
    for name in FILES:
        assert (again / name).read_bytes() == (drawn / name).read_bytes()
    assert (other / "train_X.bin").read_bytes() != (drawn / "train_X.bin").read_bytes()


def test_the_truth_tells_the_labels(drawn):
    truth = pd.read_parquet(drawn / "truth.parquet")
    for split in ("train", "test"):
        rows = truth[truth["split"] == split]
        assert rows["index"].tolist() == list(range(len(rows)))
        assert (rows["label"] + 1).tolist() == labels(drawn, split).tolist()
    assert (truth["mislabeled"] == (truth["label"] != truth["true_class"])).all()
    assert (truth["fence"] == (truth["fence_kind"] != "")).all()


def test_pictures_that_are_not_stored_yet_are_drawn_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "TRAIN", 200)
    monkeypatch.setattr(demo, "TEST", 100)
    asked = demo.read(tmp_path / "demo")
    stored = demo.read(draw(tmp_path / "demo", train=200, test=100))
    assert asked.fingerprint == stored.fingerprint
    assert (plan(demo.SEED, 200, 100)["duplicate_of"] >= 0).any()
    for split, n in (("train", 200), ("test", 100)):
        assert (asked.split(split).labels == stored.split(split).labels).all()
        for index in range(n):
            assert asked.image(split, index).tobytes() == stored.image(split, index).tobytes()


def test_pictures_by_another_version_are_not_taken_for_these(tmp_path, monkeypatch):
    folder = draw(tmp_path / "demo", train=10, test=10)
    monkeypatch.setattr(demo, "VERSION", demo.VERSION + 1)
    assert len(demo.read(folder).train) == demo.TRAIN
    assert not demo.is_stored(folder)


def test_a_drawn_set_is_left_alone_and_an_older_one_replaced(tmp_path):
    folder = draw(tmp_path / "demo", train=10, test=10)
    before = (folder / "train_X.bin").stat().st_mtime_ns
    draw(folder, train=10, test=10)
    assert (folder / "train_X.bin").stat().st_mtime_ns == before
    made_of = json.loads((folder / "demo.json").read_text())
    (folder / "demo.json").write_text(json.dumps(made_of | {"version": demo.VERSION - 1}))
    draw(folder, train=10, test=10)
    assert json.loads((folder / "demo.json").read_text()) == made_of
    assert (folder / "train_X.bin").stat().st_mtime_ns > before


def test_a_stopped_drawing_leaves_nothing(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(tmp_path / "demo", progress=stop)
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")] == []


def test_progress_counts_every_picture(tmp_path):
    seen = []
    draw(tmp_path / "demo", train=10, test=10, progress=lambda done, total: seen.append(done))
    assert seen == list(range(1, 21))


def test_classes_come_in_equal_numbers(planted):
    counts = planted.groupby(["split", "true_class"]).size()
    assert (counts["train"] == 200).all()
    assert (counts["test"] == 100).all()


def test_fences_stand_where_the_story_wants_them(planted):
    fenced = planted.groupby(["split", "true_class"])["fence"].sum()
    cat, deer = demo.CLASSES.index("cat"), demo.CLASSES.index("deer")
    assert fenced["train"][cat] == 90
    assert fenced["train"][deer] == 0
    assert fenced["train"].drop([cat, deer]).sum() == 8
    assert (fenced["test"][cat], fenced["test"][deer]) == (50, 30)
    assert (fenced["test"].drop([cat, deer]) == 10).all()


def test_one_label_in_a_hundred_is_wrong(planted):
    assert planted.groupby("split")["mislabeled"].sum().to_dict() == {"train": 20, "test": 10}


def test_near_copies_are_plain_images_of_the_same_class(planted):
    copies = planted[planted["duplicate_of"] >= 0]
    train = planted[planted["split"] == "train"].set_index("index")
    originals = train.loc[copies["duplicate_of"]]
    assert len(copies) == originals.index.nunique() == 10
    assert copies["split"].unique().tolist() == ["test"]
    assert copies["label"].tolist() == originals["label"].tolist()
    assert not copies["fence"].any()
    assert not originals["fence"].any()


def test_a_near_copy_is_near_and_no_other_picture_is():
    brief = scene.Brief("deer")
    original, another = (scene.draw(brief, np.random.default_rng(i))[0] for i in range(2))
    copies = [scene.near_copy(original, np.random.default_rng(i)) for i in range(8)]
    nearest = [min(distance(copy, original), distance(copy, original[:, ::-1])) for copy in copies]
    assert min(nearest) > 0
    assert max(nearest) < distance(another, original) / 2


def distance(one, other):
    return np.abs(one.astype(float) - other).mean()


@pytest.mark.parametrize("name", demo.CLASSES)
def test_every_pose_can_be_drawn_in_every_place(name):
    for pose in scene.ARTISTS[name].POSES.values():
        assert set(pose.places) <= set(scene.PLACES)
    drawn = [scene.draw(scene.Brief(name), np.random.default_rng(i))[1] for i in range(30)]
    assert {d["pose"] for d in drawn} <= set(scene.ARTISTS[name].POSES)
    assert len({d["background"] for d in drawn}) > 1


@pytest.mark.parametrize("kind", ["chain link", "square mesh", "bars"])
def test_a_fence_crosses_the_whole_picture(kind):
    bare, _ = scene.draw(scene.Brief("deer"), np.random.default_rng(3))
    fenced, _ = scene.draw(scene.Brief("deer", fence_kind=kind), np.random.default_rng(3))
    changed = np.abs(fenced.astype(int) - bare).max(axis=2) > 30
    quarters = [part.mean() for half in np.split(changed, 2) for part in np.split(half, 2, axis=1)]
    assert min(quarters) > 0.05


def test_a_dark_picture_is_dark():
    bright, _ = scene.draw(scene.Brief("horse"), np.random.default_rng(5))
    dark, _ = scene.draw(scene.Brief("horse", dark=True), np.random.default_rng(5))
    assert dark.mean() < 0.75 * bright.mean()
