"""Other images as a run's network sees them: read once, kept, and never the run's own."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from core import artifacts, fixes
from core.concepts import store
from core.datasets.picture import square
from core.errors import DatasetError, ModelError, RunError
from core.fixes import evidence
from core.inference import extraction, network
from core.models.preprocessing import notebook
from tests import drawn, seen

DEER = 1


@pytest.fixture
def run(artifacts_root, tmp_path):
    return seen.with_concept(seen.save(drawn.draw(tmp_path / "photos")))


@pytest.fixture
def folder(tmp_path):
    return seen.more(tmp_path / "more")


def forbid(monkeypatch):
    def never(*_args, **_options):
        raise AssertionError("the network was run")

    monkeypatch.setattr(extraction, "extract", never)


def test_odd_files_are_read_broken_ones_named_and_the_runs_own_left_out(run, folder):
    seen.odd_ones(folder)
    seen.copy_of_train(run, folder)
    pool = evidence.read(run, f"folder:{folder}")
    assert len(pool.features) == len(pool.paths) == seen.MORE + 2
    assert {"grey.png", "clear.png"} <= set(pool.paths)
    assert "stranger.png" not in pool.paths
    assert (pool.total, pool.own) == (seen.MORE + 4, 1)
    assert pool.unreadable[0].startswith("broken.jpg: ")


def test_the_features_are_those_of_the_runs_own_network(run, folder):
    pool = evidence.read(run, str(folder))
    image = np.array(square(pool.image(3), drawn.SIDE))[None]
    backbone = network.open_classifier(run).backbone
    found = extraction.extract(backbone, image, notebook(seen.SIZE), torch.device("cpu"))
    np.testing.assert_allclose(pool.features[3], found[0], atol=2e-3)


def test_a_second_look_runs_no_network(run, folder, monkeypatch):
    first = evidence.read(run, str(folder))
    forbid(monkeypatch)
    again = evidence.read(run, f"folder:{folder}")
    assert again.key == first.key
    assert np.array_equal(again.features, first.features)
    assert evidence.known(run) == {f"folder:{folder}": first.key}


def test_a_changed_folder_is_another_pool(run, folder):
    first = evidence.read(run, str(folder))
    seen.more(folder, seen.MORE + 1)
    second = evidence.read(run, str(folder))
    assert second.key != first.key
    assert len(second.features) == seen.MORE + 1
    assert len(evidence.opened(first.key).features) == seen.MORE


def test_a_killed_reading_goes_on(run, folder, monkeypatch):
    real, starts = extraction.extract, []

    def dies(backbone, images, size, where, *, out, start, progress, on_rows):
        starts.append(start)
        if len(starts) == 1:
            real(backbone, images[:5], size, where, out=out[:5])
            on_rows(5)
            raise KeyboardInterrupt
        return real(
            backbone, images, size, where, out=out, start=start, progress=progress, on_rows=on_rows
        )

    monkeypatch.setattr(extraction, "extract", dies)
    monkeypatch.setattr("core.inference.cache.FLUSH_EVERY", 1)
    with pytest.raises(KeyboardInterrupt):
        evidence.read(run, str(folder))
    assert evidence.known(run) == {}
    pool = evidence.read(run, str(folder))
    assert starts == [0, 5]
    assert np.asarray(pool.features, dtype=np.float32).std(axis=1).min() > 0


def test_many_images_are_drawn_from(run, folder):
    pool = evidence.read(run, str(folder), most=5)
    assert (len(pool.paths), pool.total) == (5, seen.MORE)
    assert evidence.read(run, str(folder), most=5).key == pool.key


def test_the_runs_own_folder_is_refused_and_left_out_of_one_around_it(run, tmp_path):
    with pytest.raises(DatasetError, match="are the run's own"):
        evidence.read(run, str(tmp_path / "photos" / "train"))
    seen.more(tmp_path / "photos" / "extra", 4)
    pool = evidence.read(run, str(tmp_path / "photos"))
    assert sorted(pool.paths)[0].startswith("extra/")
    assert (len(pool.paths), pool.own) == (4, 3 * (drawn.TRAIN + drawn.TEST))


def test_what_is_not_there(run, tmp_path):
    with pytest.raises(DatasetError, match="There is no folder"):
        evidence.read(run, str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="holds no images that can be read"):
        evidence.read(run, str(tmp_path / "empty"))
    with pytest.raises(DatasetError, match="Name a folder"):
        evidence.read(run, " ")
    with pytest.raises(DatasetError, match=r"unlabeled_X\.bin is missing.* STL-10 download"):
        evidence.read(run, "stl10:unlabelled")
    (tmp_path / "empty" / "a.png").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"No image of .* 1 cannot be read"):
        evidence.read(run, str(tmp_path / "empty"))


def test_a_source_out_of_bounds_is_neither_read_nor_shown(run, folder, monkeypatch):
    pool = evidence.read(run, str(folder))
    monkeypatch.setenv("FENCEPOST_DATA", str(folder.parent / "photos"))
    for look in (lambda: evidence.read(run, str(folder)), lambda: pool.image(0)):
        with pytest.raises(DatasetError, match="more is outside of FENCEPOST_DATA"):
            look()
    monkeypatch.delenv("FENCEPOST_DATA")
    with pytest.raises(DatasetError, match="so it is no data folder"):
        evidence.read(run, "/")


def test_a_name_that_is_no_text_is_refused(run, folder):
    (folder / os.fsdecode(b"bl\xfcte.png")).write_bytes(b"")
    with pytest.raises(DatasetError, match="is not UTF-8 text: rename it"):
        evidence.read(run, str(folder))


def test_a_run_without_a_network_says_so(artifacts_root, tmp_path, folder):
    bare = drawn.save(drawn.draw(tmp_path / "photos"), model="small", size=seen.SIZE)
    with pytest.raises(ModelError, match="train it again"):
        evidence.read(bare, str(folder))


def test_stl10s_unlabelled_images_stand_upright(run):
    bytes_ = np.random.default_rng(0).integers(0, 256, (7, 3, 96, 96), dtype=np.uint8)
    file = artifacts.datasets_dir() / "stl10" / "stl10_binary" / "unlabeled_X.bin"
    file.parent.mkdir(parents=True)
    bytes_.tofile(file)
    pool = evidence.read(run, "stl10:unlabelled", most=5)
    assert (len(pool.features), pool.total) == (5, 7)
    number = int(pool.paths[2])
    pixels = np.asarray(pool.image(2))
    assert pixels[10, 20].tolist() == bytes_[number, :, 20, 10].tolist()


def step_of(run, pool):
    concept = store.load(run, "tint").concept
    scores = concept.scores(pool.features)
    rows = fixes.candidates(pool.features, scores, run.head(), DEER, carriers=[0], top=4)
    return fixes.Step("evidence", pool.options(rows, [DEER] * len(rows)))


def test_a_step_is_replayed_from_what_is_kept(run, folder):
    step = step_of(run, evidence.read(run, str(folder)))
    assert len(step.options["images"]) == 4
    for path in folder.rglob("*.png"):
        path.unlink()
    found = evidence.of_steps(run, [step, fixes.Step("mistakes", strength=1.0)])
    made = fixes.apply(run, [step], pools=found)
    assert not np.allclose(made.weight, run.head()[0])


def test_a_step_whose_features_are_gone_or_foreign(run, folder):
    pool = evidence.read(run, str(folder))
    step = step_of(run, pool)
    foreign = fixes.Step("evidence", step.options | {"pool": "folder:/other"})
    with pytest.raises(RunError, match="do not belong to run Seen"):
        evidence.of_steps(run, [foreign])
    nowhere = fixes.Step("evidence", step.options | {"key": "../../runs"})
    with pytest.raises(RunError, match="open it on the Evidence page first"):
        evidence.of_steps(run, [nowhere])
    outside = fixes.Step("evidence", step.options | {"rows": [1, 2, 3, 10**6]})
    with pytest.raises(RunError, match="are not among the 12"):
        fixes.apply(run, [outside], pools=evidence.of_steps(run, [outside]))
    wrong = fixes.Step("evidence", step.options | {"labels": [1, 1, 1, 3]})
    with pytest.raises(RunError, match="label outside of 0 to 2"):
        fixes.apply(run, [wrong], pools=evidence.of_steps(run, [wrong]))


def test_images_of_any_kind_of_data_set(run, folder, tmp_path):
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*.*"))
    rows = [f"{path},{k % 2}" for k, path in enumerate(paths)]
    (folder / "more.csv").write_text("\n".join(["file,label", *rows]))
    pool = evidence.read(run, str(folder / "more.csv"))
    assert pool.name == f"csv:{folder}/more.csv"
    assert len(pool.paths) == len(rows)
    images = np.stack([np.array(pool.image(k)) for k in range(len(rows))])
    np.savez(tmp_path / "more.npz", x=images, y=[0, 1] * (len(rows) // 2))
    again = evidence.read(run, f"npz:{tmp_path}/more.npz")
    assert sorted(path.partition("/")[0] for path in again.paths)[-1] == "train"
    shown = sorted(np.array(again.image(k)).tobytes() for k in range(len(rows)))
    assert shown == sorted(image.tobytes() for image in images)
    assert np.allclose(sorted(again.features.sum(axis=1)), sorted(pool.features.sum(axis=1)), 1e-2)
