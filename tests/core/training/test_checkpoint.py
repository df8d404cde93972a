"""The last finished epoch on disk."""

import pytest
import torch

from core.errors import TrainingError
from core.models.classifier import build_model
from core.training import checkpoint
from core.training.config import TrainConfig
from core.training.loop import Fitting


def test_a_checkpoint_is_replaced_whole(tmp_path, monkeypatch):
    checkpoint.keep(tmp_path / "c.pt", {"epoch": 1})

    def full(_, path):
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.keep(tmp_path / "c.pt", {"epoch": 2})
    assert torch.load(tmp_path / "c.pt", weights_only=True) == {"epoch": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["c.pt"]


def fitting():
    config = TrainConfig(model="small", weights="none", size=32)
    return Fitting(build_model("small", "none", 2, 0), config, torch.device("cpu"))


@pytest.fixture
def kept(tmp_path):
    """The checkpoint of a training of pictures of cats after its third epoch."""
    job = fitting()
    job.epoch, job.step = 3, 12
    told = {"history": [{"step": 5}], "data": ["1f", "cat"], "seconds": {"train": 40.0}}
    checkpoint.keep(tmp_path / "c.pt", {**job.checkpoint(), **told})
    return tmp_path / "c.pt"


def test_a_training_goes_on_where_it_stopped(kept):
    job = fitting()
    assert checkpoint.resume(job, kept, ["1f", "cat"]) == ([{"step": 5}], {"train": 40.0})
    assert (job.epoch, job.step) == (3, 12)


def test_without_a_checkpoint_it_begins(tmp_path):
    job = fitting()
    assert checkpoint.resume(job, tmp_path / "c.pt", ["1f"]) == ([], {})
    assert job.epoch == 0


@pytest.mark.parametrize("data", [["2f", "cat"], ["1f", "dog"], ["1f", "cat", "dog"], []])
def test_other_images_or_classes_are_refused(kept, data):
    with pytest.raises(TrainingError, match="have changed since"):
        checkpoint.resume(fitting(), kept, data)


def test_a_checkpoint_of_an_earlier_version_has_no_images_and_no_seconds(kept):
    state = torch.load(kept, weights_only=True)
    torch.save({k: v for k, v in state.items() if k not in ("data", "seconds")}, kept)
    assert checkpoint.resume(fitting(), kept, ["1f", "cat"]) == ([{"step": 5}], {})


def test_a_checkpoint_that_cannot_be_used_says_so(kept):
    state = torch.load(kept, weights_only=True)
    torch.save({k: v for k, v in state.items() if k != "history"}, kept)
    with pytest.raises(TrainingError, match=r"c\.pt cannot be used \('history'\)"):
        checkpoint.resume(fitting(), kept, ["1f", "cat"])
    kept.write_bytes(b"half of it")
    with pytest.raises(TrainingError, match=r"c\.pt cannot be used \(.+\): start again"):
        checkpoint.resume(fitting(), kept, ["1f", "cat"])
