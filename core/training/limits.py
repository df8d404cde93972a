"""What a machine can run out of while it trains, in one line with the remedy."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Generator
from contextlib import contextmanager

import torch

from core.errors import TrainingError
from core.training.config import TrainConfig

# What torch.save says of a full disk; the last is what closing the file adds, and hides the others.
UNWRITTEN = ("PytorchStreamWriter", "file write failed", "inline_container.cc")


@contextmanager
def explained(config: TrainConfig) -> Generator[None]:
    """Turn memory and disk errors into TrainingErrors that say what to do."""
    kept = "If an epoch was finished, it is kept: then continue with --resume."
    batch = f"--batch-size (it is {config.batch_size})"
    if config.mode == "head":  # which has no epochs, and a batch of its own that is small already
        kept, batch = "Features computed so far are kept: start it again.", "--model"
    size = f"--size (it is {config.size or 'its own'}), or free some"
    memory = f"The machine ran out of memory: start anew with a smaller {size}. {kept}"
    try:
        yield
    except torch.OutOfMemoryError:
        raise TrainingError(
            f"CUDA ran out of memory: start anew with a smaller {batch} or {size}. {kept}"
        ) from None
    except MemoryError:
        raise TrainingError(memory) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise TrainingError(f"The disk is full: free some space. {kept}") from None
    except RuntimeError as error:
        text = str(error)
        if any(sign in text for sign in UNWRITTEN):
            # What torch.save was writing keeps its space while the error refers to it.
            traceback.clear_frames(error.__traceback__)
            raise TrainingError(f"The disk is full: free some space. {kept}") from None
        if "not enough memory" in text:
            raise TrainingError(memory) from None
        raise
