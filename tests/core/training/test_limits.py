"""What a machine runs out of, and the remedy that is named."""

import pytest
import torch

from core.errors import FencepostError
from core.training import limits
from core.training.options import parse_args


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), r"a smaller --batch-size \(it is 64\)"),
        (OSError(28, "No space left on device"), "The disk is full"),
        (RuntimeError("[enforce fail] PytorchStreamWriter failed writing"), "The disk is full"),
        (RuntimeError("DefaultCPUAllocator: not enough memory"), "ran out of memory"),
        (MemoryError(), "ran out of memory"),
    ],
)
def test_what_a_machine_runs_out_of_is_named_with_the_remedy(error, reason):
    with (
        pytest.raises(FencepostError, match=rf"{reason}.*--resume"),
        limits.explained(parse_args([])[0]),
    ):
        raise error


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError()])
def test_head_mode_is_advised_what_helps_there(error):
    with (
        pytest.raises(FencepostError, match=r"smaller .*--size \(it is its own\)") as caught,
        limits.explained(parse_args(["--mode=head"])[0]),
    ):
        raise error
    assert "--batch-size" not in str(caught.value)
    assert "--resume" not in str(caught.value)
