"""What a training is given that cannot work: each ends in one line that says why."""

from __future__ import annotations

import errno
import os

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

import train
from core import artifacts, runs
from core.datasets import download
from core.errors import DatasetError, FencepostError, JobError, ModelError
from core.inference import cache
from core.models import weights
from core.models.classifier import build_model, check_side
from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import preflight
from core.training.options import parse_args
from tests.flags import TINY


def test_a_training_of_other_classes_is_not_resumed(flags, tmp_path, capfd, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("core.training.recipe._publish", interrupt)
        assert train.main([flags, *TINY]) == 130
    (tmp_path / "flags/train/red").rename(tmp_path / "flags/train/amber")
    (tmp_path / "flags/test/red").rename(tmp_path / "flags/test/amber")
    assert train.main(["--resume"]) == 1
    assert "images or classes of the data set have changed" in capfd.readouterr().err
    assert runs.list_runs() == []


def test_weights_of_a_deeper_network_are_refused(tmp_path):
    torch.save(models.resnet34(weights=None).state_dict(), tmp_path / "deep.pth")
    with pytest.raises(ModelError, match=r"'layer1.2.conv1' and \d+ more parts that resnet18"):
        build_model("resnet18", str(tmp_path / "deep.pth"), 2, 0)


def test_weights_saved_from_several_gpus_as_safetensors(tmp_path):
    state = models.resnet18(weights=None).state_dict()
    save_file({f"module.{k}": v for k, v in state.items()}, tmp_path / "w.safetensors")
    model = build_model("resnet18", str(tmp_path / "w.safetensors"), 2, 0)
    assert torch.equal(model.backbone.conv1.weight, state["conv1.weight"])


def test_a_page_saved_as_weights_is_called_no_weights_file(tmp_path):
    (tmp_path / "w.pth").write_text("<html>not found</html>")
    with pytest.raises(ModelError, match="is not a weights file"):
        weights.read_state(tmp_path / "w.pth")


@pytest.mark.parametrize(
    ("data", "what"), [(b"", "is damaged"), (b"<html>", "is not a weights file")]
)
def test_damaged_weights_in_the_cache_are_named(tmp_path, monkeypatch, data, what):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = tmp_path / "hub/checkpoints/resnet18-f37072fd.pth"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    with pytest.raises(ModelError, match=rf"resnet18-f37072fd.pth {what}: delete it"):
        weights.torchvision_weights("resnet18")


@pytest.mark.parametrize(("name", "side"), [("alexnet", 32), ("vit_b_16", 64)])
def test_a_side_that_a_network_cannot_take(name, side):
    with pytest.raises(ModelError, match=f"{name} cannot take images of --size {side}"):
        check_side(build_model(name, "none", 2, 0), name, side)


def test_weights_of_a_network_without_a_linear_layer(tmp_path):
    whole = models.squeezenet1_1(weights=None).state_dict()
    torch.save(whole, tmp_path / "s.pth")
    built = build_model("squeezenet1_1", str(tmp_path / "s.pth"), 2, 0)
    assert torch.equal(built.backbone.features[0].weight, whole["features.0.weight"])


def test_sparse_weights_are_named(tmp_path):
    torch.save({"layer.weight": torch.eye(3).to_sparse()}, tmp_path / "s.pth")
    with pytest.raises(ModelError, match=r"'layer.weight' in .* is sparse"):
        weights.read_state(tmp_path / "s.pth")


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_networks_that_normalise_anew_do_so(name):
    assert build_model(name, "none", 2, 0).backbone.transform_input


@pytest.mark.parametrize("lr", ["10", "900000"])
def test_divergence_is_named_however_late_it_shows(flags, capfd, lr):
    epochs = ["--epochs=3", "--batch-size=8", f"--lr={lr}"]
    assert train.main([flags, *TINY, *epochs]) == 1
    assert "training diverged. Lower --lr" in capfd.readouterr().err
    assert "diverged" in jobs.list_jobs()[0].error


def test_artifacts_that_cannot_be_written(flags, tmp_path, monkeypatch, capfd):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FENCEPOST_ARTIFACTS", str(tmp_path / "file"))
    assert train.main([flags, *TINY]) == 1
    assert "cannot be written (Not a directory)" in capfd.readouterr().err


def test_a_full_disk_is_told_as_one_even_in_the_job(artifacts_root):
    seen = []

    def fill_the_disk():
        with jobs.record(TrainConfig(dataset="demo")) as job:
            seen.append(job.folder / ".reserve")
            assert seen[0].stat().st_size >= 65_536
            raise JobError("The disk is full.")

    with pytest.raises(JobError):
        fill_the_disk()
    assert not seen[0].exists()
    assert jobs.list_jobs()[0].error == "The disk is full."


def test_features_take_their_room_at_once(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache.os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        cache._started(tmp_path, (4, 8))


def test_a_full_disk_is_not_the_networks_fault(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download.urllib.request, "urlopen", full)
    with pytest.raises(DatasetError, match="is full: free some space"):
        download.fetch("http://localhost/x", tmp_path / "x")


def test_small_needs_are_told_in_megabytes(tmp_path):
    with pytest.raises(FencepostError, match=r"needs \d+\.\d GB free"):
        artifacts.require_space(tmp_path, 10**15, "It")
    assert artifacts._size(2_500_000) == "2.5 MB"


def test_a_file_that_can_be_read_again_is_computed_again(flags, tmp_path, capfd):
    path = tmp_path / "flags/train/blue/00.png"
    genuine, times = path.read_bytes(), path.stat()
    path.write_bytes(b"x" * len(genuine))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    head = [flags, *TINY, "--mode=head"]
    assert train.main(head) == 0
    assert "2 files could not be read" in capfd.readouterr().out
    assert train.main(head) == 0
    assert "come from the cache" in capfd.readouterr().out
    path.write_bytes(genuine)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert train.main(head) == 0
    assert "1 file could not be read" in capfd.readouterr().out


@pytest.mark.parametrize(
    "options",
    [["--dataset=folder:~nobody-here/x"], ["--weights=~nobody-here/w.pth"], ["--device=cpu:x"],
     [f"--dataset=folder:/{'x' * 300}"], [f"--weights=/{'x' * 300}.pth"],
     ["--dataset=folder:/"]],
)  # fmt: skip
def test_paths_and_devices_that_cannot_be(flags, capfd, options):
    assert train.main([flags, *TINY, *options]) == 1
    [line] = [text for text in capfd.readouterr().err.splitlines() if text.startswith("train.py: ")]
    assert len(line) > 40
    problem = preflight.problem(parse_args([flags, *TINY, *options])[0])
    assert problem or "--device" in options[0]  # which only torch can tell
