"""Where the network runs, and in which precision and memory layout it is fastest there."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch
from torch import nn

from core.errors import TrainingError


def choose(name: str) -> torch.device:
    """The device of this name; `auto` takes CUDA, then MPS, then the CPU.

    Raises:
        TrainingError: this machine or this build of torch has no such device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu"
    available = {"cpu": True, "mps": _has_mps(), "cuda": torch.cuda.is_available()}
    kind = name.partition(":")[0]
    if kind not in available:
        raise TrainingError(f"There is no device {name!r}: use auto, cpu, cuda or mps.")
    if not available[kind]:
        raise TrainingError(f"This machine offers torch no {kind}: use --device auto or cpu.")
    return torch.device(name)


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def precision(device: torch.device) -> torch.dtype:
    """bf16 where the hardware multiplies it: GPUs since Ampere, CPUs with AVX-512 BF16 or AMX.

    The choice rests on the device alone, never on a timing: a timing that falls out differently
    would give another table for the same seed.
    """
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        # No public question for this yet; a torch that lacks the private one stays at float32.
        supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
        fast = device.type == "cpu" and supported()
    return torch.bfloat16 if fast else torch.float32


def autocast(device: torch.device) -> AbstractContextManager:
    """Compute in the device's `precision`."""
    dtype = precision(device)
    return torch.autocast(device.type, torch.bfloat16, enabled=dtype == torch.bfloat16)


def place(model: nn.Module, device: torch.device) -> nn.Module:
    """The model on the device, channels last, which convolutions prefer on CPUs and GPUs alike."""
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
    return model.to(device, memory_format=torch.channels_last)


def channels_last(images: torch.Tensor) -> torch.Tensor:
    return images.contiguous(memory_format=torch.channels_last)


def describe(device: torch.device) -> str:
    """The device in words, for run.json."""
    if device.type == "cuda":
        return f"cuda: {torch.cuda.get_device_name(device)}"
    return f"{device.type}, {torch.get_num_threads()} threads"
