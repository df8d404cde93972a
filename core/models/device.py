"""Where the network runs, and in which precision and memory layout it is fastest there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
import torch
from torch import nn

from core.errors import TrainingError, first_line

Answers = Callable[[torch.Tensor], torch.Tensor]  # a network, of which only that is asked


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
        raise TrainingError(f"torch finds no {kind} here: use --device auto or cpu.")
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:
        return _own(kind)
    try:
        found = torch.device(name)
        torch.empty(1, device=found)
    except RuntimeError:
        raise TrainingError(f"There is no device {name!r} here: use auto or {kind}.") from None
    return found


def _own(kind: str) -> torch.device:
    """This process's device beside the others that torchrun started: a GPU each."""
    if kind == "mps":
        raise TrainingError("Several processes cannot share MPS: use --device cpu, or no torchrun.")
    if kind == "cpu":
        return torch.device(kind)
    number, gpus = int(os.environ.get("LOCAL_RANK", 0)), torch.cuda.device_count()
    if number >= gpus:
        raise TrainingError(f"Each process needs a GPU of its own: use --nproc-per-node {gpus}.")
    torch.cuda.set_device(number)
    return torch.device(kind, number)


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


def move(model: nn.Module, device: torch.device) -> nn.Module:
    """The model on the device, channels last, which convolutions prefer on CPUs and GPUs alike."""
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.backends.cudnn.deterministic = True
    # torch declares the two together for tensors alone.
    return model.to(device, memory_format=torch.channels_last)  # ty: ignore[no-matching-overload]


def channels_last(images: torch.Tensor) -> torch.Tensor:
    return images.contiguous(memory_format=torch.channels_last)


def compiled(network: nn.Module, inputs: torch.Tensor, device: torch.device) -> Answers:
    """The network compiled, tried on such inputs; its weights and statistics stay as they are.

    Raises:
        TrainingError: torch cannot compile it here; says why.
    """
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    try:
        found = torch.compile(network, dynamic=False)
        with autocast(device):
            logits = found(inputs)
        logits.float().sum().backward()
    except Exception as error:  # compilers fail in their own ways, and none is a reason to stop
        raise TrainingError(
            f"torch cannot compile the network here ({first_line(error)})"
        ) from None
    finally:
        network.load_state_dict(kept)
        network.zero_grad(set_to_none=True)
    return found


def room(device: torch.device) -> float:
    """Bytes that decoded images may take: half of what is free, in memory and on the device."""
    free = min(psutil.virtual_memory().available, group_room())
    if device.type == "cuda":
        free = min(free, torch.cuda.mem_get_info(device)[0])
    return free / 2 / int(os.environ.get("LOCAL_WORLD_SIZE", 1))


def group_room(mounted: Path = Path("/sys/fs/cgroup")) -> float:
    """Bytes that this container may still use, by version 2 of Linux's control groups, or by 1."""
    for folder, most, used in (
        (mounted, "memory.max", "memory.current"),
        (mounted / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        try:
            limit, usage = (float((folder / f).read_text(encoding="ascii")) for f in (most, used))
        except (OSError, ValueError):  # there is none; its limit is "max"
            continue
        return max(0.0, limit - max(0.0, usage - _cached(folder)))
    return float("inf")


def _cached(folder: Path) -> float:
    """Bytes of files that the group has read: they count as used, and make room when asked."""
    try:
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
        stat = dict(line.split() for line in lines)
        within = "total_" if "total_active_file" in stat else ""  # version 1: of its subgroups too
        return float(stat[f"{within}active_file"]) + float(stat[f"{within}inactive_file"])
    except (OSError, ValueError, KeyError):
        return 0.0


def describe(device: torch.device, processes: int = 1) -> str:
    """The device in words, for run.json."""
    several = f"{processes} processes, " if processes > 1 else ""
    if device.type == "cuda":
        return f"{several}cuda: {torch.cuda.get_device_name(device)}"
    return f"{several}{device.type}, {torch.get_num_threads()} threads"
