"""Whole trainings on a tiny data set of real files, through the command line's own entry."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import train
from core import fixes, runs
from core.inference import decoding, scoring
from core.models import device, transforms
from core.runs import images, writing
from core.training import jobs
from core.training.loop import Fitting
from tests.flags import TINY, only_run, table


def test_finetune_leaves_a_whole_run(flags):
    assert train.main([flags, *TINY]) == 0
    run = only_run()
    found = table(run)
    assert found["split"].value_counts().to_dict() == {"train": 21, "test": 8, "val": 2}
    reason = "not a picture of a kind that is read, such as JPEG, PNG or TIFF"
    assert run.meta["unreadable"] == {"n": 1, "files": [f"train/red/03.png: {reason}"]}
    assert run.meta["preprocessing"]["size"] == run.config["size"] == 32
    assert run.meta["read"]["side"] == 32
    assert set(run.history()["split"]) == {"train", "val"}
    assert run.history().query("split == 'val'")["epoch"].tolist() == [1, 2]
    assert run.features().shape == (31, 256)
    assert jobs.list_jobs()[0].state == "done"


@pytest.fixture
def listed(flags, tmp_path):
    """The same images as a table lists them, with what else is known of each."""
    folder = tmp_path / "flags"
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png"))
    rows = pd.DataFrame({"image": paths, "label": [path.split("/")[1] for path in paths]})
    rows["split"] = [path.split("/")[0] for path in paths]
    rows["camera"], rows["Loss"] = [f"cam {path[-5]}" for path in paths], range(len(paths))
    rows.to_csv(tmp_path / "flags.csv", index=False)
    return f"--dataset=csv:{tmp_path / 'flags.csv'}", f"--images={folder}"


def test_what_a_table_knows_of_its_images_goes_with_the_run(listed, tmp_path):
    assert train.main([*listed, *TINY, "--mode=head"]) == 0
    run = only_run()
    assert run.name == "small head on flags.csv"
    assert run.dataset == f"csv:{tmp_path}/flags.csv?images={tmp_path}/flags"
    found = table(run)
    assert (found["camera"] == "cam " + found["path"].str[-5]).all()
    given = pd.read_csv(tmp_path / "flags.csv").set_index("image")["Loss"]
    assert (found["Loss (table)"] == given[found["path"]].to_numpy()).all()
    assert run.meta["unreadable"]["files"][0].startswith("train/red/03.png (row 25): not a")
    assert images.open_images(run).image("test", 0).size == (36, 36)
    fixed = runs.open_run(fixes.save(fixes.apply(run, [fixes.Step("mistakes", {}, 0.5)])))
    pd.testing.assert_series_equal(table(fixed)["camera"], found["camera"])


def test_the_table_follows_from_the_saved_features_and_head(flags):
    from safetensors.numpy import load_file

    train.main([flags, *TINY])
    run = only_run()
    head = load_file(run.folder / "model.safetensors")
    p = scoring.probabilities(run.features(), head["head.weight"], head["head.bias"])
    assert np.allclose(p, table(run)[["p_blue", "p_red"]], atol=1e-6)


def test_the_same_seed_gives_the_same_table(flags):
    for _ in range(2):
        train.main([flags, *TINY])
    first, second = map(table, runs.list_runs())
    pd.testing.assert_frame_equal(first, second)


def test_head_mode_fits_on_cached_features(flags, capsys):
    for seed in (0, 1):
        # Frozen random weights depend on the seed, so name them: the first run's own.
        weights = "none" if seed == 0 else str(only_run().folder / "model.safetensors")
        options = [flags, *TINY, "--mode=head", f"--weights={weights}"]
        assert train.main(options) == 0
    assert train.main(options) == 0
    assert "come from the cache" in capsys.readouterr().out
    first, second, _ = runs.list_runs()
    pd.testing.assert_frame_equal(table(first), table(second))
    assert first.metrics["test"]["accuracy"] == 1
    assert first.meta["selected"]["strength"] > 0


def test_features_of_a_replaced_image_are_not_taken_from_the_cache(flags, tmp_path, capsys):
    train.main([flags, *TINY, "--mode=head"])
    blue = tmp_path / "flags/train/blue"
    Image.open(blue / "00.png").rotate(90).save(blue / "01.png")
    train.main([flags, *TINY, "--mode=head"])
    assert "come from the cache" not in capsys.readouterr().out
    after, before = (run.features() for run in runs.list_runs())
    assert (after != before).any(axis=1).sum() == 1


def test_features_of_another_transform_are_not_taken_from_the_cache(flags, monkeypatch, capsys):
    train.main([flags, *TINY, "--mode=head"])
    monkeypatch.setattr(transforms, "EVAL_VERSION", transforms.EVAL_VERSION + 1)
    train.main([flags, *TINY, "--mode=head"])
    assert "come from the cache" not in capsys.readouterr().out


def test_the_notebooks_protocol_trains_on_all_and_says_so(flags, capsys):
    train.main([flags, *TINY, "--select-on=test"])
    run = only_run()
    assert table(run)["split"].value_counts().to_dict() == {"train": 23, "test": 8}
    assert run.selected_on_test
    assert "that also chose the epoch" in capsys.readouterr().out


def test_an_interrupted_training_resumes_to_the_same_table(flags, monkeypatch):
    train.main([flags, *TINY])
    expected = table(only_run())
    runs.delete(only_run().id)

    def die_in_the_second_epoch(self, examples, on_step, whole=Fitting._train_epoch):
        if self.epoch == 2:
            raise KeyboardInterrupt
        return whole(self, examples, on_step)

    with monkeypatch.context() as patch:
        patch.setattr(Fitting, "_train_epoch", die_in_the_second_epoch)
        assert train.main([flags, *TINY]) == 130
    assert runs.list_runs() == []
    assert train.main(["--resume"]) == 0
    run = only_run()
    pd.testing.assert_frame_equal(table(run), expected)
    assert run.history().query("split == 'val'")["epoch"].tolist() == [1, 2]


@pytest.mark.parametrize("resume", ["--resume", "--resume={}"])
def test_a_kill_after_the_run_is_there_makes_no_second_one(flags, monkeypatch, capsys, resume):
    with monkeypatch.context() as patch:
        patch.setattr(jobs.Recorder, "done", lambda *_: None)
        patch.setattr(jobs.Recorder, "end", lambda *_, **__: None)  # nor has it time to say so
        train.main([flags, *TINY])
    run, [job] = only_run(), jobs.list_jobs()
    (job.folder / "process.json").unlink()
    [job] = jobs.list_jobs()
    assert (job.state, job.run_id, job.resumable) == ("done", run.id, False)
    assert train.main([resume.format(job.id)]) == 0
    assert f"was done when it was stopped. Run {run.id}" in capsys.readouterr().out
    assert only_run().id == run.id
    assert not job.checkpoint.exists()


def test_a_kill_before_the_run_is_there_leaves_the_job_to_resume(flags, monkeypatch):
    def die(hidden, final):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writing.artifacts, "publish", die)
        assert train.main([flags, *TINY]) == 130
    assert runs.list_runs() == []
    assert jobs.list_jobs()[0].state == "cancelled"
    assert train.main(["--resume"]) == 0
    assert jobs.list_jobs()[0].run_id == only_run().id


def test_an_interruption_after_the_run_is_there_is_no_end_of_it(flags, monkeypatch):
    def stop(self, run_id):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs.Recorder, "done", stop)
    train.main([flags, *TINY])
    assert [(job.state, job.run_id) for job in jobs.list_jobs()] == [("done", only_run().id)]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--dataset=folder:/nowhere"], "There is no folder /nowhere"),
        (["--model=resnet51"], "no classifier 'resnet51'"),
        (["--weights=/nowhere.pth"], "no weights file /nowhere.pth"),
        (["--lr=9e5", "--batch-size=4", "--epochs=5"], "Lower --lr"),
        (["--device=cuda"], "torch finds no cuda here"),
        (["--device=abacus"], "no device 'abacus'"),
        (["--epochs=0"], "epochs is 0"),
        (["--dataset=folder:/data/bl\udcfcten"], "dcfcten', no UTF-8 text: rename it"),
        (["--name=gr\udcfcn"], "not UTF-8 text"),
        (["--dataset=folder:/"], "so it is no data folder"),
    ],
)
def test_what_cannot_work_ends_in_one_line(flags, options, reason, capsys):
    if options == ["--device=cuda"] and torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    assert train.main([flags, *TINY, *options]) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert reason in lines[-1]
    assert lines[-1].startswith("train.py: ")
    assert runs.list_runs() == []


def test_a_job_that_cannot_be_resumed_ends_in_one_line(artifacts_root, capsys):
    assert train.main(["--resume=nothing"]) == 1
    assert "No job 'nothing'" in capsys.readouterr().err


def test_a_dead_data_worker_is_one_line(flags, monkeypatch, capfd):
    def die(*_):
        import os

        os._exit(9)

    monkeypatch.setattr(decoding, "shown", die)
    assert train.main([flags, *TINY, "--workers=2"]) == 1
    assert "--workers 0" in capfd.readouterr().err


@pytest.fixture
def interrupted(monkeypatch):
    """Every training is interrupted when it predicts, or in head mode computes features."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("core.inference.extraction.extract", interrupt)


@pytest.mark.parametrize(
    ("mode", "remedy"),
    [("finetune", "continue with --resume"), ("head", "Start it again by the same command")],
)
def test_an_interrupted_training_says_how_to_go_on(flags, interrupted, mode, remedy, capsys):
    assert train.main([flags, *TINY, f"--mode={mode}"]) == 130
    assert remedy in capsys.readouterr().err
    assert (train.main(["--resume"]) == 130) == (mode == "finetune")


@pytest.mark.parametrize("content", [b"damaged", b""])
def test_a_damaged_checkpoint_says_so(flags, interrupted, content, capsys):
    train.main([flags, *TINY])
    jobs.list_jobs()[0].checkpoint.write_bytes(content)
    assert train.main(["--resume"]) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_images_that_do_not_fit_are_read_anew_to_the_same_table(flags, monkeypatch, capsys):
    train.main([flags, *TINY])
    monkeypatch.setattr(device, "room", lambda _: 0)
    train.main([flags, *TINY, "--workers=2"])
    assert "each epoch reads them anew" in capsys.readouterr().out
    streamed, whole = runs.list_runs()
    pd.testing.assert_frame_equal(table(streamed), table(whole))
    assert np.array_equal(streamed.features(), whole.features())
    assert streamed.meta["data_wait"] > 0


def test_a_file_that_goes_away_while_it_is_needed_is_named(flags, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(device, "room", lambda _: 0)
    whole = Fitting.fit

    def remove_one_first(*arguments):
        (tmp_path / "flags/train/blue/01.png").unlink()
        return whole(*arguments)

    monkeypatch.setattr(Fitting, "fit", remove_one_first)
    assert train.main([flags, *TINY]) == 1
    assert "train/blue/01.png" in capsys.readouterr().err
