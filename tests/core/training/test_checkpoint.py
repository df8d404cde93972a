"""The last finished epoch on disk."""

import pytest
import torch

from core.training import checkpoint


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
