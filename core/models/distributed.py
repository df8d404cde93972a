"""The processes of one training that torchrun started: each computes its share of the rows.

All that they tell each other goes through torch.distributed: gloo between CPUs, NCCL between GPUs.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from core.errors import TrainingError

PATIENCE = timedelta(hours=6)  # the first process may download a data set meanwhile
# What gloo says when another process is gone; NCCL has an exception type of its own.
LOST = ("gloo", "Connection closed by peer", "Connection reset by peer")

Value = TypeVar("Value")


class Supervisor(Protocol):
    """Who knows what became of the others; see core.training.jobs."""

    def reason(self) -> str: ...


@dataclass(frozen=True)
class Ranks:
    """Process `number` of `size`; alone where torchrun started none beside it.

    The first one speaks for all: events, log, checkpoint and run are its own.
    """

    number: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        return self.number == 0

    def agree(self, value: Value) -> Value:
        """What the first process says, in every process."""
        said = [value]
        if self.size > 1:
            distributed.broadcast_object_list(said)
        return said[0]

    def gather(self, value: Value) -> list[Value]:
        """Every process's value by its number, in the first process; [] in the others."""
        if self.size == 1:
            return [value]
        found: list[Any] | None = [None] * self.size if self.first else None
        distributed.gather_object(value, found)
        return found or []

    def assemble(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray | None:
        """(N, D) whole, from each process's own (n,) row numbers and (n, D); None but in the first.

        The rows of all processes together are 0..N-1, each once.
        """
        if self.size == 1:
            return values
        parts = self.gather((rows, np.asarray(values)))
        if not parts:
            return None
        whole = np.empty((sum(len(r) for r, _ in parts), *values.shape[1:]), dtype=values.dtype)
        for its_rows, its_values in parts:
            whole[its_rows] = its_values
        return whole

    def total(self, figures: torch.Tensor) -> torch.Tensor:
        """The sum over all processes."""
        if self.size == 1:
            return figures
        summed = figures.clone()
        distributed.all_reduce(summed)
        return summed

    def shared(self, model: nn.Module) -> nn.Module:
        """The model with its gradients averaged over the processes, from equal weights on."""
        return model if self.size == 1 else DistributedDataParallel(model)

    def same_buffers(self, model: nn.Module) -> None:
        """Give every process the first one's running statistics."""
        if self.size > 1:
            for buffer in model.buffers():
                distributed.broadcast(buffer, 0)

    def wait_for_first(self) -> None:
        """Go on when the first process has come to its own call of this."""
        self.agree(None)

    @contextmanager
    def first_alone(self) -> Generator[None]:
        """The first process does it before the others: what it downloads, they find."""
        if not self.first:
            self.wait_for_first()
        yield
        if self.first:
            self.wait_for_first()


ALONE = Ranks()


def portions(counts: Sequence[int], batch: int) -> Iterator[list[tuple[int, int]]]:
    """Step by step, from where to where each process goes through its own rows.

    About `batch` rows a step over all processes, every row in one step; a process with few rows
    may have none in a step.

    Args:
        counts: how many rows each process has.
    """
    total = sum(counts)
    begin = 0
    for end in step_ends(total, batch, len(counts)):
        yield [(n * begin // total, n * end // total) for n in counts]
        begin = end


def step_ends(total: int, batch: int, processes: int = 1) -> list[int]:
    """Where each step ends that goes through `total` rows, `batch` at a time.

    What is left at the end joins the step before where it is less than two rows a process: one
    alone has no variance to normalise by.
    """
    rest = total % batch
    ends = list(range(batch, total, batch))
    if 0 < rest < 2 * processes and ends:
        ends.pop()
    return [*ends, total]


@contextmanager
def joined(job: Supervisor) -> Generator[Ranks]:
    """The processes that torchrun started with this one, for as long as all of them live.

    Raises:
        TrainingError: one of them died or was stopped; says what is known of why.
    """
    size = int(os.environ.get("WORLD_SIZE", 1))
    if size == 1:
        yield ALONE
        return
    # Not by the device of the config, which only the first process knows where it resumes.
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    distributed.init_process_group(backend, timeout=PATIENCE)
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield Ranks(distributed.get_rank(), size)
    except RuntimeError as error:
        if not _is_lost(error):
            raise
        raise TrainingError(_lost(size, job.reason())) from None
    finally:
        # Another end than this one's own, which is to be written down, comes too late.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _part()


def _part() -> None:
    """Leave together: who leaves while another still receives may cut it off.

    All that matters is done by now, so a connection that breaks here is no failure.
    """
    with suppress(RuntimeError):
        distributed.broadcast_object_list([None])
        distributed.destroy_process_group()


class _Stopped(RuntimeError):
    """torchrun ends the processes that are left when one has died."""


def _stop(*_: object) -> None:
    raise _Stopped


def _is_lost(error: RuntimeError) -> bool:
    if isinstance(error, _Stopped | distributed.DistError):
        return True
    return any(sign in str(error) for sign in LOST)


def _lost(size: int, reason: str) -> str:
    return (
        f"One of the {size} processes of this training died or was stopped"
        f"{f' ({reason})' if reason else ''}. Finished epochs are kept: continue with --resume."
    )
